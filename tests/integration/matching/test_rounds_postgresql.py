"""A round on PostgreSQL, from its beginning until nobody knows whom its pseudonyms stood for."""

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ledger"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "unit" / "matching"))
from matching_cast import NOW, Matching, a_request, actor, an_id, open_offers, settle_in
from round_cast import ROUND, begin, compute, publish, report, see
from throwaway_postgresql import throwaway_postgresql

from byttebank.clock import FixedClock
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from services.matching import operations
from services.matching.storage import rounds

COUNTY = {**actor("Kari"), "role": "county"}


def test_a_round_is_gathered_computed_sent_watched_and_forgotten() -> None:
    with throwaway_postgresql() as url:
        engine = open_engine(url)
        migrate(engine, "services.matching")
        engine.dispose()
        county = Matching(url, "innlandet", FixedClock(NOW))
        try:
            settle_in(county)
            live_through(county)
        finally:
            county.close()


def live_through(county: Matching) -> None:
    county.do(operations.set_ranking_weights, {"first_visit": 20}, COUNTY, 0)
    assert [one["version"] for one in county.ask(operations.ranking_versions)] == [1, 0]
    time = {"from_library_id": an_id("Grue"), "to_library_id": an_id("Eidskog"), "minutes": 60, "km": 58}
    county.hear("TravelTimesChanged", {"times": [time]})
    county.hear("RequestChanged", a_request(version=2, half_days=4, is_open=True))
    for offer in open_offers("Jonas"):
        county.hear("OfferChanged", {**offer, "half_days": 20, "max_km": 60})
    begin(county)
    assert county.ask(operations.measured_rounds)["open_rounds"] == {"own": 1, "joint": 0, "vandring": 0}
    report(county)
    compute(county)
    publish(county)
    seen = see(county)
    assert [(one["state"], one["distance_km"]) for one in seen["matches"]] == [("proposed", 58)]
    figures = county.ask(operations.measured_rounds)
    assert (figures["served_half_days"], figures["waiting_visits"], figures["interrupted"]) == (4, 0, 0)
    assert county.ask(operations.waiting_visits, 10, an_id("some visit")) == []
    county.clock.move_to(datetime(2026, 12, 20, 8, 0, tzinfo=UTC))
    assert county.do(operations.forget_pseudonyms) == 1
    assert county.do(operations.forget_pseudonyms) == 0
    row = county.ask(lambda work: rounds.round_of(work.connection, ROUND))
    assert "names" not in row["private"]
    county.hear("PersonErased", {"person_id": COUNTY["person_id"]})
    assert county.ask(operations.ranking_versions)[0]["set_by"] is None
    assert see(county)["created_by"] is None
