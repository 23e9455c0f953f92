"""A plan of a joint round that speaks of what is not in the round is refused, and breaks nothing."""

import json

import pytest

from services.matching.domain.round import canonical
from services.matching.operations.joint.plans import objection

NAMES = {"requests": {"r1": "oslo:aa"}}


@pytest.mark.parametrize(("request_id", "why"), [("r1", None), ("r9", "rules")])
def test_only_requests_of_the_round_can_lack_days(request_id: str, why: str | None) -> None:
    row = {"private": {"outcome": {"plan": [], "status": "optimal"}, "names": NAMES}}
    said = {"plan": [], "bound": 0, "is_optimal": True, "unmet": {request_id: "nobody"}}
    assert objection(row, canonical(json.loads(json.dumps(said)))) == why
