"""Statements: what happened to a library's account, the newest day of work first, with a running balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from byttebank.contracts.refusals import Malformed

MAX_LINES = 200


@dataclass(frozen=True)
class Place:
    """A place in a statement: lines are ordered by day of work, then in the order of posting."""

    work_date: date
    entry_id: int


@dataclass(frozen=True)
class PostedEntry:
    """One entry on the library's account. `amount` is signed: given is above zero, received below."""

    place: Place
    transfer_id: str
    posted_at: datetime
    amount: int
    other_library_id: str
    other_county: str
    skill: str | None
    engagement_id: str
    reverses: str | None


def running_balances(entries: Sequence[PostedEntry], newest_balance: int) -> list[int]:
    """The balance after each entry, the newest first, from the balance after the newest."""
    balances = []
    balance = newest_balance
    for entry in entries:
        balances.append(balance)
        balance -= entry.amount
    return balances


def write_cursor(place: Place) -> str:
    """The place as a text for whoever asks for the next page."""
    return f"{place.work_date.isoformat()}.{place.entry_id}"


def read_cursor(cursor: str | None) -> Place | None:
    """The place a cursor names, None at the beginning. Refuses: Malformed for a text we did not write."""
    if cursor is None:
        return None
    try:
        day, _, entry_id = cursor.partition(".")
        place = Place(date.fromisoformat(day), int(entry_id))
    except (AttributeError, ValueError) as error:
        raise _malformed("/cursor", "Not a cursor of this statement. Begin again.") from error
    if write_cursor(place) != cursor or not 0 < place.entry_id < 2**63:
        raise _malformed("/cursor", "Not a cursor of this statement. Begin again.")
    return place


def check_limit(limit: int) -> int:
    """The number of lines of a page. Refuses: Malformed outside 1 to 200."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LINES:
        raise _malformed("/limit", f"A whole number from 1 to {MAX_LINES}.")
    return limit


def _malformed(pointer: str, detail: str) -> Malformed:
    return Malformed(errors=[{"pointer": pointer, "detail": detail}])
