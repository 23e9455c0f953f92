"""The fuse: a security limit per peer and direction, on what is owed and on its way.

It counts what is posted, net of what the other side owes, together with everything agreed, sent or
waiting in that direction. Days on their way in the other direction do not make room: they may fail.
Lowering a fuse blocks new days and breaks no old ones.
"""

from byttebank.contracts.refusals import FuseReached
from services.ledger.domain.accounts import Balance


def owed_by_us(balance: Balance) -> int:
    """Half-days that this county owes the peer, net: below zero when the peer owes."""
    return balance.credits_posted - balance.debits_posted


def owed_to_us(balance: Balance) -> int:
    """Half-days that the peer owes this county, net."""
    return -owed_by_us(balance)


def use_out(balance: Balance) -> int:
    """What counts against the fuse in the direction from us to the peer, in half-days."""
    return owed_by_us(balance) + balance.credits_pending


def use_in(balance: Balance, waiting_half_days: int) -> int:
    """What counts against the fuse in the direction from the peer to us, in half-days."""
    return owed_to_us(balance) + waiting_half_days


def check_agreement(county: str, balance: Balance, fuse_half_days: int, half_days: int) -> None:
    """So many half-days more may be agreed with the peer. Refuses: FuseReached."""
    if use_out(balance) + half_days > fuse_half_days:
        raise FuseReached(county=county, fuse_half_days=fuse_half_days)
