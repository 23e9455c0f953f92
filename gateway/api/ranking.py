"""What counts most when candidates are put in order: the county's weights, every version of them."""

from typing import Any

from marshmallow import fields, validate

from byttebank.contracts import ranking
from byttebank.contracts.fields import Contract
from gateway.api.access import check_county
from gateway.api.given import Given
from gateway.api.nouns import nouns_called
from gateway.api.schemas import list_of
from gateway.here import here, person

nouns = nouns_called("ranking", "What counts most when candidates are put in order")
Document = dict[str, Any]


class RankingWeights(ranking.RankingWeights):
    """Points of each part of a candidate's score. `version` 0 is what every county begins with."""


class RankingVersion(ranking.RankingVersion):
    """Weights, since when they counted and who decided it."""


class _Change(Given):
    """Weights to change; those left out stay. `version`: the one that was looked at; without it, whichever
    counts.
    """

    version = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(min=0))


ChangedWeights = _Change.from_dict(
    {
        name: fields.Integer(strict=True, validate=validate.Range(min=least, max=most))
        for name, (least, most) in ranking.BOUNDS.items()
    },
    name="ChangedWeights",
)


class WeightsQuery(Contract):
    """Which version; without it the one that counts."""

    version = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))


class VersionsQuery(Contract):
    """How many of them."""

    limit = fields.Integer(load_default=24, validate=validate.Range(min=1, max=ranking.MAX_VERSIONS))


@nouns.route("/ranking-weights", methods=["GET"])
@nouns.arguments(WeightsQuery, location="query")
@nouns.response(200, RankingWeights)
def get_ranking_weights(query: Document) -> Document:
    """What each part of a candidate's score weighs, now or in an earlier version"""
    return here().backend.matching.ranking_weights(query["version"])


@nouns.route("/ranking-weights", methods=["PUT"])
@nouns.arguments(ChangedWeights)
@nouns.response(200, RankingWeights)
def set_ranking_weights(given: Document) -> Document:
    """Change weights, for the county

    A new version from now on. The same points as before make none.
    """
    version = given.pop("version")
    return here().backend.matching.set_ranking_weights(given, person().actor, version)


@nouns.route("/ranking-weights/versions", methods=["GET"])
@nouns.arguments(VersionsQuery, location="query")
@nouns.response(200, list_of(RankingVersion, "RankingVersionList"))
def list_ranking_versions(query: Document) -> Document:
    """Every version with when and by whom, newest first, for the county; at the end what all begin with"""
    check_county(person())
    return {"items": here().backend.matching.ranking_versions(query["limit"])}
