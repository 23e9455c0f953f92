"""A library comes in by its own link: the county invites, and whoever opens it joins without a clerk."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.actor import load_actor
from byttebank.contracts.participation import MIN_TOKEN_LENGTH, Joining, NewInvitation
from byttebank.contracts.refusals import NotFound, NotYourRole, SameKeyOtherBody
from byttebank.storage.work import Work
from services.directory.domain.cursors import check_limit
from services.directory.domain.invitation import LIFETIME, check_open, check_unused, hash_of, state_of
from services.directory.operations.colleagues import add_colleague
from services.directory.operations.documents import read, refuse
from services.directory.operations.libraries import own_library, set_library_page
from services.directory.operations.participation import write_acceptance
from services.directory.storage import erasures, libraries
from services.directory.storage import participation as stored

Document = dict[str, Any]
TOLD = ("id", "library_id", "name", "email")


def invite_library(work: Work, invitation: Document, actor: Document) -> Document:
    """`Invitation`, open for two weeks; its letter is on the way. The same once more changes nothing.

    Refuses: NotYourRole but for the county; Malformed; NotFound for a library that is not ours;
    SameKeyOtherBody for an id in use.
    """
    _check_county(actor)
    wanted = read(NewInvitation, invitation)
    if "@" not in wanted["email"].strip("@ "):
        raise refuse("/email", "An e-mail address.")
    library = own_library(work, wanted["library_id"])
    row = {
        **{key: wanted[key].strip() for key in TOLD},
        "token_hash": hash_of(wanted["token"]),
        "letters": 1,
        "sent_at": work.now,
        "expires_at": work.now + LIFETIME,
        "used_at": None,
        "withdrawn_at": None,
    }
    known = stored.find_invitation(work.connection, row["id"])
    if known is not None or not stored.add_invitation(work.connection, row):
        return _answer_again(work, row)
    _write_letter(work, row, library, wanted["token"])
    return _seen(work, row)


def renew_invitation(work: Work, invitation_id: str, token: str, actor: Document) -> Document:
    """`Invitation`, open for two weeks from now by the new link alone; its letter is on the way.

    Refuses: NotYourRole but for the county; NotFound; InvitationEnded when it was used; Malformed for a token
    that can be guessed.
    """
    _check_county(actor)
    if not isinstance(token, str) or not MIN_TOKEN_LENGTH <= len(token) <= 200:
        raise refuse("/token", f"A text of {MIN_TOKEN_LENGTH} to 200 characters.")
    row = _taken(work, invitation_id)
    if row["token_hash"] == hash_of(token):
        return _seen(work, row)
    check_unused(row)
    changes = {
        "token_hash": hash_of(token),
        "letters": row["letters"] + 1,
        "sent_at": work.now,
        "expires_at": work.now + LIFETIME,
        "withdrawn_at": None,
    }
    library = own_library(work, row["library_id"])
    stored.change_invitation(work.connection, invitation_id, **changes)
    _write_letter(work, {**row, **changes}, library, token)
    return _seen(work, {**row, **changes})


def withdraw_invitation(work: Work, invitation_id: str, actor: Document) -> Document:
    """`Invitation` whose link opens nothing any longer.

    Refuses: NotYourRole but for the county; NotFound; InvitationEnded when it was used.
    """
    _check_county(actor)
    row = _taken(work, invitation_id)
    check_unused(row)
    if row["withdrawn_at"] is None:
        row["withdrawn_at"] = work.now
        stored.change_invitation(work.connection, invitation_id, withdrawn_at=work.now)
    return _seen(work, row)


def invitations(work: Work, actor: Document, limit: int = 200) -> list[Document]:
    """`Invitation`s, the newest letter first. Refuses: NotYourRole but for the county; Malformed."""
    if load_actor(actor).role not in ("county", "operator"):
        raise NotYourRole(role="county")
    check_limit(limit)
    return [_seen(work, row) for row in stored.list_invitations(work.connection, limit)]


def open_invitation(work: Work, token: str) -> Document:
    """`Invitation` whose link this is, whatever its state. Refuses: NotFound."""
    return _seen(work, _by_token(work, token))


def join_library(work: Work, token: str, joining: Document) -> Document:
    """`Colleague`, the library's manager from now on; the link is used. All of it or nothing.

    The same link once more answers the same, so that a step that was cut off can be finished.
    Refuses: NotFound; InvitationEnded; Malformed; AgreementChanged; FieldMissing.
    """
    row = _by_token(work, token, for_update=True)
    known = libraries.find_colleague(work.connection, row["id"])
    is_erased = erasures.is_erased(work.connection, row["id"])
    if row["used_at"] is not None and known is not None and not is_erased:
        return known
    check_open(row, work.now)
    wanted = read(Joining, joining)
    colleague = add_colleague(
        work,
        {
            "id": row["id"],
            "library_id": row["library_id"],
            "name": wanted["name"].strip(),
            "email": row["email"],
            "is_manager": True,
            "sharing": "library",
            "language": wanted["language"],
        },
    )
    if wanted["page"] is not None:
        set_library_page(work, row["library_id"], wanted["page"], _manager(colleague))
    if wanted["acceptance"] is not None:
        write_acceptance(work, row["library_id"], wanted["acceptance"], row["id"])
    stored.change_invitation(work.connection, row["id"], used_at=work.now)
    return colleague


def _manager(colleague: Document) -> Document:
    return {
        "person_id": colleague["id"],
        "library_id": colleague["library_id"],
        "role": "library_manager",
        "name": colleague["name"],
    }


def _check_county(actor: Document) -> None:
    if load_actor(actor).role != "county":
        raise NotYourRole(role="county")


def _taken(work: Work, invitation_id: str) -> Document:
    row = stored.find_invitation(work.connection, invitation_id, for_update=True)
    if row is None:
        raise NotFound(kind="invitation", id=invitation_id)
    return row


def _by_token(work: Work, token: str, *, for_update: bool = False) -> Document:
    row = None
    if isinstance(token, str) and MIN_TOKEN_LENGTH <= len(token) <= 200 and token.isascii():
        row = stored.find_by_token(work.connection, hash_of(token), for_update=for_update)
    if row is None:
        raise NotFound(kind="invitation", id="")
    return row


def _answer_again(work: Work, wanted: Document) -> Document:
    row = _taken(work, wanted["id"])
    if any(row[key] != wanted[key] for key in TOLD):
        raise SameKeyOtherBody(id=wanted["id"])
    return _seen(work, row)


def _write_letter(work: Work, row: Document, library: Document, token: str) -> None:
    work.emit(
        "LibraryInvited",
        {
            "invitation_id": row["id"],
            "library_id": row["library_id"],
            "library": library["short_name"],
            "email": row["email"],
            "token": token,
            "language": library["language"],
            "occasion": row["letters"],
            "expires_at": format_time(row["expires_at"]),
        },
    )


def _seen(work: Work, row: Document) -> Document:
    return {
        **{key: row[key] for key in TOLD},
        "state": state_of(row, work.now),
        "sent_at": format_time(row["sent_at"]),
        "expires_at": format_time(row["expires_at"]),
        "used_at": format_time(row["used_at"]) if row["used_at"] else None,
    }
