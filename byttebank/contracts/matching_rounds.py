"""A round of matching: all open requests seen together, and what comes of it. Words in `GLOSSARY.md`."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Day, HalfDays, Id, Moment, Slug, WholeNumber, one_of, text
from byttebank.contracts.joint_rounds import MAX_COUNTIES, JointCounty

ROUND_STAGES = (
    "gathering",
    "collecting",
    "waiting",
    "computing",
    "comparing",
    "computed",
    "interrupted",
    "failed",
    "publishing",
    "published",
    "discarded",
)
MATCH_STATES = ("planned", "proposed", "void")
MAX_DAYS_EACH = 20
"""Days of one colleague in one round: what one proposal may hold."""


def _hash() -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


class NewMatchingRound(Contract):
    """A round as the county library asks for it: the dates it looks at, and until when is answered.

    `days_each`: the most days of one colleague. `counties`: with whom the round is held; nobody: alone.
    Whether the dates make sense is for the domain to say.
    """

    id = Id(required=True)
    name = fields.String(required=True, validate=validate.Length(max=100))
    first_on = Day(required=True)
    last_on = Day(required=True)
    reply_by_on = Day(required=True)
    days_each = WholeNumber(load_default=5, validate=validate.Range(min=1, max=MAX_DAYS_EACH))
    counties = fields.List(Slug(), load_default=list, validate=validate.Length(max=MAX_COUNTIES))


class RoundProgress(Contract):
    """How far the computation is: the best plan so far, and what no plan can exceed, where it is known."""

    seconds = WholeNumber(required=True)
    days_served = WholeNumber(required=True, allow_none=True)
    bound = WholeNumber(required=True, allow_none=True)


class RoundMatch(Contract):
    """One colleague helps with one request: one proposal. `refusal`: why it was not proposed after all."""

    engagement_id = Id(required=True)
    request_id = Id(required=True)
    host_library_id = Id(required=True)
    host_library_name = text(200)
    lender_county = Slug(required=True)
    lender_library_id = Id(required=True)
    lender_library_name = text(200)
    skills = fields.List(fields.String(), required=True)
    dates = fields.List(Day(), required=True)
    half_days = HalfDays(required=True)
    distance_km = WholeNumber(load_default=None, allow_none=True)
    state = one_of(*MATCH_STATES, required=True)
    engagement_state = fields.String(load_default=None, allow_none=True)
    refusal = fields.Dict(load_default=None, allow_none=True)


class RoundUnmet(Contract):
    """A request that the plan does not serve in full, so many half-days of it, and why.

    `reason`: a code of the words. `parameters`: `{can, free, near}`, libraries left after each step of the
    filter, and what the solver says beside (`{dates, skills}` that are scarce).
    """

    request_id = Id(required=True)
    library_id = Id(required=True)
    library_name = text(200)
    skills = fields.List(fields.String(), required=True)
    half_days = HalfDays(required=True)
    reason = text(60)
    parameters = fields.Dict(load_default=dict)


class RoundEffect(Contract):
    """What the plan makes of one of the county's libraries' days: before, given, received, after."""

    library_id = Id(required=True)
    library_name = text(200)
    before_half_days = WholeNumber(required=True)
    given_half_days = WholeNumber(required=True)
    received_half_days = WholeNumber(required=True)
    after_half_days = WholeNumber(required=True)


class MatchingRound(Contract):
    """A round as its county sees it. In a list `matches`, `unmet` and `effects` are left out (empty).

    `stage`: gathering (the ledger is asked), collecting (the counties' parts), waiting (for the computation),
    computing, comparing (with the coordinator's plan), computed (to be looked at; nothing is sent),
    interrupted, failed (`refusal` says why), publishing, published, discarded. `is_optimal`: no plan serves
    more days. `input_hash`, `plan_hash`: SHA-256 of the canonical input and of the plan. Of a joint round:
    `coordinator`, `counties` and how far each is (not in a list), and `is_settled`, when it can be published.
    """

    id = Id(required=True)
    name = text(100)
    first_on = Day(required=True)
    last_on = Day(required=True)
    reply_by_on = Day(required=True)
    days_each = WholeNumber(required=True)
    stage = one_of(*ROUND_STAGES, required=True)
    created_at = Moment(required=True)
    created_by = fields.String(load_default=None, allow_none=True)
    started_at = Moment(load_default=None, allow_none=True)
    ended_at = Moment(load_default=None, allow_none=True)
    published_at = Moment(load_default=None, allow_none=True)
    is_stopping = fields.Boolean(load_default=False)
    progress = fields.Nested(RoundProgress, load_default=None, allow_none=True)
    refusal = fields.Dict(load_default=None, allow_none=True)
    request_count = WholeNumber(load_default=0)
    colleague_count = WholeNumber(load_default=0)
    days_wanted = WholeNumber(load_default=0)
    days_served = WholeNumber(load_default=None, allow_none=True)
    bound = WholeNumber(load_default=None, allow_none=True)
    half_days_wanted = WholeNumber(load_default=None, allow_none=True)
    half_days_served = WholeNumber(load_default=None, allow_none=True)
    half_days_bound = WholeNumber(load_default=None, allow_none=True)
    is_optimal = fields.Boolean(load_default=False)
    input_hash = _hash()
    plan_hash = _hash()
    match_count = WholeNumber(load_default=0)
    proposed_count = WholeNumber(load_default=0)
    void_count = WholeNumber(load_default=0)
    matches = fields.List(fields.Nested(RoundMatch), load_default=list)
    unmet = fields.List(fields.Nested(RoundUnmet), load_default=list)
    effects = fields.List(fields.Nested(RoundEffect), load_default=list)
    coordinator = Slug(load_default=None, allow_none=True)
    agree_by_at = Moment(load_default=None, allow_none=True)
    counties = fields.List(fields.Nested(JointCounty), load_default=list)
    is_settled = fields.Boolean(load_default=True)


class PublishedRound(Contract):
    """What anybody may know of a round: its dates, its totals, and the hashes that name input and plan."""

    id = Id(required=True)
    first_on = Day(required=True)
    last_on = Day(required=True)
    published_at = Moment(required=True)
    request_count = WholeNumber(required=True)
    days_wanted = WholeNumber(required=True)
    days_served = WholeNumber(required=True)
    bound = WholeNumber(required=True)
    half_days_wanted = WholeNumber(load_default=None, allow_none=True)
    half_days_served = WholeNumber(load_default=None, allow_none=True)
    half_days_bound = WholeNumber(load_default=None, allow_none=True)
    is_optimal = fields.Boolean(required=True)
    input_hash = _hash()
    plan_hash = _hash()
    coordinator = Slug(load_default=None, allow_none=True)
