"""Events and commands between the services of one county. Routing key: `<service>.<name>.v<version>`.

Events are past tense and go to whoever listens; commands are imperative and go to the service that is
named first in the key. Both are JSON; the id and the time travel in the message's properties.
"""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts import resources
from byttebank.contracts.fields import (
    Contract,
    Day,
    HalfDays,
    Id,
    Moment,
    Slug,
    WholeNumber,
    load,
    one_of,
    text,
)
from byttebank.contracts.participation import LibraryInvited, ParticipationAccepted
from byttebank.contracts.requests import DirectRequestChanged
from byttebank.contracts.travel_times import TravelTimesChanged
from byttebank.contracts.vandring import VandringTold

SERVICES = ("directory", "ledger", "matching", "notify")


class PeerKey(Contract):
    """A public signing key of a county and from when it counts. Never forgotten."""

    key_id = text(64)
    public_key = text(64)
    valid_from_at = Moment(required=True)


class PeerChanged(Contract):
    """A county we exchange with, its keys and its fuse; whole, the highest `version` counts."""

    county = Slug(required=True)
    name = text(100)
    state = one_of(*resources.PEER_STATES, required=True)
    fuse_half_days = WholeNumber(required=True, validate=validate.Range(min=0))
    keys = fields.List(fields.Nested(PeerKey), required=True)
    version = WholeNumber(required=True)


class CountyChanged(resources.County):
    """The node's own settings; the highest `version` counts."""

    version = WholeNumber(required=True)


class LibraryChanged(resources.Library):
    """A library here or in another county; the highest `version` counts, `withdrawn` wins."""


class ColleagueChanged(resources.Colleague):
    """A colleague of this county, for the county's own services: name and e-mail as they are."""


class PersonErased(Contract):
    """A colleague here or elsewhere wants nothing of herself kept: forget names and own words of hers."""

    person_id = Id(required=True)


class OfferChanged(resources.Offer):
    """An offer here or in another county. `colleague_name` as far as its owner shares it here."""


class RequestChanged(resources.Request):
    """A request here or in another county."""


class EngagementChanged(resources.Engagement):
    """An engagement in which a library of this county takes part; the highest `version` counts."""


class ReserveDays(Contract):
    """Set days aside for an agreed engagement. Answered by `DaysReserved` or `ReservationRefused`."""

    transfer_id = Id(required=True)
    engagement_id = Id(required=True)
    part = WholeNumber(load_default=1)
    payer_library_id = Id(required=True)
    """The host: it received the help and owes the days."""
    payee_library_id = Id(required=True)
    payee_county = Slug(required=True)
    amount_half_days = HalfDays(required=True)
    skill = fields.String(load_default=None, allow_none=True)
    work_date = Day(required=True)


class PostDays(Contract):
    """The engagement is confirmed: post up to what is held and release the rest."""

    transfer_id = Id(required=True)
    amount_half_days = HalfDays(required=True)


class ReleaseDays(Contract):
    """The engagement will not happen: the hold ends without being used."""

    transfer_id = Id(required=True)


class ReverseDays(Contract):
    """The county has ruled that posted days go back, or ended without being used if they are not posted."""

    transfer_id = Id(required=True)
    reversal_id = Id(required=True)
    reason = text(500)


class DaysReserved(Contract):
    """The days are set aside. `is_over_limit`: accepted above the soft limit."""

    transfer_id = Id(required=True)
    engagement_id = Id(required=True)
    amount_half_days = HalfDays(required=True)
    is_over_limit = fields.Boolean(load_default=False)


class ReservationRefused(Contract):
    """The days could not be set aside: a refusal as code and parameters."""

    transfer_id = Id(required=True)
    engagement_id = Id(required=True)
    code = text(60)
    parameters = fields.Dict(load_default=dict)


class DaysPosted(Contract):
    """The days are in the book of this county, final. Emitted at both counties of a settlement."""

    transfer_id = Id(required=True)
    engagement_id = Id(load_default=None, allow_none=True)
    amount_half_days = HalfDays(required=True)
    payer_library_id = Id(required=True)
    payee_library_id = Id(required=True)
    payer_county = Slug(required=True)
    payee_county = Slug(required=True)
    skill = fields.String(load_default=None, allow_none=True)
    work_date = Day(required=True)
    reverses = Id(load_default=None, allow_none=True)
    """The transfer that is taken back; `engagement_id` is null then, for nothing new was delivered."""


class DaysReleased(Contract):
    """A hold ended without being used, or a sent transfer was turned down by the other county."""

    transfer_id = Id(required=True)
    engagement_id = Id(load_default=None, allow_none=True)
    reason = one_of("released", "rejected", "cancelled", required=True)
    code = fields.String(load_default=None, allow_none=True)


class PeerEquivocated(Contract):
    """A county signed two different messages with one number: it is frozen and somebody must call.

    With `clearing_round_id`: two documents of that round that cannot both be true; `seq` is 0 then.
    """

    county = Slug(required=True)
    service = text(20)
    seq = WholeNumber(required=True)
    clearing_round_id = Id(load_default=None, allow_none=True)


class PromiseDue(Contract):
    """Days a library has promised are due within two weeks, or were due. Told once for each date and each."""

    promise_id = Id(required=True)
    library_id = Id(required=True)
    half_days = WholeNumber(required=True)
    """What is open of the promise."""
    due_on = Day(required=True)
    is_late = fields.Boolean(required=True)


class ClearingEnded(Contract):
    """A clearing round is over here. `outcome`: applied, or why nothing has changed."""

    round_id = Id(required=True)
    outcome = one_of("applied", "late", "nothing_to_clear", "closed", required=True)
    coordinator = Slug(required=True)
    cleared_half_days = WholeNumber(required=True)
    """What all counties together have struck out."""


class JointRoundComputed(Contract):
    """We agree to the plan of a round with other counties; `match_count` of it is at our own libraries."""

    round_id = Id(required=True)
    coordinator = Slug(required=True)
    match_count = WholeNumber(required=True)


class ReportAccounts(Contract):
    """For a round of matching: say how every library's days stand. Answered by `AccountsReported`."""

    round_id = Id(required=True)


class ReportedAccount(Contract):
    """A library's days. `available_half_days`: what it may still receive; below zero beyond its limit."""

    library_id = Id(required=True)
    balance_half_days = WholeNumber(required=True)
    available_half_days = WholeNumber(required=True)


class ReportedCounty(Contract):
    """What the limit between this county and another leaves for both; below zero where it is passed."""

    county = Slug(required=True)
    may_receive_half_days = WholeNumber(required=True)
    may_give_half_days = WholeNumber(required=True)


class AccountsReported(Contract):
    """Every open account of a library of this county, all at the same moment. `counties`: those it exchanges
    days with; who is not there has no limit that is known.
    """

    round_id = Id(required=True)
    accounts = fields.List(fields.Nested(ReportedAccount), required=True)
    counties = fields.List(fields.Nested(ReportedCounty), load_default=list)


@dataclass(frozen=True)
class LocalMessage:
    """What the registry knows of one message: the service in its key, its version and schema."""

    name: str
    service: str
    version: int
    schema: type[Schema]

    @property
    def routing_key(self) -> str:
        return f"{self.service}.{self.name}.v{self.version}"


def _registry(*entries: tuple[str, type[Schema]]) -> dict[str, LocalMessage]:
    return {schema.__name__: LocalMessage(schema.__name__, service, 1, schema) for service, schema in entries}


LOCAL_MESSAGES = _registry(
    ("directory", CountyChanged),
    ("directory", PeerChanged),
    ("directory", LibraryChanged),
    ("directory", ColleagueChanged),
    ("directory", OfferChanged),
    ("directory", PersonErased),
    ("directory", RequestChanged),
    ("directory", DirectRequestChanged),
    ("directory", TravelTimesChanged),
    ("directory", PeerEquivocated),
    ("directory", LibraryInvited),
    ("directory", ParticipationAccepted),
    ("matching", EngagementChanged),
    ("matching", VandringTold),
    ("matching", JointRoundComputed),
    ("ledger", ReserveDays),
    ("ledger", PostDays),
    ("ledger", ReleaseDays),
    ("ledger", ReverseDays),
    ("ledger", ReportAccounts),
    ("ledger", AccountsReported),
    ("ledger", DaysReserved),
    ("ledger", ReservationRefused),
    ("ledger", DaysPosted),
    ("ledger", DaysReleased),
    ("ledger", PromiseDue),
    ("ledger", ClearingEnded),
)
"""By name. Whoever emits uses the name; the key of a command names the service that obeys."""


def local_message(name: str) -> LocalMessage:
    """The registered message. Refuses: `KeyError` for a name nobody agreed on."""
    return LOCAL_MESSAGES[name]


def load_local(name: str, body: Any) -> dict[str, Any]:
    """The body as agreed. Refuses: `Malformed`."""
    return load(LOCAL_MESSAGES[name].schema, body)
