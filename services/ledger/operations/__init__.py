"""What the ledger does: one use case, one function, one transaction."""

from services.ledger.operations.accounts import account, incoming, reservations, statement
from services.ledger.operations.copies import county_changed, library_changed, peer_changed
from services.ledger.operations.holds import post_days, release_days, reserve_days
from services.ledger.operations.overview import figures, positions, trial_balance
from services.ledger.operations.payee import cancel, decide_all_waiting, prepare
from services.ledger.operations.payer import cancel_prepared, fulfil, reject
from services.ledger.operations.reversals import (
    decline_reversal,
    request_reversal,
    reversal_declined,
    reversal_requested,
    reversal_requests,
    reverse_transfer,
)
from services.ledger.operations.verification import verify, whole_book

__all__ = [
    "account",
    "cancel",
    "cancel_prepared",
    "county_changed",
    "decide_all_waiting",
    "decline_reversal",
    "figures",
    "fulfil",
    "incoming",
    "library_changed",
    "peer_changed",
    "positions",
    "post_days",
    "prepare",
    "reject",
    "release_days",
    "request_reversal",
    "reservations",
    "reserve_days",
    "reversal_declined",
    "reversal_requested",
    "reversal_requests",
    "reverse_transfer",
    "statement",
    "trial_balance",
    "verify",
    "whole_book",
]
