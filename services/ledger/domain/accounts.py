"""Accounts, their balances, and how far a library may receive ahead of giving."""

from collections.abc import Iterable
from dataclasses import dataclass

from byttebank.contracts.refusals import LimitHard

HALF_DAY = "half_day"
NOK_ORE = "nok_ore"
UNITS = (HALF_DAY, NOK_ORE)
ADJUSTMENTS = "county:adjustments"
PEER_PREFIX = "peer:"
CLEARING_PREFIX = "clearing:"
"""One account per round of clearing, at zero again when the round is posted."""
MONEY_PREFIX = "nok:"
"""Accounts of the travel fund, kept in øre: the fund itself, what it was granted, what was refunded."""
TRAVEL_FUND, GRANTS = "nok:travel-fund", "nok:grants"
REFUNDS_PREFIX = "nok:refunds:"
KINDS = ("peer", "clearing", "adjustments", "fund", "library")


@dataclass(frozen=True)
class Limit:
    """How many half-days a library may receive ahead of giving. Soft: warned and accepted. Hard: refused."""

    half_days: int
    is_hard: bool


STARTING_LIMIT = Limit(half_days=10, is_hard=False)
"""Until the county says otherwise: five days, soft."""


@dataclass(frozen=True)
class Balance:
    """The four sums of one account, each zero or more. Library accounts are credit-normal."""

    debits_posted: int = 0
    credits_posted: int = 0
    debits_pending: int = 0
    credits_pending: int = 0

    @property
    def days_to_use(self) -> int:
        """Given less received, in half-days; below zero when the library owes."""
        return self.credits_posted - self.debits_posted

    def available(self, limit: Limit) -> int:
        """What the library may still ask for: pending debits count, pending credits do not."""
        return self.days_to_use - self.debits_pending + limit.half_days


def peer_account_id(county: str) -> str:
    """The account that holds what this county and another owe each other."""
    return PEER_PREFIX + county


def clearing_account_id(round_id: str) -> str:
    """The account through which a round of clearing goes."""
    return CLEARING_PREFIX + round_id


def unit_of(account_id: str) -> str:
    """The one unit an account is kept in."""
    return NOK_ORE if account_id.startswith(MONEY_PREFIX) else HALF_DAY


def kind_of(account_id: str) -> str:
    """`peer`, `clearing`, `adjustments`, `fund` or `library`."""
    if account_id.startswith(PEER_PREFIX):
        return "peer"
    if account_id.startswith(CLEARING_PREFIX):
        return "clearing"
    if account_id.startswith(MONEY_PREFIX):
        return "fund"
    return "adjustments" if account_id == ADJUSTMENTS else "library"


def lock_order(account_ids: Iterable[str]) -> list[str]:
    """Each account once, in the one order in which balances are locked: peers first, libraries last.

    Peers come first because a decision towards a peer learns only under that lock which libraries it
    concerns.
    """
    return sorted(set(account_ids), key=lambda account_id: (KINDS.index(kind_of(account_id)), account_id))


def check_limit(library_id: str, balance: Balance, limit: Limit, half_days: int) -> bool:
    """Whether setting so many half-days aside goes above the soft limit.

    Refuses: LimitHard when it goes above a hard one.
    """
    available = balance.available(limit)
    is_over = half_days > available
    if is_over and limit.is_hard:
        raise LimitHard(
            library_id=library_id, available_half_days=max(available, 0), wanted_half_days=half_days
        )
    return is_over
