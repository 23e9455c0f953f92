"""Transfers: from whom to whom, how much, for what; and what makes one impossible."""

from dataclasses import dataclass
from datetime import date

from byttebank.contracts.fields import MAX_HALF_DAYS
from byttebank.contracts.refusals import (
    BelowHalfDay,
    DatePast,
    DateTooFar,
    Malformed,
    OwnLibrary,
    TooManyDays,
)
from services.ledger.domain.accounts import HALF_DAY, clearing_account_id, peer_account_id

MONTHS_AHEAD = 24
"""No agreement reaches further ahead; a later date is a slip of the hand."""
YEARS_BACK = 10
"""Histories are brought from the years of vandring; an older date is a slip of the hand."""
SKILL_MAX_LENGTH = 100
CLEARING = "clearing"
"""In the place of both libraries in a transfer that strikes out what the payee's county owed the payer's."""


@dataclass(frozen=True)
class Transfer:
    """The terms of a transfer, fixed when it is made. `amount` is in `unit`.

    The payer received help and is debited; the payee helped and is credited. `reverses` names the
    transfer that this one takes back.
    """

    id: str
    payer_library_id: str
    payee_library_id: str
    payer_county: str
    payee_county: str
    amount: int
    unit: str
    engagement_id: str
    part: int
    skill: str | None
    work_date: date
    reverses: str | None = None

    def is_between_counties(self) -> bool:
        """Whether it needs the other county's decision."""
        return self.payer_county != self.payee_county

    def peer_of(self, county: str) -> str:
        """The other county of a transfer between two."""
        return self.payee_county if self.payer_county == county else self.payer_county

    def accounts_at(self, county: str) -> tuple[str, str]:
        """(debit account, credit account) in the book of one of its counties."""
        own = clearing_account_id(self.engagement_id) if self.is_clearing() else None
        payer, payee = own or self.payer_library_id, own or self.payee_library_id
        debit = payer if self.payer_county == county else peer_account_id(self.payer_county)
        credit = payee if self.payee_county == county else peer_account_id(self.payee_county)
        return debit, credit

    def is_clearing(self) -> bool:
        """Whether it belongs to a round of clearing, whose id it has for its engagement."""
        return self.payer_library_id == CLEARING


def check_terms(transfer: Transfer, today: date) -> None:
    """The terms are possible in themselves.

    Refuses: Malformed (unit, part, skill), BelowHalfDay, TooManyDays, OwnLibrary (payer is payee),
    DateTooFar, DatePast (beyond living memory).
    """
    if transfer.unit != HALF_DAY:
        raise _malformed("/unit", f"Only {HALF_DAY}.")
    check_amount(transfer.amount)
    if isinstance(transfer.part, bool) or not isinstance(transfer.part, int) or not 1 <= transfer.part <= 999:
        raise _malformed("/part", "A whole number from 1 to 999.")
    if transfer.skill is not None and not _is_storable(transfer.skill):
        raise _malformed("/skill", f"A text of at most {SKILL_MAX_LENGTH} characters.")
    if transfer.payer_library_id == transfer.payee_library_id:
        raise OwnLibrary(library_id=transfer.payer_library_id)
    check_work_date(transfer.work_date, today)


def check_part_of(hold: int, amount: int) -> None:
    """So much of a hold may be posted. Refuses: BelowHalfDay, TooManyDays when it is more than is held."""
    check_amount(amount)
    if amount > hold:
        raise TooManyDays(max_half_days=hold)


def check_amount(amount: int) -> None:
    """An amount of half-days that one act may move. Refuses: Malformed, BelowHalfDay, TooManyDays."""
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise _malformed("/amount_half_days", "A whole number.")
    if amount < 1:
        raise BelowHalfDay()
    if amount > MAX_HALF_DAYS:
        raise TooManyDays(max_half_days=MAX_HALF_DAYS)


def check_work_date(work_date: date, today: date) -> None:
    """Work may be done, or have been, on that day. Refuses: DateTooFar, DatePast (beyond living memory)."""
    ahead = (work_date.year - today.year) * 12 + work_date.month - today.month
    if (ahead, work_date.day) > (MONTHS_AHEAD, today.day):
        raise DateTooFar(date=work_date.isoformat(), months=MONTHS_AHEAD)
    if work_date.year < today.year - YEARS_BACK:
        raise DatePast(date=work_date.isoformat())


def _is_storable(text: str) -> bool:
    is_unicode = not any("\ud800" <= character <= "\udfff" for character in text)
    return len(text) <= SKILL_MAX_LENGTH and "\x00" not in text and is_unicode


def _malformed(pointer: str, detail: str) -> Malformed:
    return Malformed(errors=[{"pointer": pointer, "detail": detail}])
