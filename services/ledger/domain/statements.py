"""Statements: what happened, the newest day of work first, with a running balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from byttebank.contracts.refusals import DateOrder, Malformed
from byttebank.identifiers import is_id
from services.ledger.domain.accounts import kind_of

MAX_LINES = 200
LINE_KINDS = {
    "promise_forgiven": "forgiveness",
    "forgiven": "forgiveness",
    "gift": "gift",
    "handed_on": "moved",
    "merged": "moved",
    "moved_on": "moved",
    "county_merged": "moved",
    "opening": "opening",
    "made_whole": "made_whole",
    "reversed": "reversal",
}
"""The kind of line that an act's transfer is. Without an act: a reversal, or work."""


@dataclass(frozen=True)
class Period:
    """Which dates of work to show, both ends included; None: from the beginning, or to the end."""

    first_on: date | None = None
    last_on: date | None = None


ALWAYS = Period()


@dataclass(frozen=True)
class Place:
    """A place in an account's statement: lines are ordered by day of work, then in the order of posting."""

    work_date: date
    entry_id: int


@dataclass(frozen=True)
class CountyPlace:
    """A place in a county's statement: lines are ordered by day of work, then by transfer."""

    work_date: date
    transfer_id: str


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


@dataclass(frozen=True)
class PostedTransfer:
    """One posted transfer, `amount` in half-days. The payer received help, the payee gave it."""

    place: CountyPlace
    posted_at: datetime
    amount: int
    debit_account_id: str
    credit_account_id: str
    payer_library_id: str
    payee_library_id: str
    payer_county: str
    payee_county: str
    skill: str | None
    engagement_id: str
    reverses: str | None

    @property
    def change(self) -> int:
        """What it did to the county's libraries together: nothing when it went from one to another."""
        debited, credited = (
            kind_of(one) == "library" for one in (self.debit_account_id, self.credit_account_id)
        )
        return self.amount * (credited - debited)


def line_kind(act_kind: str | None, reverses: str | None) -> str:
    """What kind of line a transfer is."""
    if act_kind in LINE_KINDS:
        return LINE_KINDS[str(act_kind)]
    return "reversal" if reverses else "work"


def running_balances(amounts: Sequence[int], newest_balance: int) -> list[int]:
    """The balance after each amount, the newest first, from the balance after the newest."""
    balances = []
    balance = newest_balance
    for amount in amounts:
        balances.append(balance)
        balance -= amount
    return balances


def write_cursor(place: Place | CountyPlace) -> str:
    """The place as a text for whoever asks for the next page."""
    second = place.entry_id if isinstance(place, Place) else place.transfer_id
    return f"{place.work_date.isoformat()}.{second}"


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


def read_county_cursor(cursor: str | None) -> CountyPlace | None:
    """The place a cursor of a county's statement names. Refuses: Malformed for a text we did not write."""
    if cursor is None:
        return None
    try:
        day, _, transfer_id = cursor.partition(".")
        place = CountyPlace(date.fromisoformat(day), transfer_id)
    except (AttributeError, ValueError) as error:
        raise _malformed("/cursor", "Not a cursor of this statement. Begin again.") from error
    if write_cursor(place) != cursor or not is_id(transfer_id):
        raise _malformed("/cursor", "Not a cursor of this statement. Begin again.")
    return place


def read_period(first_on: str | None, last_on: str | None) -> Period:
    """The dates to show. Refuses: Malformed for what is no date; DateOrder."""
    period = Period(_day("/first_on", first_on), _day("/last_on", last_on))
    if period.first_on and period.last_on and period.last_on < period.first_on:
        raise DateOrder(first_on=first_on, last_on=last_on)
    return period


def check_limit(limit: int) -> int:
    """The number of lines of a page. Refuses: Malformed outside 1 to 200."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LINES:
        raise _malformed("/limit", f"A whole number from 1 to {MAX_LINES}.")
    return limit


def _day(pointer: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise _malformed(pointer, "Not a date such as 2026-11-23.") from error


def _malformed(pointer: str, detail: str) -> Malformed:
    return Malformed(errors=[{"pointer": pointer, "detail": detail}])
