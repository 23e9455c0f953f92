"""What the ledger does: one use case, one function, one transaction."""

from services.ledger.operations.accounts import account, incoming, reservations
from services.ledger.operations.closing import close_account, merge_county, open_again
from services.ledger.operations.copies import county_changed, library_changed, peer_changed
from services.ledger.operations.corrections import decline, make_whole, reverse, take_back, transfer
from services.ledger.operations.holds import post_days, release_days, reserve_days
from services.ledger.operations.overview import figures, positions, trial_balance
from services.ledger.operations.payee import cancel, decide_all_waiting, prepare
from services.ledger.operations.payer import cancel_prepared, fulfil, reject
from services.ledger.operations.promises import (
    date_promise,
    forgive_promise,
    make_promise,
    open_promises,
    promises,
    withdraw_promise,
)
from services.ledger.operations.reversals import (
    decline_reversal,
    request_reversal,
    reversal_declined,
    reversal_requested,
    reversal_requests,
    reverse_transfer,
)
from services.ledger.operations.statements import county_statement, peer_statement, statement
from services.ledger.operations.verification import verify, whole_book

__all__ = [
    "account",
    "cancel",
    "cancel_prepared",
    "close_account",
    "county_changed",
    "county_statement",
    "date_promise",
    "decide_all_waiting",
    "decline",
    "decline_reversal",
    "figures",
    "forgive_promise",
    "fulfil",
    "incoming",
    "library_changed",
    "make_promise",
    "make_whole",
    "merge_county",
    "open_again",
    "open_promises",
    "peer_changed",
    "peer_statement",
    "positions",
    "post_days",
    "prepare",
    "promises",
    "reject",
    "release_days",
    "request_reversal",
    "reservations",
    "reserve_days",
    "reversal_declined",
    "reversal_requested",
    "reversal_requests",
    "reverse",
    "reverse_transfer",
    "statement",
    "take_back",
    "transfer",
    "trial_balance",
    "verify",
    "whole_book",
    "withdraw_promise",
]
