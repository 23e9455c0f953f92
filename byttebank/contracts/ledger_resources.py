"""What the ledger shows: accounts, statements, positions, promises, and what counties decide about them.

In RPC days are `*_half_days` integers; the HTTP API turns them into days in steps of 0.5.
"""

from marshmallow import fields, validate

from byttebank.contracts.fields import (
    Contract,
    Day,
    Id,
    Moment,
    Slug,
    WholeNumber,
    one_of,
    text,
)

LINE_KINDS = ("work", "reversal", "opening", "gift", "forgiveness", "moved", "made_whole", "clearing")
PROMISE_STATES = ("open", "kept", "ended")
REASON_LENGTH = 500


class Account(Contract):
    """A library's days. `available` = given - received - reserved + promised + limit."""

    library_id = Id(required=True)
    given_half_days = WholeNumber(required=True)
    received_half_days = WholeNumber(required=True)
    balance_half_days = WholeNumber(required=True)
    reserved_half_days = WholeNumber(required=True)
    limit_half_days = WholeNumber(required=True)
    limit_is_hard = fields.Boolean(required=True)
    promised_half_days = WholeNumber(load_default=0)
    """The sum of what is still open of the library's promises; it covers as much."""
    state = one_of("open", "closed", load_default="open")
    successor_id = Id(load_default=None, allow_none=True)
    """The library that a closed account's days went to."""
    available_half_days = WholeNumber(required=True)


class StatementLine(Contract):
    """One day as the library saw it. `half_days` is signed; `balance_half_days` runs."""

    transfer_id = Id(required=True)
    posted_at = Moment(required=True)
    work_date = Day(required=True)
    kind = one_of(*LINE_KINDS, load_default="work")
    reason = fields.String(load_default=None, allow_none=True)
    """Why, for what the county decided."""
    other_library_id = Id(required=True, allow_none=True)
    """Null where the county itself stands on the other side."""
    other_library_name = text(200)
    other_county = Slug(required=True)
    skill = fields.String(load_default=None, allow_none=True)
    engagement_id = Id(load_default=None, allow_none=True)
    reverses = Id(load_default=None, allow_none=True)
    """The transfer that this line takes back."""
    half_days = WholeNumber(required=True)
    balance_half_days = WholeNumber(required=True)


class Reservation(Contract):
    """Days set aside for an agreed engagement, or on their way (`state`)."""

    transfer_id = Id(required=True)
    engagement_id = Id(load_default=None, allow_none=True)
    state = one_of("pending", "prepared", "waiting", required=True)
    other_library_id = Id(required=True)
    other_library_name = text(200)
    other_county = Slug(required=True)
    work_date = Day(required=True)
    half_days = WholeNumber(required=True)
    since_at = Moment(required=True)


class Position(Contract):
    """What two counties owe each other, from our side. Gross figures only grow."""

    county = Slug(required=True)
    owed_to_us_half_days = WholeNumber(required=True)
    owed_by_us_half_days = WholeNumber(required=True)
    net_half_days = WholeNumber(required=True)  # positive: they owe us
    pending_out_half_days = WholeNumber(required=True)  # agreed or sent by us, not yet posted
    waiting_in_half_days = WholeNumber(required=True)  # received from them and kept, decision later
    open_claims_half_days = WholeNumber(load_default=0)  # delivered, turned down, not settled since
    fuse_half_days = WholeNumber(required=True)
    in_doubt_count = WholeNumber(required=True)
    oldest_in_doubt_at = Moment(load_default=None, allow_none=True)
    channel_state = one_of("recovering", "open", "frozen", required=True)


class Promise(Contract):
    """Days a library has promised in return. What is open of it follows from the entries, never stored."""

    id = Id(required=True)
    library_id = Id(required=True)
    library_name = text(200)
    half_days = WholeNumber(required=True)
    open_half_days = WholeNumber(required=True)
    made_on = Day(required=True)
    horizon_on = Day(required=True)
    dated_on = Day(load_default=None, allow_none=True)
    """The day somebody has asked for; null until then."""
    is_late = fields.Boolean(required=True)
    state = one_of(*PROMISE_STATES, required=True)


class NewPromise(Contract):
    """The body of `make_promise`. The amount is judged by the domain."""

    id = Id(required=True)
    library_id = Id(required=True)
    half_days = WholeNumber(required=True)
    dated_on = Day(load_default=None, allow_none=True)


class DatedPromise(Contract):
    """The body of `date_promise`."""

    id = Id(required=True)
    promise_id = Id(required=True)
    dated_on = Day(required=True)


class WithdrawnPromise(Contract):
    """The body of `withdraw_promise`."""

    id = Id(required=True)
    promise_id = Id(required=True)


class ForgivenPromise(Contract):
    """The body of `forgive_promise`. Without an amount: all that is open."""

    id = Id(required=True)
    promise_id = Id(required=True)
    half_days = WholeNumber(load_default=None, allow_none=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewReversal(Contract):
    """The body of `reverse`. `is_peer_gone`: the other county will not answer any more."""

    id = Id(required=True)
    transfer_id = Id(required=True)
    half_days = WholeNumber(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))
    is_peer_gone = fields.Boolean(load_default=False)


class NewAdjustment(Contract):
    """The body of `make_whole`: the county gives a library of its own what a lost county owes it."""

    id = Id(required=True)
    library_id = Id(required=True)
    half_days = WholeNumber(required=True)
    work_date = Day(load_default=None, allow_none=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewClosing(Contract):
    """The body of `close_account`. `how`: what becomes of the days; `successor_id`: who gets them."""

    id = Id(required=True)
    library_id = Id(required=True)
    how = one_of("transfer", "gift", "forgive", "merge", required=True)
    successor_id = Id(load_default=None, allow_none=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewOpening(Contract):
    """The body of `open_account`: a closed account is used again."""

    id = Id(required=True)
    library_id = Id(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewMerger(Contract):
    """The body of `merge_county`: what a county that is no more owed us, and we it, goes to its successor."""

    id = Id(required=True)
    county = Slug(required=True)
    successor = Slug(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class TransferStanding(Contract):
    """A transfer as it stands in our book, for whoever may take it back."""

    transfer_id = Id(required=True)
    state = one_of("pending", "prepared", "posted", "voided", "expired", required=True)
    half_days = WholeNumber(required=True)
    unreversed_half_days = WholeNumber(required=True)
    payer_library_id = fields.String(required=True)
    payer_library_name = text(200)
    payer_county = Slug(required=True)
    payee_library_id = fields.String(required=True)
    payee_library_name = text(200)
    payee_county = Slug(required=True)
    work_date = Day(required=True)
    skill = fields.String(load_default=None, allow_none=True)
    engagement_id = Id(load_default=None, allow_none=True)
    reverses = Id(load_default=None, allow_none=True)


class CountyLine(Contract):
    """One posted transfer. `change_half_days`: what it did to the county's libraries together."""

    transfer_id = Id(required=True)
    work_date = Day(required=True)
    posted_at = Moment(required=True)
    kind = one_of(*LINE_KINDS, load_default="work")
    reason = fields.String(load_default=None, allow_none=True)
    payer_library_id = fields.String(required=True)
    payer_library_name = text(200)
    payer_county = Slug(required=True)
    payee_library_id = fields.String(required=True)
    payee_library_name = text(200)
    payee_county = Slug(required=True)
    skill = fields.String(load_default=None, allow_none=True)
    engagement_id = Id(load_default=None, allow_none=True)
    reverses = Id(load_default=None, allow_none=True)
    half_days = WholeNumber(required=True)
    change_half_days = WholeNumber(required=True)
    balance_half_days = WholeNumber(required=True)
