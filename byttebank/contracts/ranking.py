"""What the parts of a candidate's score weigh in a county, and which versions of that there have been."""

from marshmallow import fields, validate

from byttebank.contracts.fields import Contract, Day, Id, Moment, WholeNumber, text

MOST = 1_000
"""Of one weight, so that no score leaves the bounds of the arrays it is computed in."""
BOUNDS: dict[str, tuple[int, int]] = {
    "can_teach": (0, MOST),
    "all_dates": (0, MOST),
    "no_travel": (0, MOST),
    "km_per_point": (1, MOST),
    "owes_per_half_day": (0, MOST),
    "owes_most": (0, 99),
    "first_visit": (0, MOST),
    "months_most": (0, MOST),
    "same_county": (0, MOST),
    "neighbour_county": (0, MOST),
}
"""Every weight, in the order in which people ask (what, when, how far, fairness), with its least and most.
Nobody falls below 0 points, for everybody has 100 for the skill and `owes_most` takes 99 at most.
"""
MAX_VERSIONS = 100
"""In one answer."""


def _points(name: str) -> WholeNumber:
    least, most = BOUNDS[name]
    return WholeNumber(required=True, validate=validate.Range(min=least, max=most))


class RankingWeights(Contract):
    """Points of each part (docs/ranking.md). `version` 0 is what every county begins with."""

    version = WholeNumber(required=True, validate=validate.Range(min=0))
    can_teach = _points("can_teach")
    all_dates = _points("all_dates")
    no_travel = _points("no_travel")
    km_per_point = _points("km_per_point")
    owes_per_half_day = _points("owes_per_half_day")
    owes_most = _points("owes_most")
    first_visit = _points("first_visit")
    months_most = _points("months_most")
    same_county = _points("same_county")
    neighbour_county = _points("neighbour_county")


class RankingVersion(RankingWeights):
    """Weights, since when they counted and who decided it; nobody did for version 0.

    `set_by` is None too for somebody who wanted nothing of herself kept.
    """

    set_at = Moment(load_default=None, allow_none=True)
    set_by = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class Placed(Contract):
    """A candidate in one order, and her place in the other; None there: not among those looked at."""

    library_id = Id(required=True)
    library_name = text(200)
    colleague_name = fields.String(load_default=None, allow_none=True)
    score = WholeNumber(required=True)
    place = WholeNumber(required=True)
    other_place = WholeNumber(load_default=None, allow_none=True)


class PreviewedRequest(Contract):
    """An open request, with the first of those who could help as they stand now and as they would."""

    request_id = Id(required=True)
    library_id = Id(required=True)
    library_name = text(200)
    skills = fields.List(fields.String(), required=True)
    first_on = Day(required=True)
    last_on = Day(required=True)
    before = fields.List(fields.Nested(Placed), required=True)
    after = fields.List(fields.Nested(Placed), required=True)


class RankingPreview(Contract):
    """What other weights would do. `version`: the weights that count, which they are compared with."""

    version = WholeNumber(required=True)
    requests = fields.List(fields.Nested(PreviewedRequest), required=True)
