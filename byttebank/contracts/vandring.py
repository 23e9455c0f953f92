"""A vandring round: every library visits one and is visited by one. Words in `GLOSSARY.md`."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Day, Id, Moment, WholeNumber, one_of, text

VANDRING_STAGES = ("inviting", "planned", "published", "discarded")
SIZE_RULES = ("any", "same", "different")
SWAP_STATES = ("asked", "accepted", "declined", "void")
VANDRING_NEWS = (
    "vandring_invited",
    "vandring_published",
    "vandring_sits_out",
    "vandring_swap",
    "vandring_swapped",
    "vandring_swap_declined",
    "vandring_changed",
    "reflection",
)
MAX_KM = 3000
MAX_CLOSED_DATES = 400
MAX_ANSWER = 2000


class NewVandringRound(Contract):
    """A round as the county library asks for it. Whether the dates make sense is for the domain to say.

    `max_km`: null for any distance. `sizes`: whether like visits like. `library_ids`: who is invited, null
    for all open libraries of the county. `closed_dates`: days on which nobody travels, as school holidays.
    """

    id = Id(required=True)
    name = fields.String(required=True, validate=validate.Length(max=100))
    first_on = Day(required=True)
    last_on = Day(required=True)
    reply_by_on = Day(required=True)
    max_km = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(min=1, max=MAX_KM))
    sizes = one_of(*SIZE_RULES, load_default="any")
    library_ids = fields.List(Id(), load_default=None, allow_none=True, validate=validate.Length(max=2000))
    closed_dates = fields.List(Day(), load_default=list, validate=validate.Length(max=MAX_CLOSED_DATES))


class VandringAnswer(Contract):
    """A library takes part or not. `colleague_id`: who would go, if that is known already."""

    takes_part = fields.Boolean(required=True)
    colleague_id = Id(load_default=None, allow_none=True)


class VandringLibrary(Contract):
    """A library that is invited. `answer`: null while it has not answered.

    `sits_out`: why it visits nobody in the plan, as a code of the words; null when it visits somebody.
    """

    library_id = Id(required=True)
    library_name = text(200)
    latitude = fields.Float(load_default=None, allow_none=True)
    longitude = fields.Float(load_default=None, allow_none=True)
    answer = fields.Boolean(load_default=None, allow_none=True)
    colleague_id = Id(load_default=None, allow_none=True)
    has_left = fields.Boolean(load_default=False)
    sits_out = fields.String(load_default=None, allow_none=True)


class VandringVisit(Contract):
    """The visitor goes to the host in the week from `week_on`, or on `dates` once there is a proposal.

    `has_reflection_of`: the sides that have written one. `refusal`: why it was not proposed by itself.
    """

    id = Id(required=True)
    visitor_library_id = Id(required=True)
    visitor_library_name = text(200)
    host_library_id = Id(required=True)
    host_library_name = text(200)
    week_on = Day(required=True)
    distance_km = WholeNumber(load_default=None, allow_none=True)
    engagement_id = Id(load_default=None, allow_none=True)
    engagement_state = fields.String(load_default=None, allow_none=True)
    dates = fields.List(Day(), load_default=list)
    refusal = fields.Dict(load_default=None, allow_none=True)
    has_reflection_of = fields.List(one_of("visitor", "host"), load_default=list)


class VandringSwap(Contract):
    """One library asks another to exchange hosts. `void`: the plan has changed meanwhile."""

    id = Id(required=True)
    asker_library_id = Id(required=True)
    asker_library_name = text(200)
    other_library_id = Id(required=True)
    other_library_name = text(200)
    state = one_of(*SWAP_STATES, required=True)
    asked_at = Moment(required=True)


class VandringRound(Contract):
    """A round as its county sees it, or as one library does: then with itself, its own visits and swaps only.

    In a list `visits` are left out (empty), and for the county `libraries` and `swaps` too.
    `without_visitor`: those who take part and are visited by nobody. `swap_with`: visits of
    others, whose hosts can be asked for.
    """

    id = Id(required=True)
    name = text(100)
    first_on = Day(required=True)
    last_on = Day(required=True)
    reply_by_on = Day(required=True)
    max_km = WholeNumber(load_default=None, allow_none=True)
    sizes = one_of(*SIZE_RULES, required=True)
    closed_dates = fields.List(Day(), load_default=list)
    stage = one_of(*VANDRING_STAGES, required=True)
    created_at = Moment(required=True)
    created_by = fields.String(load_default=None, allow_none=True)
    published_at = Moment(load_default=None, allow_none=True)
    is_shortest = fields.Boolean(load_default=False)
    invited_count = WholeNumber(load_default=0)
    yes_count = WholeNumber(load_default=0)
    no_count = WholeNumber(load_default=0)
    visit_count = WholeNumber(load_default=0)
    libraries = fields.List(fields.Nested(VandringLibrary), load_default=list)
    visits = fields.List(fields.Nested(VandringVisit), load_default=list)
    without_visitor = fields.List(text(200), load_default=list)
    swaps = fields.List(fields.Nested(VandringSwap), load_default=list)
    swap_with = fields.List(fields.Nested(VandringVisit), load_default=list)


class NewReflection(Contract):
    """What a library writes after a visit, its three answers in its own words; at least one is needed."""

    id = Id(required=True)
    engagement_id = Id(required=True)
    saw = fields.String(load_default="", validate=validate.Length(max=MAX_ANSWER))
    learned = fields.String(load_default="", validate=validate.Length(max=MAX_ANSWER))
    advice = fields.String(load_default="", validate=validate.Length(max=MAX_ANSWER))


class Reflection(Contract):
    """What a library wrote after a visit; a library has one for each, the last it wrote. Names no person."""

    id = Id(required=True)
    engagement_id = Id(required=True)
    side = one_of("visitor", "host", required=True)
    library_id = Id(required=True)
    library_name = text(200)
    other_library_id = Id(required=True)
    other_library_name = text(200)
    visited_on = Day(required=True)
    written_at = Moment(required=True)
    saw = fields.String(required=True)
    learned = fields.String(required=True)
    advice = fields.String(required=True)


class VandringTold(Contract):
    """A library is told of a vandring round. Told once for each round, key, occasion and library.

    `host`, `lender`, `library`: short names, where there is somebody to name: whom it visits, who comes, who
    asks. `engagement_id`: the visit a reflection is asked for.
    """

    round_id = Id(required=True)
    library_id = Id(required=True)
    key = one_of(*VANDRING_NEWS, required=True)
    occasion = fields.String(load_default="", validate=validate.Length(max=20))
    season = text(100)
    host = fields.String(load_default=None, allow_none=True)
    lender = fields.String(load_default=None, allow_none=True)
    library = fields.String(load_default=None, allow_none=True)
    reply_by_on = Day(load_default=None, allow_none=True)
    engagement_id = Id(load_default=None, allow_none=True)
