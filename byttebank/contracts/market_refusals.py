"""Saying no about libraries, offers and requests: refusals of the directory (see `refusals`)."""

from byttebank.contracts.refusals import Refusal


class NumberTaken(Refusal):
    """The library number `number` is `library_id`'s."""

    code = "number_taken"


class OutsideArea(Refusal):
    """`latitude`, `longitude` lie outside the county's area: mistyped, or in another county."""

    code = "outside_area"


class ColleagueNotAgreed(Refusal):
    """The colleague `colleague_id` has said that others may not offer her."""

    code = "colleague_not_agreed"


class OfferOverlaps(Refusal):
    """The colleague is offered on `weekdays` (1 Monday to 7 Sunday) already, by the offer `offer_id`."""

    code = "offer_overlaps"


class TooFar(Refusal):
    """It is `km` kilometres from `library` to the host, and its offer goes `max_km`."""

    code = "too_far"


class TooFewAtHome(Refusal):
    """With one of `colleagues` away fewer than `min_at_home` are left at the library."""

    code = "too_few_at_home"


class TooManyAway(Refusal):
    """On `date` `away` of the `colleagues` at `library_id` are away, and `min_at_home` of them must stay."""

    code = "too_many_away"


class NoOpenDay(Refusal):
    """From `first_on` to `last_on` the library is open on `days` days, and `needed` are needed."""

    code = "no_open_day"


class RoundOpen(Refusal):
    """The round of matching `round_id` is under way; there is one at a time."""

    code = "round_open"


class SkillKnown(Refusal):
    """Another entry of the vocabulary, `code`, is called `name` already, in some language."""

    code = "skill_known"


class SkillRetired(Refusal):
    """The county has retired the skill `skill`: in `field` nobody takes it up any more."""

    code = "skill_retired"


class OfferClosed(Refusal):
    """Nobody can come to a library on any of the offer's days `dates`: public holidays."""

    code = "offer_closed"


class CoordinatesSwapped(Refusal):
    """`latitude`, `longitude` are far from the `municipality`, and near it exchanged."""

    code = "coordinates_swapped"
