"""The fuse: a security limit per peer and direction, on what is owed and on its way.

It counts what is posted, net of what the other side owes, together with everything agreed, sent or
waiting in that direction. Days on their way in the other direction do not make room: they may fail.
Lowering a fuse blocks new days and breaks no old ones. What the other side owes makes no room while a round
of clearing has it reserved: it may be struck out.
"""

from byttebank.contracts.refusals import FuseReached
from services.ledger.domain.accounts import Balance


def owed_by_us(balance: Balance) -> int:
    """Half-days that this county owes the peer, net: below zero when the peer owes."""
    return balance.credits_posted - balance.debits_posted


def owed_to_us(balance: Balance) -> int:
    """Half-days that the peer owes this county, net."""
    return -owed_by_us(balance)


def use_out(balance: Balance, reserved: int = 0) -> int:
    """What counts against the fuse in the direction from us to the peer, in half-days.

    `reserved`: what is reserved of what we owe; below zero of what the peer owes.
    """
    return owed_by_us(balance) + max(-reserved, 0) + balance.credits_pending


def use_in(balance: Balance, waiting_half_days: int, reserved: int = 0) -> int:
    """What counts against the fuse in the direction from the peer to us. `reserved` as in `use_out`."""
    return owed_to_us(balance) + max(reserved, 0) + waiting_half_days


def check_agreement(
    county: str, balance: Balance, fuse_half_days: int, half_days: int, reserved: int = 0
) -> None:
    """So many half-days more may be agreed with the peer. Refuses: FuseReached."""
    if use_out(balance, reserved) + half_days > fuse_half_days:
        raise FuseReached(county=county, fuse_half_days=fuse_half_days)
