"""Promises, corrections, closings and statements as programs see and send them, in days."""

from marshmallow import fields, validate

from byttebank.contracts import ledger_resources
from byttebank.contracts.fields import Contract, Day, Id, Slug, one_of
from byttebank.contracts.ledger_resources import REASON_LENGTH
from gateway.api.given import Given
from gateway.api.schemas import Days, ListQuery


class Promise(ledger_resources.Promise):
    """Days a library has promised in return, and what is open of them."""

    half_days = Days()
    open_half_days = Days("open_days")


class TransferStanding(ledger_resources.TransferStanding):
    """A transfer as it stands in the county's book."""

    half_days = Days()
    unreversed_half_days = Days("unreversed_days")


class CountyLine(ledger_resources.CountyLine):
    """One posted transfer; `change_days`: what it did to the county's libraries together."""

    half_days = Days()
    change_half_days = Days("change_days")
    balance_half_days = Days("balance_days")


class Correction(Contract):
    """What came of a correction. `state`: posted, prepared (on its way), asked of the peer, or postponed."""

    id = Id()
    transfer_id = Id()
    state = fields.String()
    half_days = Days()


class ReversalRequest(Contract):
    """A county asks another for posted days back. `direction`: out when we ask, in when they do."""

    transfer_id = Id()
    peer = Slug()
    amount_half_days = Days("days")
    reason_code = fields.String()
    state = fields.String()
    direction = fields.String(allow_none=True)


class Merger(Contract):
    """What a county owed us when it became part of another; below zero when we owed it."""

    id = Id()
    county = Slug()
    successor = Slug()
    half_days = Days()


class PeriodQuery(ListQuery):
    """Which page, and which dates of work, both included."""

    first_on = Day()
    last_on = Day()


class Reasoned(Given):
    """Whoever changes the book says why."""

    id = Id()
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewPromise(Given):
    """Days the library promises; a date only when somebody has asked for one."""

    id = Id()
    half_days = Days(required=True)
    dated_on = Day(allow_none=True)


class PromiseDate(Given):
    """The day somebody has asked for."""

    id = Id()
    dated_on = Day(required=True)


class Forgiving(Reasoned):
    """What is forgiven of a promise; all that is open without an amount."""

    half_days = Days(allow_none=True)


class NewReversal(Reasoned):
    """How much of a posted transfer goes back."""

    half_days = Days(required=True)
    is_peer_gone = fields.Boolean(truthy={True}, falsy={False})


class NewAdjustment(Reasoned):
    """Days the county gives a library in the place of a county that is gone."""

    half_days = Days(required=True)
    work_date = Day(allow_none=True)


class NewClosing(Reasoned):
    """How the account closes at zero, and who takes over its days."""

    how = one_of("transfer", "gift", "forgive", "merge", required=True)
    successor_id = Id(allow_none=True)


class Ruling(Given):
    """Whether it happened, and why the county says so."""

    happened = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewMerger(Reasoned):
    """The county that a peer became part of."""

    successor = Slug(required=True)
