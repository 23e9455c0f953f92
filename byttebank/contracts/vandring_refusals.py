"""Saying no about vandring rounds and reflections (see `refusals`)."""

from byttebank.contracts.refusals import Refusal


class VandringTooLong(Refusal):
    """A round lasts a year at most: until `date`."""

    code = "vandring_too_long"


class VandringOpen(Refusal):
    """The round `round_id`, called `name`, is not published yet, or goes on in the same weeks."""

    code = "vandring_open"


class TooFewLibraries(Refusal):
    """A round needs `needed` libraries."""

    code = "too_few_libraries"


class NoVisitPossible(Refusal):
    """Nobody may visit anybody as the round is set up. `sits_out`: the code of why."""

    code = "no_visit_possible"


class AnswerLate(Refusal):
    """The last day to answer was `date`; the county library may still answer for somebody."""

    code = "answer_late"


class VandringClosed(Refusal):
    """The plan is published, or the round is put away: answers change nothing any more."""

    code = "vandring_closed"


class SwapImpossible(Refusal):
    """After the swap `library` would make a visit that the rules forbid. `sits_out`: the code of why."""

    code = "swap_impossible"


class SwapOver(Refusal):
    """The swap was answered, or the plan has changed since it was asked for."""

    code = "swap_over"


class VisitAgreed(Refusal):
    """The visit is proposed or agreed on `date`, or has taken place."""

    code = "visit_agreed"


class VisitChanged(Refusal):
    """The plan of the vandring has changed, so that this visit is no more."""

    code = "visit_changed"


class DayClosed(Refusal):
    """On `date` one of the two libraries is closed, or the round has a day off."""

    code = "day_closed"


class NotVisited(Refusal):
    """A reflection is written when the visit is over, and about a visit only."""

    code = "not_visited"
