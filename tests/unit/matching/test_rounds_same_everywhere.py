"""The same input is the same text, and has the same plan, in every county, whatever Python it runs.

The numbers are those of Python 3.11, 3.12 and 3.13. Counties compare these hashes with each other, so whoever
changes how a round is solved changes these numbers knowingly.
"""

import pytest
from matching_cast import Matching, a_request, an_id
from round_cast import begin, compute, offer, report, see

from bench.instances import country
from services.matching.domain.round import canonical, hash_of, plan_hash
from services.matching.operations.rounds import deciding
from services.matching.rounds.reading import read_content
from services.matching.rounds.solving import solve


@pytest.mark.parametrize(
    ("kind", "days", "input_hash", "found_hash", "reasons_hash"),
    [
        ("split", 6, "91e4fb23af95545e", "2c2c3bcb1dcbee48", "3deb579a"),
        pytest.param(
            "half-days",
            5.5,
            "dea9a3cac035a3f0",
            "ed87af1550c1f96e",
            "f7a3e6af",
            marks=pytest.mark.simulation,
        ),
        pytest.param(
            "same-person",
            8,
            "b6948b095aa18211",
            "49d77491d7e4ef9e",
            "d672c7ac",
            marks=pytest.mark.simulation,
        ),
        pytest.param(
            "mixed",
            5,
            "8fbf0d8470e85ce9",
            "c81b71473b4f893c",
            "cb3cb37b",
            marks=pytest.mark.simulation,
        ),
        ("caps", 4, "2c6ef6e0585e9cea", "e3794bddf28c1517", "61d50b60"),
    ],
)
def test_a_round_has_the_same_plan_and_reasons_on_every_python(
    kind: str, days: float, input_hash: str, found_hash: str, reasons_hash: str
) -> None:
    text = canonical(country("XXS", kind, 2))
    outcome = solve(read_content(text.encode()).instance, "full", 60.0)
    assert (outcome.status, outcome.days, outcome.bound) == ("optimal", days, days)
    reasons = canonical([[one.request, one.reason] for one in outcome.unmet])
    hashes = [hash_of(text)[:16], plan_hash(outcome.plan)[:16], hash_of(reasons)[:8]]
    assert hashes == [input_hash, found_hash, reasons_hash]


def test_a_county_s_own_round_has_the_same_hashes_on_every_python(
    innlandet: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding.secrets, "token_hex", lambda octets: "5a" * octets)
    innlandet.hear("RequestChanged", a_request(version=2, half_days=3, is_open=True))
    innlandet.hear("RequestChanged", a_request(id=an_id("other"), half_days=2, is_open=True))
    offer(innlandet, "Jonas", "Per")
    begin(innlandet)
    report(innlandet)
    compute(innlandet)
    seen = see(innlandet)
    assert (seen["half_days_served"], seen["half_days_bound"]) == (5, 5)
    assert (seen["input_hash"][:16], seen["plan_hash"][:16]) == ("0bb80b64212ec764", "abf1dcca106cdb48")
