"""A whole vandring on PostgreSQL: its SQL means the same there as on SQLite."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from byttebank.clock import FixedClock
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from services.matching import operations

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ledger"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "unit" / "matching"))
from matching_cast import NOW, Matching, an_id
from throwaway_postgresql import throwaway_postgresql
from vandring_cast import COUNTY, PLACES, ROUND, leader, plan_of, propose_all, published, see, told, visit_by


@pytest.fixture
def innlandet() -> Iterator[Matching]:
    """The county's matching on PostgreSQL."""
    with throwaway_postgresql() as url:
        engine = open_engine(url)
        migrate(engine, "services.matching")
        engine.dispose()
        matching = Matching(url, "innlandet", FixedClock(NOW))
        yield matching
        matching.close()


def test_a_vandring_from_the_invitation_to_the_reflection(innlandet: Matching) -> None:
    before = plan_of(published(innlandet, names=True))
    assert sorted(before) == sorted(before.values()) == sorted(PLACES)
    other = next(name for name in PLACES if name not in ("Grue", before["Grue"]) and before[name] != "Grue")
    innlandet.do(operations.ask_vandring_swap, ROUND, an_id("swap"), an_id(other), leader("Grue"))
    (listed,) = innlandet.ask(operations.library_vandrings, an_id(other))
    assert [swap["asker_library_name"] for swap in listed["swaps"]] == ["Grue"]
    innlandet.do(operations.answer_vandring_swap, an_id("swap"), True, leader(other))
    propose_all(innlandet)
    assert plan_of(see(innlandet))["Grue"] == before[other]

    visit = visit_by(see(innlandet), "Grue")
    goes = {**leader("Grue", "colleague"), "person_id": an_id("cGrue")}
    host = leader(visit["host_library_name"])
    for who in (leader("Grue"), goes):
        innlandet.do(operations.accept, visit["engagement_id"], who)
    innlandet.do(operations.accept, visit["engagement_id"], host, an_id("host contact"), "Anne")
    innlandet.let_time_pass(visit["dates"][0])
    for who in (leader("Grue"), host):
        innlandet.do(operations.confirm, visit["engagement_id"], True, who)

    written = {"id": an_id("refl"), "engagement_id": visit["engagement_id"], "saw": "Åpne hyller"}
    for saw in ("Åpne hyller", "Åpne hyller og kaffe"):
        innlandet.do(operations.write_reflection, {**written, "saw": saw}, leader("Grue"))
    (found,) = innlandet.ask(operations.reflections, "ÅPNE kaffe")
    assert found["saw"] == "Åpne hyller og kaffe"
    assert innlandet.do(operations.remind_of_reflections, ROUND, COUNTY) == 1
    assert innlandet.do(operations.ask_for_reflections) == 0

    innlandet.do(operations.leave_vandring, ROUND, an_id("Grue"), leader("Grue"))
    seen = see(innlandet)
    assert plan_of(seen)["Grue"] == visit["host_library_name"]
    assert (seen["yes_count"], seen["no_count"]) == (4, 1)
    assert told(innlandet, "vandring_changed")
    innlandet.hear("PersonErased", {"person_id": leader("Grue")["person_id"]})
    assert innlandet.ask(operations.reflections) == []
