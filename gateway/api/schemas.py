"""The resources as programs see them: those of the contracts, with half-days as days."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from byttebank.contracts import ledger_resources, resources
from byttebank.contracts.actor import ROLES
from byttebank.contracts.fields import Contract, HalfDays, Id, Moment, Slug, one_of
from byttebank.contracts.refusals import Refusal
from byttebank.contracts.requests import SeenRequest
from byttebank.days import days_from_half_days
from gateway.amounts import half_days_from_number
from gateway.problems import RefusedValue, with_days

DAYS = {"multipleOf": 0.5, "description": "Days in steps of 0.5."}


class Days(HalfDays):
    """Half-days inside, days in steps of 0.5 outside; a positive amount when it is read."""

    def __init__(self, name: str = "days", **kwargs: Any) -> None:
        super().__init__(data_key=name, metadata=dict(DAYS), validate=[], **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else days_from_half_days(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return half_days_from_number(value)
        except Refusal as refusal:
            raise ValidationError(RefusedValue(refusal)) from refusal


class Parameters(fields.Dict):
    """Values that belong to a code, half-days as days."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else with_days(value)


class County(resources.County):
    """This county's settings."""

    limit_half_days = Days("limit_days")
    fuse_half_days = Days("fuse_days")


class Peer(resources.Peer):
    """A county we exchange with."""

    fuse_half_days = Days("fuse_days")


class WaitingErasures(Schema):
    """A county that has not confirmed that it forgot people of ours. Nobody is named."""

    county = Slug(required=True)
    people = fields.Integer(required=True)
    asked_at = Moment(required=True, metadata={"description": "When the first was asked for."})


class Offer(resources.Offer):
    """A colleague's skills on dates, in a span, or standing."""

    half_days = Days()


class Request(SeenRequest):
    """A library asks for help."""

    half_days = Days()


class Reason(resources.Reason):
    """One sentence of why, as code and parameters, and in the caller's language."""

    parameters = Parameters()
    sentence = fields.String()


class Candidate(resources.Candidate):
    """Somebody who could help with a request."""

    reasons = fields.List(fields.Nested(Reason))


class Funnel(Contract):
    """How many libraries are left after each question."""

    libraries = fields.Integer()
    can = fields.Integer()
    free = fields.Integer()
    near = fields.Integer()


class Candidates(Contract):
    """Those who could help, best first."""

    request_id = Id()
    funnel = fields.Nested(Funnel)
    candidates = fields.List(fields.Nested(Candidate))
    weights_version = fields.Integer()


class BoardItem(Contract):
    """A need or an offer as the caller's library sees it. `document` is a Request or an Offer."""

    kind = one_of("need", "offer")
    id = Id()
    library = fields.Nested(resources.Library)
    document = Parameters()
    distance_km = fields.Integer(allow_none=True, metadata={"description": "As the crow flies."})
    travel_minutes = fields.Integer(allow_none=True, metadata={"description": "By the county's table."})
    travel_km = fields.Integer(allow_none=True, metadata={"description": "By the county's table."})
    is_possible = fields.Boolean()
    reasons = fields.List(fields.Nested(Reason))
    helpers = fields.List(fields.String())


class Engagement(resources.Engagement):
    """An agreed piece of help, or one on its way to be agreed."""

    half_days = Days()
    refusal = Parameters(allow_none=True)


class Account(ledger_resources.Account):
    """A library's days. `available_days` = given - received - reserved + promised + limit."""

    given_half_days = Days("given_days")
    received_half_days = Days("received_days")
    balance_half_days = Days("balance_days")
    reserved_half_days = Days("reserved_days")
    limit_half_days = Days("limit_days")
    promised_half_days = Days("promised_days")
    available_half_days = Days("available_days")


class StatementLine(ledger_resources.StatementLine):
    """One day as the library saw it; `days` is signed, `balance_days` runs."""

    half_days = Days()
    balance_half_days = Days("balance_days")


class Reservation(ledger_resources.Reservation):
    """Days set aside, or on their way."""

    half_days = Days()


class Position(ledger_resources.Position):
    """What two counties owe each other, from our side."""

    owed_to_us_half_days = Days("owed_to_us_days")
    owed_by_us_half_days = Days("owed_by_us_days")
    net_half_days = Days("net_days")
    pending_out_half_days = Days("pending_out_days")
    waiting_in_half_days = Days("waiting_in_days")
    open_claims_half_days = Days("open_claims_days")
    fuse_half_days = Days("fuse_days")


class BalanceLine(Contract):
    """One account of the trial balance."""

    account_id = fields.String()
    name = fields.String()
    kind = fields.String()
    debits = Days("debits_days")
    credits = Days("credits_days")


class TrialBalance(Contract):
    """Every account of the county; `imbalance_days` must be 0."""

    county = Slug()
    accounts = fields.List(fields.Nested(BalanceLine))
    debits_half_days = Days("debits_days")
    credits_half_days = Days("credits_days")
    imbalance_half_days = Days("imbalance_days")
    transfers = fields.Integer()
    as_of = Moment()


class Notice(resources.Notice):
    """Something the library or the person is told, as key and parameters, and in words."""

    parameters = Parameters()
    subject = fields.String()
    sentence = fields.String()


class Person(Contract):
    """The person who calls. `language`: the own choice, null while it is the library's."""

    person_id = Id()
    library_id = Id()
    role = one_of(*ROLES)
    name = fields.String()
    language = fields.String(allow_none=True)


class MappedPlace(Contract):
    """A municipality, or the county with no code: its skills, and what they come to in words."""

    municipality_code = fields.String(allow_none=True)
    name = fields.String()
    libraries = fields.Integer()
    exist = fields.List(fields.String())
    wanted = fields.List(fields.String())
    missing = fields.List(fields.String())
    is_from_offers = fields.Boolean()
    conclusion = fields.Dict()
    sentence = fields.String()


class Mapping(Contract):
    """The mapping of skills in the county."""

    county = Slug()
    mapped_on = fields.String(metadata={"format": "date"})
    places = fields.List(fields.Nested(MappedPlace))


class Kept(Contract):
    """Everything that is kept of a person."""

    exported_at = Moment()
    account = fields.Dict()
    directory = fields.Dict(allow_none=True)
    engagements = fields.List(fields.Nested(Engagement))
    matching = fields.Dict(metadata={"description": "Reflections, and what the person began or decided."})
    notify = fields.Dict(metadata={"description": "Notices and mails to the person."})


class Erasure(Contract):
    """A county that was asked to forget a person, and when it confirmed that it has."""

    county = Slug()
    asked_at = Moment()
    confirmed_at = Moment(allow_none=True)


class IssuedToken(Contract):
    """A token, shown this once."""

    token = fields.String()
    expires_at = Moment()
    scopes = fields.List(fields.String())


class FieldError(Contract):
    """What is wrong with one field."""

    pointer = fields.String(metadata={"description": "RFC 6901."})
    detail = fields.String()


class Problem(Contract):
    """Why not (RFC 9457)."""

    type = fields.String(metadata={"format": "uri-reference"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String()
    parameters = fields.Dict()
    is_transient = fields.Boolean()
    errors = fields.List(fields.Nested(FieldError))


class ListQuery(Schema):
    """Which page of a list."""

    cursor = fields.String(validate=validate.Length(max=1000))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


def list_of(schema: type[Schema], name: str) -> type[Schema]:
    """A list that is whole."""
    return Contract.from_dict({"items": fields.List(fields.Nested(schema))}, name=name)


def page_of(schema: type[Schema], name: str) -> type[Schema]:
    """One page of a list."""
    return Contract.from_dict(
        {"items": fields.List(fields.Nested(schema)), "next_cursor": fields.String(allow_none=True)},
        name=name,
    )
