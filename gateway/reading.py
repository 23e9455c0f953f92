"""From where somebody reads an engagement: the side, whose turn it is, and what the reader may do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.accounts import User

Document = dict[str, Any]

ONGOING = ("proposed", "reserving", "refused", "agreed", "carried_out", "confirmed", "disputed", "unanswered")
"""Something is still to happen."""
CALLED_OFF = ("cancelled", "declined", "expired")
"""Nobody comes of it: where it had been agreed, another may have been asked."""
ANSWERABLE = ("agreed", "carried_out", "unanswered")
"""One may say whether it happened, once the day has come."""
DISPUTABLE = ("carried_out", "confirmed", "settled", "no_show", "cancelled", "unanswered")
ROLES_IN_ORDER = ("lender_manager", "colleague", "host_manager")


@dataclass(frozen=True)
class Reader:
    """Who reads. `roles` are those whose consent the reader can give."""

    side: str
    """lender, host, colleague (the one who goes, and no manager) or county."""
    roles: frozenset[str]
    library_id: str
    speaks: bool
    """May answer for the side: its manager, the colleague, or the host contact."""

    @property
    def bank_side(self) -> str:
        """`lender` or `host`: whose answer to "did it happen?" the reader gives."""
        return "lender" if self.side == "colleague" else self.side


def may_see(request: Document, user: User) -> bool:
    """Whether the user sees the request: on the board, the own library's, or to the own library alone."""
    return bool(request["is_open"] or user.library_id in (request["library_id"], request["to_library_id"]))


def reader_of(engagement: Document, user: User) -> Reader:
    """From where this user reads the engagement."""
    is_lender = user.library_id == engagement["lender_library_id"]
    is_host = user.library_id == engagement["host_library_id"]
    is_manager = user.role == "library_manager"
    is_colleague = user.person_id == engagement["colleague_id"] and user.role in (
        "colleague",
        "library_manager",
    )
    is_contact = is_host and user.role == "colleague" and user.person_id == engagement["host_contact_id"]
    holds = {
        "lender_manager": is_lender and is_manager,
        "host_manager": is_host and is_manager,
        "colleague": is_colleague,
    }
    roles = frozenset(role for role, held in holds.items() if held)
    side = "lender" if is_lender else "host" if is_host else "county"
    if is_colleague and not is_manager:
        side = "colleague"
    return Reader(side, roles, user.library_id, bool(roles) or is_contact)


def missing_roles(engagement: Document) -> list[str]:
    """The roles that have not said yes, in the order people ask."""
    return [role for role in ROLES_IN_ORDER if role not in engagement["consents"]]


def has_been(engagement: Document, today: date) -> bool:
    """Whether the first day has come."""
    return bool(engagement["dates"][0] <= today.isoformat())


def moves_days(engagement: Document) -> bool:
    """Hospitering and vandring move no days."""
    return bool(engagement["purpose"] == "help")


def may_accept(engagement: Document, reader: Reader) -> bool:
    """Whether a yes of the reader would change something."""
    if engagement["state"] == "refused":
        return "host_manager" in reader.roles
    return engagement["state"] == "proposed" and bool(reader.roles & set(missing_roles(engagement)))


def may_decline(engagement: Document, reader: Reader) -> bool:
    """Whether the reader can say no to the proposal."""
    return reader.speaks and engagement["state"] in ("proposed", "refused")


def may_confirm(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether the reader can say if it happened, and nobody on the reader's side has."""
    is_open = engagement["state"] in ANSWERABLE and has_been(engagement, today)
    return reader.speaks and is_open and reader.bank_side not in engagement["happened"]


def may_cancel(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether the reader can call the day off: until the first day is over."""
    is_before = engagement["dates"][0] >= today.isoformat() and not engagement["happened"]
    return reader.speaks and engagement["state"] in ("reserving", "agreed") and is_before


def may_dispute(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether the reader can say that what is recorded is wrong."""
    last = engagement.get("dispute_by_on")
    in_time = last is None or today.isoformat() <= last
    return reader.speaks and in_time and engagement["state"] in DISPUTABLE


def open_move(engagement: Document, today: date) -> Document | None:
    """The other dates that somebody has asked for, while the agreed day is not over."""
    is_before = engagement["dates"][0] >= today.isoformat() and not engagement["happened"]
    return engagement.get("move") if engagement["state"] == "agreed" and is_before else None


def may_move(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether the reader can ask for other dates, or answer those that are asked for."""
    is_before = engagement["dates"][0] >= today.isoformat() and not engagement["happened"]
    return bool(reader.roles) and engagement["state"] == "agreed" and is_before


def may_answer_move(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether a yes of the reader to the dates that are asked for is missing."""
    move = open_move(engagement, today)
    return move is not None and bool(reader.roles - set(move["consents"]))


def must_act(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether this reader is one of those everybody waits for."""
    is_asked = may_accept(engagement, reader) or may_answer_move(engagement, reader, today)
    return is_asked or may_confirm(engagement, reader, today)


def deadline(engagement: Document) -> str | None:
    """The day on which silence has its effect, as far as it is known."""
    if engagement["state"] in ("proposed", "refused"):
        return engagement["reply_by_on"]
    if engagement["state"] == "carried_out":
        return engagement["confirm_by_on"]
    if engagement["state"] == "unanswered":
        return engagement.get("release_on") or engagement["confirm_by_on"]
    return None
