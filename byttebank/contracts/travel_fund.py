"""The travel fund: what the county has granted and refunded, in øre. Budget control, not bookkeeping."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Day, Id, Moment, WholeNumber, one_of, text
from byttebank.contracts.ledger_resources import REASON_LENGTH

MAX_ORE = 1_000_000_000
"""Ten million kroner at once is surely a slip of the hand."""
FUND_LINES = ("grant", "refund", "returned")


def _ore() -> WholeNumber:
    return WholeNumber(required=True, validate=validate.Range(min=1, max=MAX_ORE))


class NewGrant(Contract):
    """The body of `grant_travel`: the county sets money aside for travel."""

    id = Id(required=True)
    amount_ore = _ore()
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewRefund(Contract):
    """The body of `refund_travel`: the county refunds a library of its own for a journey."""

    id = Id(required=True)
    library_id = Id(required=True)
    amount_ore = _ore()
    travelled_on = Day(load_default=None, allow_none=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class ReturnedRefund(Contract):
    """The body of `return_refund`: a refund was wrong, and all of it is in the fund again."""

    id = Id(required=True)
    transfer_id = Id(required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class FundLine(Contract):
    """One movement of the fund. `amount_ore` is signed: above zero when the fund grew; `balance_ore` runs."""

    transfer_id = Id(required=True)
    kind = one_of(*FUND_LINES, required=True)
    happened_on = Day(required=True)
    posted_at = Moment(required=True)
    library_id = Id(load_default=None, allow_none=True)
    library_name = text(200, required=False, load_default=None, allow_none=True)
    returns = Id(load_default=None, allow_none=True)
    """The refund that this line takes back."""
    is_returned = fields.Boolean(load_default=False)
    reason = fields.String(load_default="")
    amount_ore = WholeNumber(required=True)
    balance_ore = WholeNumber(required=True)


class TravelFund(Contract):
    """The fund as it stands. `left_ore` = granted - refunded."""

    granted_ore = WholeNumber(required=True)
    refunded_ore = WholeNumber(required=True)
    left_ore = WholeNumber(required=True)
