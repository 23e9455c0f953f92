"""Joint rounds of matching: separately signed documents, and how they travel. Words in `GLOSSARY.md`.

Every document is signed for the audience `matching-round/<round>` and travels in the message MATCHING_ROUND.

| document | by | to | meaning |
|---|---|---|---|
| INVITE | the coordinator | everybody asked | which days, which rules, until when |
| PART | each county | the coordinator | what it takes part with, under pseudonyms |
| INPUT | the coordinator | everybody | which PARTs count (sent along), and the hash of the whole |
| PLAN | the coordinator | everybody in INPUT | who helps whom |
| AGREE | each county in INPUT | everybody in INPUT | the plan holds, by its own computation |
| DISAGREE | each county in INPUT | everybody in INPUT | it does not, and why; it proposes nothing |
| NAMES | who agrees | the host's county alone | who of its colleagues the plan means |
| WITHDRAW | the coordinator | everybody | there will be no such round |
"""

from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts.fields import Contract, Day, Id, Moment, Slug, WholeNumber, load, one_of, text

MAX_COUNTIES = 100
CHUNK_CHARACTERS = 20_000
"""Of a long text in one document, which must fit into an envelope when it is signed."""
MAX_CHUNKS = 400
MAX_NAMES = 200
"""In one NAMES."""
RULES = 2
"""How a round is assembled and what a plan must keep. Other rules have another number, and whoever has other
ones does not take part. 1: whole days, no limit between counties. 2: half-days, and those limits."""

DISAGREE_REASONS = (
    "input",
    "rules",
    "other_plan",
    "better_plan",
    "bound",
    "withdrawn",
    "failed",
    "contradiction",
)
JOINT_STATES = ("invited", "answered", "left_out", "agreed", "disagreed", "silent")


def _hash() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))


class _Body(Contract):
    kind = text(20)
    round = Id(required=True)


class Invite(_Body):
    """`counties`: everybody who is asked, the coordinator included, in order."""

    counties = fields.List(Slug(), required=True, validate=validate.Length(min=2, max=MAX_COUNTIES))
    first_on = Day(required=True)
    last_on = Day(required=True)
    reply_by_on = Day(required=True)
    days_each = WholeNumber(required=True, validate=validate.Range(min=1, max=20))
    answer_by_at = Moment(required=True)
    agree_by_at = Moment(required=True)
    rules = WholeNumber(required=True)


class _Chunk(_Body):
    """Part `number` of `count` of a canonical JSON text, gzipped, in base64. `text_hash` is of the text
    itself.
    """

    number = WholeNumber(required=True, validate=validate.Range(min=0, max=MAX_CHUNKS - 1))
    count = WholeNumber(required=True, validate=validate.Range(min=1, max=MAX_CHUNKS))
    text_hash = _hash()
    text = text(CHUNK_CHARACTERS)


class Part(_Chunk):
    """A county's `PartText`."""

    invite_hash = _hash()


class Input(_Body):
    """`parts`: county to the hash of its PART's text. Who is not there is left out."""

    invite_hash = _hash()
    parts = fields.Dict(keys=Slug(), values=_hash(), required=True)
    input_hash = _hash()


class Plan(_Chunk):
    """A `PlanText`."""

    input_hash = _hash()


class Agree(_Body):
    """The signer has computed the input itself and lets its libraries be asked as the plan says."""

    input_hash = _hash()
    plan_hash = _hash()


class Disagree(_Body):
    """The signer proposes nothing of this round; `input_hash` as the coordinator has it."""

    input_hash = _hash()
    reason = one_of(*DISAGREE_REASONS, required=True)


class Names(_Body):
    """Pseudonyms of the signer's colleagues and offers in the plan, and whom they stand for."""

    input_hash = _hash()
    plan_hash = _hash()
    names = fields.Dict(
        keys=text(60), values=Id(), required=True, validate=validate.Length(min=1, max=MAX_NAMES)
    )


class Withdraw(_Body):
    """The coordinator ends the round."""


DOCUMENTS: dict[str, type[Schema]] = {
    "INVITE": Invite,
    "PART": Part,
    "INPUT": Input,
    "PLAN": Plan,
    "AGREE": Agree,
    "DISAGREE": Disagree,
    "NAMES": Names,
    "WITHDRAW": Withdraw,
}


def load_document(body: Any) -> dict[str, Any]:
    """The body as its kind says. Refuses: `KeyError` for a kind we do not know, `Malformed`."""
    kind = body.get("kind") if isinstance(body, dict) else None
    return load(DOCUMENTS[str(kind)], body)


class JointRoundDocuments(Contract):
    """MATCHING_ROUND: signed documents of one round, as text."""

    round_id = Id(required=True)
    documents = fields.List(text(33_000), required=True, validate=validate.Length(min=1, max=MAX_COUNTIES))


_AMOUNT = validate.Range(min=-1_000_000, max=1_000_000)
_NAME = validate.Regexp(r"[0-9a-f]{20}\Z")


class PartLibrary(Contract):
    """A library's account in half-days; where it lies to about a kilometre, None if not known."""

    id = fields.String(required=True, validate=_NAME)
    balance_half_days = WholeNumber(required=True, validate=_AMOUNT)
    available_half_days = WholeNumber(required=True, validate=_AMOUNT)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)


class PartRequest(Contract):
    """An open request and the dates on which somebody could come."""

    id = fields.String(required=True, validate=_NAME)
    library = fields.String(required=True, validate=_NAME)
    skills = fields.List(fields.String(), required=True)
    dates = fields.List(Day(), required=True)
    half_days = WholeNumber(required=True, validate=_AMOUNT)
    same_person = fields.Boolean(required=True)
    place = text(20)


class PartOffer(Contract):
    """An offer and the dates on which its colleague is free. `counties`: where it reaches; None:
    everywhere.
    """

    id = fields.String(required=True, validate=_NAME)
    library = fields.String(required=True, validate=_NAME)
    colleague = fields.String(required=True, validate=_NAME)
    skills = fields.List(fields.String(), required=True)
    dates = fields.List(Day(), required=True)
    places = fields.List(fields.String(), required=True)
    max_km = WholeNumber(required=True, allow_none=True)
    counties = fields.List(Slug(), required=True, allow_none=True)


class PartRoom(Contract):
    """Half-days that the limit with another county of the round leaves, from there and to there."""

    county = Slug(required=True)
    may_receive_half_days = WholeNumber(required=True, validate=_AMOUNT)
    may_give_half_days = WholeNumber(required=True, validate=_AMOUNT)


class PartText(Contract):
    """What a county takes part with. `peers`: whom it exchanges days with."""

    peers = fields.List(Slug(), required=True)
    libraries = fields.List(fields.Nested(PartLibrary), required=True)
    requests = fields.List(fields.Nested(PartRequest), required=True)
    offers = fields.List(fields.Nested(PartOffer), required=True)
    rooms = fields.List(fields.Nested(PartRoom), load_default=list)


class PlanText(Contract):
    """`plan`: [request, colleague, date], ascending. `unmet`: request to why it lacks days.

    `bound`: no plan serves more days, in whole ones; `bound_half_days`: the same to the half-day;
    None where the rules know whole days alone.
    """

    plan = fields.List(fields.List(fields.String(), validate=validate.Length(equal=3)), required=True)
    bound = WholeNumber(required=True)
    bound_half_days = WholeNumber(load_default=None, allow_none=True)
    is_optimal = fields.Boolean(required=True)
    unmet = fields.Dict(keys=fields.String(), values=text(60), required=True)


class JointCounty(Contract):
    """A county of a joint round and how far it is. `reason`: why it disagrees."""

    county = Slug(required=True)
    state = one_of(*JOINT_STATES, required=True)
    reason = fields.String(load_default=None, allow_none=True)
