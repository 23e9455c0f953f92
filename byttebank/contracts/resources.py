"""The things people and clients see, as RPC answers and the HTTP API show them.

In RPC and events days are `*_half_days` integers; the HTTP API turns them into days in steps of 0.5.
"""

from marshmallow import fields, validate

from byttebank.contracts.county_settings import County as County
from byttebank.contracts.fields import Contract, Day, HalfDays, Id, Moment, Slug, WholeNumber, one_of, text
from byttebank.contracts.moves import Move

LIBRARY_KINDS = ("public", "upper_secondary", "county", "other")
REACHES = ("county", "counties", "all")
PURPOSES = ("help", "hospitering", "vandring")
PLACES = ("host", "home", "online")
SHARING_CHOICES = ("library", "county", "all")
OFFER_STATES = ("open", "withdrawn")
REQUEST_STATES = ("open", "covered", "closed")
REQUEST_REACHES = ("county", "neighbours", "all")
DIRECT_ANSWERS = ("declined", "unanswered")
URGENCIES = ("low", "normal", "high")
SIZE_CLASSES = ("small", "medium", "large")
PEER_STATES = ("invited", "active", "frozen", "left")

ENGAGEMENT_STATES = (
    "proposed",
    "reserving",
    "refused",
    "agreed",
    "carried_out",
    "confirmed",
    "settled",
    "declined",
    "expired",
    "cancelled",
    "no_show",
    "disputed",
    "unanswered",
)
ROLES = ("lender_manager", "host_manager", "colleague")


def _language() -> fields.String:
    """A language as pages and mails are read in (BCP 47): `nb`, `nn`, `en`. Null: not chosen."""
    return fields.String(load_default=None, allow_none=True, validate=validate.Length(min=2, max=8))


class Library(Contract):
    """A library, own or published by another county. `language`: of those there who have not chosen.

    `national_number` and `former_numbers` are aliases, never parsed. `closed_dates`: beside public holidays.
    The contact point may be one person's own, so between counties it travels detached.
    """

    id = Id(required=True)
    county = Slug(required=True)
    name = text(200)
    short_name = text(100)
    kind = one_of(*LIBRARY_KINDS, required=True)
    national_number = fields.String(load_default=None, allow_none=True)
    municipality_code = fields.String(load_default=None, allow_none=True)
    municipality_name = fields.String(load_default=None, allow_none=True)
    latitude = fields.Float(load_default=None, allow_none=True)
    longitude = fields.Float(load_default=None, allow_none=True)
    is_demo = fields.Boolean(load_default=False)
    state = one_of("open", "withdrawn", load_default="open")
    language = _language()
    former_numbers = fields.List(text(20), load_default=list, validate=validate.Length(max=50))
    size_class = one_of(*SIZE_CLASSES, load_default=None, allow_none=True)
    opened_on = Day(load_default=None, allow_none=True)
    closed_on = Day(load_default=None, allow_none=True)
    country = fields.String(load_default=None, allow_none=True, validate=validate.Length(equal=2))
    closed_dates = fields.List(Day(), load_default=list, validate=validate.Length(max=400))
    website = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=300))
    contact_name = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    contact_email = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=320))
    contact_phone = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    version = WholeNumber(required=True)


class Colleague(Contract):
    """A person at a library, as the asker may see them: `name` is null when it is not shared.

    `own_words`: skills in words of her own. `confirmed`: skills that her manager has confirmed, if any.
    `may_be_offered`: whether her manager may offer her; false once she has said no.
    """

    id = Id(required=True)
    library_id = Id(required=True)
    name = fields.String(load_default=None, allow_none=True)
    email = fields.String(load_default=None, allow_none=True)
    is_manager = fields.Boolean(load_default=False)
    sharing = one_of(*SHARING_CHOICES, load_default="library")
    can = fields.List(fields.String(), load_default=list)
    can_teach = fields.List(fields.String(), load_default=list)
    wants_to_learn = fields.List(fields.String(), load_default=list)
    own_words = fields.String(load_default="", validate=validate.Length(max=2000))
    confirmed = fields.List(fields.String(), load_default=list)
    may_be_offered = fields.Boolean(load_default=True)
    language = _language()
    version = WholeNumber(load_default=1)


class Skill(Contract):
    """One entry of the vocabulary; names by language. `maps_to`: the shared entry that other counties know a
    county's own entry as; null for the shared ones. `is_own`: the county's, and the county's alone to change.
    `is_retired`: not to be chosen any more; who has it keeps it.
    """

    code = text(60)
    category = text(60)
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    maps_to = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))
    is_own = fields.Boolean(load_default=False)
    is_retired = fields.Boolean(load_default=False)


class Offer(Contract):
    """A colleague's skills on dates (`dates`), in a span (`first_on`, `last_on`) or standing (neither).

    `weekdays` (1 Monday to 7 Sunday): only on these of a span or of a standing offer. It ends by itself after
    `expires_on` unless it is renewed. `min_at_home`: so many colleagues must stay at the own library.
    """

    id = Id(required=True)
    county = Slug(required=True)
    library_id = Id(required=True)
    colleague_id = Id(required=True)
    colleague_name = fields.String(load_default=None, allow_none=True)
    skills = fields.List(fields.String(), required=True)
    purpose = one_of(*PURPOSES, load_default="help")
    dates = fields.List(Day(), load_default=list)
    first_on = Day(load_default=None, allow_none=True)
    last_on = Day(load_default=None, allow_none=True)
    half_days = HalfDays(required=True)
    places = fields.List(one_of(*PLACES), load_default=lambda: ["host"])
    max_km = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(min=0, max=5000))
    reach = one_of(*REACHES, load_default="all")
    counties = fields.List(Slug(), load_default=list)
    own_words = fields.String(load_default="", validate=validate.Length(max=2000))
    weekdays = fields.List(WholeNumber(validate=validate.Range(min=1, max=7)), load_default=list)
    expires_on = Day(load_default=None, allow_none=True)
    min_at_home = WholeNumber(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1000))
    state = one_of(*OFFER_STATES, load_default="open")
    version = WholeNumber(required=True)


class Request(Contract):
    """A library asks for help: on some day or days from `first_on` to `last_on`, or of `dates` where given.

    `reach`: which counties see it while it is on the board; it widens by itself on `widens_on`, then every
    `widens_after_days`, unless somebody has answered. `to_library_id`: the library that is asked
    directly, alone until the request is on the board; its answer is awaited until `reply_by_on`.
    """

    id = Id(required=True)
    county = Slug(required=True)
    library_id = Id(required=True)
    skills = fields.List(fields.String(), required=True)
    first_on = Day(required=True)
    last_on = Day(required=True)
    half_days = HalfDays(required=True)
    place = one_of(*PLACES, load_default="host")
    own_words = fields.String(load_default="", validate=validate.Length(max=2000))
    host_contact_id = Id(required=True)
    host_contact_name = fields.String(load_default=None, allow_none=True)
    is_open = fields.Boolean(load_default=False)  # on the board; otherwise only whom the library asks
    dates = fields.List(Day(), load_default=list, validate=validate.Length(max=366))
    same_person = fields.Boolean(load_default=False)
    urgency = one_of(*URGENCIES, load_default="normal")
    to_library_id = Id(load_default=None, allow_none=True)
    reply_by_on = Day(load_default=None, allow_none=True)
    direct_answer = one_of(*DIRECT_ANSWERS, load_default=None, allow_none=True)
    reach = one_of(*REQUEST_REACHES, load_default="all")
    widens_after_days = WholeNumber(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=90)
    )
    widens_on = Day(load_default=None, allow_none=True)
    state = one_of(*REQUEST_STATES, load_default="open")
    version = WholeNumber(required=True)


class Reason(Contract):
    """One sentence of why: a code of the words, its parameters, and whether it speaks for or against."""

    code = text(60)
    parameters = fields.Dict(load_default=dict)
    is_favourable = fields.Boolean(load_default=True)
    score = WholeNumber(load_default=0)


class Candidate(Contract):
    """Somebody who could help with a request, with the reasons in the order they count."""

    offer_id = Id(required=True)
    county = Slug(required=True)
    library_id = Id(required=True)
    library_name = text(200)
    colleague_id = Id(required=True)
    colleague_name = fields.String(load_default=None, allow_none=True)
    dates = fields.List(Day(), required=True)
    distance_km = WholeNumber(load_default=None, allow_none=True)
    travel_minutes = WholeNumber(load_default=None, allow_none=True)
    score = WholeNumber(required=True)
    reasons = fields.List(fields.Nested(Reason), required=True)


class HistoryLine(Contract):
    """Something that happened to an engagement. `by_library_id` is null when time did it."""

    at = Moment(required=True)
    what = text(60)
    by_library_id = Id(load_default=None, allow_none=True)
    by_name = fields.String(load_default=None, allow_none=True)
    role = fields.String(load_default=None, allow_none=True)


class Engagement(Contract):
    """An agreed piece of help, or one on its way to be agreed. Its home is the host's county."""

    id = Id(required=True)
    version = WholeNumber(required=True)
    state = one_of(*ENGAGEMENT_STATES, required=True)
    home_county = Slug(required=True)
    lender_county = Slug(required=True)
    host_library_id = Id(required=True)
    host_library_name = text(200)
    lender_library_id = Id(required=True)
    lender_library_name = text(200)
    request_id = Id(load_default=None, allow_none=True)
    offer_id = Id(load_default=None, allow_none=True)
    colleague_id = Id(required=True)
    colleague_name = fields.String(load_default=None, allow_none=True)
    host_contact_id = Id(load_default=None, allow_none=True)
    host_contact_name = fields.String(load_default=None, allow_none=True)
    skill = fields.String(load_default=None, allow_none=True)
    purpose = one_of(*PURPOSES, load_default="help")
    place = one_of(*PLACES, load_default="host")
    own_words = fields.String(load_default="")
    dates = fields.List(Day(), required=True, validate=validate.Length(min=1))
    half_days = HalfDays(required=True)
    reply_by_on = Day(load_default=None, allow_none=True)
    confirm_by_on = Day(load_default=None, allow_none=True)
    release_on = Day(load_default=None, allow_none=True)
    dispute_by_on = Day(load_default=None, allow_none=True)
    consents = fields.Dict(keys=one_of(*ROLES), values=Moment(), load_default=dict)
    """Role to the time of its yes; a missing role has not answered."""
    happened = fields.Dict(keys=one_of("lender", "host"), values=fields.Boolean(), load_default=dict)
    """Side to its answer to "did it happen?"; a missing side has not answered."""
    refusal = fields.Dict(load_default=None, allow_none=True)  # {code, parameters}: why it was turned down
    transfer_id = Id(load_default=None, allow_none=True)
    replaces = Id(load_default=None, allow_none=True)
    """The engagement whose colleague could not come after all; this one was asked instead."""
    move = fields.Nested(Move, load_default=None, allow_none=True)
    history = fields.List(fields.Nested(HistoryLine), load_default=list)


class Notice(Contract):
    """Something a library or one person is told. The words are made where it is read."""

    id = Id(required=True)
    at = Moment(required=True)
    library_id = Id(required=True)
    person_id = Id(load_default=None, allow_none=True)
    key = text(60)
    parameters = fields.Dict(load_default=dict)
    engagement_id = Id(load_default=None, allow_none=True)
    read_at = Moment(load_default=None, allow_none=True)


class Mail(Contract):
    """An e-mail as it was sent or waits to be; shown by the mailbox page of the demonstration."""

    id = Id(required=True)
    created_at = Moment(required=True)
    sent_at = Moment(load_default=None, allow_none=True)
    to = text(320)
    subject = text(300)
    text = fields.String(required=True)
    html = fields.String(load_default=None, allow_none=True)
    language = _language()


class Peer(Contract):
    """A county we exchange with. `ended_on`: when it says that it has ended the exchange with us."""

    county = Slug(required=True)
    name = text(100)
    state = one_of(*PEER_STATES, required=True)
    fuse_half_days = WholeNumber(required=True)
    fingerprint = fields.String(load_default=None, allow_none=True)
    base_url = fields.String(load_default=None, allow_none=True)
    ended_on = Day(load_default=None, allow_none=True)
