"""The participation agreement: who has accepted which version for which library, and when."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.actor import load_actor
from byttebank.contracts.participation import PARTICIPATION_VERSION, Approver, NewAcceptance
from byttebank.contracts.refusals import FieldMissing, NotFound, NotYourRole
from byttebank.storage.work import Work
from services.directory.domain.invitation import check_acceptance
from services.directory.domain.texts import sort_key
from services.directory.operations.documents import read
from services.directory.operations.libraries import own_library
from services.directory.storage import libraries
from services.directory.storage import participation as stored

Document = dict[str, Any]
SEEN = ("version", "person_id", "capacity", "approved_by", "approver_title")


def accept_participation(work: Work, library_id: str, acceptance: Document, actor: Document) -> Document:
    """`Participation` of a library that takes part from now on. The first acceptance of a version counts.

    Refuses: NotFound for a library that is not ours; NotYourRole for others than its manager; Malformed;
    AgreementChanged; FieldMissing.
    """
    who = load_actor(actor)
    library = own_library(work, library_id)
    if who.role != "library_manager" or who.library_id != library_id:
        raise NotYourRole(role="library_manager")
    write_acceptance(work, library_id, read(NewAcceptance, acceptance), who.person_id)
    return _seen(library, stored.newest_participation(work.connection, library_id))


def write_acceptance(work: Work, library_id: str, acceptance: Document, person_id: str) -> None:
    """The person has accepted for the library; the county's services are told when it is new.

    `acceptance`: a `NewAcceptance` as read. Refuses: AgreementChanged, FieldMissing.
    """
    check_acceptance(acceptance)
    is_management = acceptance["capacity"] == "management"
    row = {
        "library_id": library_id,
        "version": acceptance["version"],
        "person_id": person_id,
        "capacity": acceptance["capacity"],
        "approved_by": acceptance["approved_by"].strip() if is_management else "",
        "approver_title": acceptance["approver_title"].strip() if is_management else "",
        "accepted_at": work.now,
    }
    if stored.add_participation(work.connection, row):
        accepted = {key: row[key] for key in ("library_id", "version")}
        work.emit("ParticipationAccepted", {**accepted, "accepted_at": format_time(work.now)})


def name_approver(work: Work, library_id: str, approver: Document, actor: Document) -> Document:
    """`Participation` that names this one in the management, or nobody. `approver`: an `Approver`.

    The newest acceptance names the new one; with nobody no acceptance of the library names anybody. Who
    accepted, when and which version stays.
    Refuses: NotFound for a library that is not ours, and where no management has approved; NotYourRole for
    others than its manager; Malformed; FieldMissing for a name without title or a title without name.
    """
    who = load_actor(actor)
    library = own_library(work, library_id)
    if who.role != "library_manager" or who.library_id != library_id:
        raise NotYourRole(role="library_manager")
    wanted = {field: text.strip() for field, text in read(Approver, approver).items()}
    for field, text in wanted.items():
        if not text and any(wanted.values()):
            raise FieldMissing(field=field)
    newest = stored.newest_participation(work.connection, library_id)
    if newest is None or newest["capacity"] != "management":
        raise NotFound(kind="acceptance", id=library_id)
    if any(wanted.values()):
        stored.write_approver(work.connection, library_id, newest["version"], wanted)
    else:
        stored.forget_approvers(work.connection, library_id)
    return _seen(library, {**newest, **wanted})


def participation(work: Work, library_id: str, actor: Document) -> Document:
    """`Participation`. Refuses: NotFound for a library that is not ours; NotYourRole for other libraries."""
    who = load_actor(actor)
    library = own_library(work, library_id)
    if who.library_id != library_id and who.role not in ("county", "operator"):
        raise NotYourRole(role="county")
    return _seen(library, stored.newest_participation(work.connection, library_id))


def participations(work: Work, actor: Document) -> list[Document]:
    """`Participation` of each open library of the county, by name. Refuses: NotYourRole."""
    if load_actor(actor).role not in ("county", "operator"):
        raise NotYourRole(role="county")
    newest = stored.newest_participations(work.connection)
    own = libraries.libraries_of_county(work.connection, work.county)
    by_name = sorted(own, key=lambda one: (sort_key(one["name"]), one["id"]))
    return [_seen(one, newest.get(one["id"])) for one in by_name if one["state"] == "open"]


def _seen(library: Document, row: Document | None) -> Document:
    of_library = {"library_id": library["id"], "library": library["name"]}
    if row is None:
        return {
            **of_library,
            "is_accepted": False,
            **dict.fromkeys(("version", "person_id", "capacity", "accepted_at")),
            **dict.fromkeys(("approved_by", "approver_title"), ""),
        }
    return {
        **of_library,
        "is_accepted": row["version"] >= PARTICIPATION_VERSION,
        **{key: row[key] for key in SEEN},
        "accepted_at": format_time(row["accepted_at"]),
    }


def forget_links(work: Work) -> int:
    """Links of letters that have left are kept nowhere here. Answers how many were."""
    return stored.forget_links(work.connection)
