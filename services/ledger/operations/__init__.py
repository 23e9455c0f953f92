"""What the ledger does: one use case, one function, one transaction."""

from services.ledger.domain.evidence_format import EvidenceUnreadable
from services.ledger.operations.accounts import account, incoming, reservations
from services.ledger.operations.clearing import (
    clearing_documents,
    close_clearing,
    go_on_clearing,
    own_clearing_documents,
    propose_clearing,
)
from services.ledger.operations.clearing_view import clearing_evidence, clearing_round, clearing_rounds
from services.ledger.operations.closing import close_account, merge_county, open_again
from services.ledger.operations.copies import county_changed, library_changed, peer_changed
from services.ledger.operations.corrections import decline, make_whole, reverse, take_back, transfer
from services.ledger.operations.evidence import EXPORT_FORMATS, export, verify_exports
from services.ledger.operations.findings import list_disputes, list_reconciliations, signed_message
from services.ledger.operations.foreseeing import foresee
from services.ledger.operations.holds import post_days, release_days, reserve_days
from services.ledger.operations.leaving import check_leaving
from services.ledger.operations.opening import Imported, ImportRefused, import_opening
from services.ledger.operations.overview import doubts, figures, positions, trial_balance
from services.ledger.operations.payee import broken_prepare, cancel, decide_all_waiting, prepare
from services.ledger.operations.payer import cancel_prepared, fulfil, reject
from services.ledger.operations.promises import (
    date_promise,
    forgive_promise,
    make_promise,
    open_promises,
    promises,
    withdraw_promise,
)
from services.ledger.operations.reconciling import (
    compared,
    comparison_asked,
    disputed,
    reconcile,
    reconcile_nightly,
    reconciled,
)
from services.ledger.operations.recovering import (
    carry_out_postponed,
    channel_opened,
    own_cancel,
    own_decline,
    own_fulfil,
    own_prepare,
    own_reject,
    own_reversal_request,
)
from services.ledger.operations.reminding import remind_of_promises
from services.ledger.operations.reporting import report_accounts
from services.ledger.operations.reversals import (
    decline_reversal,
    request_reversal,
    reversal_declined,
    reversal_requested,
    reversal_requests,
    reverse_transfer,
)
from services.ledger.operations.statements import county_statement, peer_statement, statement
from services.ledger.operations.travel_fund import (
    grant_travel,
    refund_travel,
    return_refund,
    travel_fund,
    travel_fund_statement,
)
from services.ledger.operations.verification import verify, whole_book

__all__ = [
    "EXPORT_FORMATS",
    "EvidenceUnreadable",
    "ImportRefused",
    "Imported",
    "account",
    "broken_prepare",
    "cancel",
    "cancel_prepared",
    "carry_out_postponed",
    "channel_opened",
    "check_leaving",
    "clearing_documents",
    "clearing_evidence",
    "clearing_round",
    "clearing_rounds",
    "close_account",
    "close_clearing",
    "compared",
    "comparison_asked",
    "county_changed",
    "county_statement",
    "date_promise",
    "decide_all_waiting",
    "decline",
    "decline_reversal",
    "disputed",
    "doubts",
    "export",
    "figures",
    "foresee",
    "forgive_promise",
    "fulfil",
    "go_on_clearing",
    "grant_travel",
    "import_opening",
    "incoming",
    "library_changed",
    "list_disputes",
    "list_reconciliations",
    "make_promise",
    "make_whole",
    "merge_county",
    "open_again",
    "open_promises",
    "own_cancel",
    "own_clearing_documents",
    "own_decline",
    "own_fulfil",
    "own_prepare",
    "own_reject",
    "own_reversal_request",
    "peer_changed",
    "peer_statement",
    "positions",
    "post_days",
    "prepare",
    "promises",
    "propose_clearing",
    "reconcile",
    "reconcile_nightly",
    "reconciled",
    "refund_travel",
    "reject",
    "release_days",
    "remind_of_promises",
    "report_accounts",
    "request_reversal",
    "reservations",
    "reserve_days",
    "return_refund",
    "reversal_declined",
    "reversal_requested",
    "reversal_requests",
    "reverse",
    "reverse_transfer",
    "signed_message",
    "statement",
    "take_back",
    "transfer",
    "travel_fund",
    "travel_fund_statement",
    "trial_balance",
    "verify",
    "verify_exports",
    "whole_book",
    "withdraw_promise",
]
