"""Reading notices, as pages and clients show them."""

from typing import Any

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.refusals import Malformed, NotFound, NotYourRole
from byttebank.storage.work import Work
from services.notify.storage import mails
from services.notify.storage import notices as stored

MAX_LIMIT = 200


def notices(work: Work, library_id: str, person_id: str | None, limit: int) -> list[dict[str, Any]]:
    """`Notice`s for the library and the person, newest first, at most `limit` (1 to 200).

    Refuses: `Malformed` for another limit.
    """
    return stored.list_notices(work.connection, library_id, person_id, checked_limit(limit))


def export_person(work: Work, person_id: str, actor: dict[str, Any]) -> dict[str, Any]:
    """Everything she was told: `{notices: [Notice], mails: [Mail]}`.

    Refuses: `NotYourRole` for others than herself; `Malformed` for what is no actor.
    """
    if load_actor(actor).person_id != person_id:
        raise NotYourRole(role="colleague")
    return {
        "notices": stored.notices_of_person(work.connection, person_id),
        "mails": mails.mails_of_person(work.connection, person_id),
    }


def mark_read(work: Work, notice_id: str, actor: dict[str, Any]) -> dict[str, Any]:
    """`Notice`, now read; when it was read already, as it was.

    Refuses: `NotFound` for an unknown notice or another library's, `NotYourRole` for another person's and
    for a library's when the actor does not answer for the library; `Malformed` for what is no actor.
    """
    reader = load_actor(actor)
    notice = stored.find_notice(work.connection, notice_id)
    if notice is None or notice["library_id"] != reader.library_id:
        raise NotFound(kind="notice", id=notice_id)
    _check_reader(notice, reader)
    stored.mark_read(work.connection, notice_id, work.now)
    return stored.find_notice(work.connection, notice_id) or notice


def checked_limit(limit: Any) -> int:
    """The limit of a list. Refuses: `Malformed` unless it is a whole number from 1 to 200."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
        raise Malformed(errors=[{"pointer": "/limit", "detail": f"A whole number from 1 to {MAX_LIMIT}."}])
    return limit


def _check_reader(notice: dict[str, Any], reader: Actor) -> None:
    if notice["person_id"] is not None and notice["person_id"] != reader.person_id:
        raise NotYourRole(role="colleague")
    if notice["person_id"] is None and reader.role == "colleague":
        raise NotYourRole(role="library_manager")
