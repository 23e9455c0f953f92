"""Rounds held by several counties together: invited to, answered, computed by each, agreed to, proposed."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joint_cast import COUNTIES, KEYS, ROUND, Joint, a_room, librarian, offer_of, request_of, settle
from matching_cast import NOW, Matching, a_peer, an_id

from byttebank.clock import FixedClock
from byttebank.contracts.fields import load
from byttebank.contracts.market_refusals import RoundOpen
from byttebank.contracts.matching_rounds import MatchingRound
from byttebank.contracts.received import SentMessage
from byttebank.contracts.refusals import CountyFrozen, NotNow
from byttebank.storage.work import Work
from services.matching import operations
from services.matching.domain.round import hash_of
from services.matching.storage import rounds
from services.matching.storage.joint_rounds import find_joint

pytestmark = pytest.mark.simulation
"""Takes seconds: three counties and what they send each other."""

Document = dict[str, Any]


@pytest.fixture(scope="module")
def settled(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The counties' databases once everybody knows everybody, to copy."""
    folder = tmp_path_factory.mktemp("settled")
    counties = []
    for county in COUNTIES:
        shutil.copyfile(migrated, folder / f"{county}.sqlite")
        counties.append(Matching(f"sqlite:///{folder / county}.sqlite", county, FixedClock(NOW)))
    settle(counties)
    for one in counties:
        with one.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        one.close()
    return folder


@pytest.fixture
def joint(settled: Path, tmp_path: Path) -> Iterator[Joint]:
    counties = []
    for county in COUNTIES:
        shutil.copyfile(settled / f"{county}.sqlite", tmp_path / f"{county}.sqlite")
        counties.append(Matching(f"sqlite:///{tmp_path / county}.sqlite", county, FixedClock(NOW)))
    yield Joint(counties)
    for one in counties:
        one.close()


def _killed(work: Work, operation: Callable[..., None], *arguments: Any) -> None:
    operation(work, *arguments)
    raise KeyboardInterrupt


def in_every_county(joint: Joint, name: str, body: Document) -> None:
    for county in COUNTIES:
        joint[county].hear(name, body)


def test_three_counties_compute_the_same_plan_and_each_sends_its_own_part(joint: Joint) -> None:
    joint.begin()
    joint.run()
    assert set(joint.stages().values()) == {"computed"}
    seen = {county: joint.see(county) for county in COUNTIES}
    for one in seen.values():
        load(MatchingRound, one)
        assert one["is_settled"]
        assert {county["state"] for county in one["counties"]} == {"agreed"}
    assert len({(one["input_hash"], one["plan_hash"], one["days_served"]) for one in seen.values()}) == 1
    assert seen["oslo"]["days_served"] == 4
    (told,) = joint["oslo"].told("JointRoundComputed")
    assert told == {"round_id": ROUND, "coordinator": "innlandet", "match_count": seen["oslo"]["match_count"]}
    assert [one["host_library_name"] for one in seen["innlandet"]["matches"]] == ["Eidskog"] * len(
        seen["innlandet"]["matches"]
    )
    for county in COUNTIES:
        if seen[county]["match_count"]:
            joint.publish(county)
    joint.run(2)
    for host, own in (("innlandet", "Eidskog"), ("oslo", "Deichman")):
        published = joint.see(host)
        assert {one["state"] for one in published["matches"]} == {"proposed"}
        for match in published["matches"]:
            lender = match["lender_county"]
            engagement = joint[lender].ask(operations.list_engagements, match["lender_library_id"])
            assert match["engagement_id"] in {one["id"] for one in engagement}
            assert match["host_library_name"] == own


def test_a_day_and_a_half_is_helped_with_whole_and_counted_so_by_all(joint: Joint) -> None:
    in_every_county(joint, "RequestChanged", request_of("asked", "Eidskog", half_days=3, version=2))
    in_every_county(joint, "RequestChanged", request_of("also", "Deichman", half_days=1, version=2))
    joint.begin()
    joint.run()
    seen = [load(MatchingRound, joint.see(county)) for county in COUNTIES]
    for one in seen:
        assert (one["stage"], one["is_settled"]) == ("computed", True)
        assert (one["half_days_wanted"], one["half_days_served"], one["half_days_bound"]) == (4, 4, 4)
    (match,) = joint.see("innlandet")["matches"]
    assert (match["half_days"], len(match["dates"])) == (3, 2)
    joint.publish("innlandet")
    joint.run(2)
    proposed = joint["innlandet"].ask(operations.list_engagements, an_id("Eidskog"))
    assert [one["half_days"] for one in proposed] == [3]


def test_no_more_days_go_between_two_counties_than_their_limit_leaves(joint: Joint) -> None:
    """Deichman asks for two days and has only Nes to ask, which may give half a day as Akershus sees it."""
    for name in ("Jonas", "Ada"):
        in_every_county(joint, "OfferChanged", offer_of(name, state="withdrawn", version=2))
    in_every_county(joint, "RequestChanged", request_of("asked", "Eidskog", state="closed", version=2))
    in_every_county(joint, "RequestChanged", request_of("also", "Deichman", half_days=3, version=2))
    joint.rooms = {
        "akershus": [a_room("oslo", give=2), a_room("trondelag")],
        "oslo": [a_room("akershus", receive=5)],
    }
    joint.begin()
    joint.run()
    assert set(joint.stages().values()) == {"computed"}
    seen = joint.see("oslo")
    assert ({one["state"] for one in seen["counties"]}, seen["half_days_served"]) == ({"agreed"}, 0)
    assert [one["reason"] for one in seen["unmet"]] == ["cap"]
    text = json.loads(joint["oslo"].ask(operations.matching_round_input, ROUND))
    assert text["caps"] == [["akershus", "oslo", 1]]
    assert "trondelag" not in json.dumps(text)


@pytest.mark.simulation
def test_what_goes_to_other_counties_names_nobody_but_to_the_host_who_comes(joint: Joint) -> None:
    joint.begin()
    joint.run()
    names = {
        an_id(name) for name in ("Eidskog", "Grue", "Nes", "Deichman", "asked", "also", "Jonas", "Per", "Ada")
    }
    for county in COUNTIES:
        text = joint[county].ask(operations.matching_round_input, ROUND)
        assert not any(name in text for name in names)
        assert hash_of(text) == joint.see(county)["input_hash"]


@pytest.mark.simulation
def test_everything_twice_late_and_in_another_order_comes_to_the_same(joint: Joint) -> None:
    joint.begin()
    held: list[Any] = []
    for _ in range(12):
        joint.tick()
        letters = joint.letters()
        joint.deliver([*reversed(letters), *held[:3], *letters])
        held = [*letters, *held]
    joint.deliver(reversed(held))
    joint.run(2)
    assert set(joint.stages().values()) == {"computed"}
    assert all(joint.see(county)["is_settled"] for county in COUNTIES)
    joint.publish("innlandet")
    before = joint.see("innlandet")
    joint.deliver(held)
    joint.run(2)
    assert joint.see("innlandet")["matches"] == before["matches"]


@pytest.mark.simulation
def test_a_county_that_answers_nothing_is_left_out_and_the_others_go_on(joint: Joint) -> None:
    joint.begin()
    joint.run(lost=lambda sender, receiver: "akershus" in (sender, receiver))
    assert joint.stages() == {"akershus": None, "innlandet": "collecting", "oslo": "collecting"}
    joint.pass_time(hours=1)
    joint.run(lost=lambda sender, receiver: "akershus" in (sender, receiver))
    assert joint.stages() == {"akershus": None, "innlandet": "computed", "oslo": "computed"}
    seen = joint.see("innlandet")
    assert {one["county"]: one["state"] for one in seen["counties"]} == {
        "akershus": "left_out",
        "innlandet": "agreed",
        "oslo": "agreed",
    }
    assert seen["is_settled"]


def test_a_county_that_computes_another_plan_disagrees_and_lets_nobody_be_asked(joint: Joint) -> None:
    joint.begin()
    for _ in range(4):
        joint.tick(slow="akershus")
        joint.deliver(joint.letters())
    run, text = joint["akershus"].do(operations.begin_computing, ROUND)
    requests = json.loads(text)["requests"]
    # It finds nothing at all and says that nothing more is possible.
    said = {
        "status": "optimal",
        "bound": 0,
        "plan": [],
        "unmet": [{"request": requests[0]["id"], "reason": "x"}],
    }
    joint["akershus"].do(operations.computed, ROUND, run, said)
    joint.run(4)
    assert joint.stages() == {"akershus": "failed", "innlandet": "computed", "oslo": "computed"}
    assert joint.see("akershus")["refusal"] == {"code": "disagreed", "parameters": {"reason": "other_plan"}}
    seen = joint.see("innlandet")
    (akershus,) = [one for one in seen["counties"] if one["county"] == "akershus"]
    assert (akershus["state"], akershus["reason"]) == ("disagreed", "other_plan")
    assert seen["is_settled"]
    for county in ("innlandet", "oslo"):
        assert "akershus" not in {one["lender_county"] for one in joint.see(county)["matches"]}
    with pytest.raises(NotNow):
        joint["akershus"].do(operations.publish_matching_round, ROUND, librarian("akershus"))


@pytest.mark.simulation
def test_nobody_sends_proposals_before_all_have_answered_or_the_time_is_up(joint: Joint) -> None:
    joint.begin()
    joint.run(3)
    joint.run(5, lost=lambda sender, _: sender == "akershus")
    seen = joint.see("innlandet")
    assert (seen["stage"], seen["is_settled"]) == ("computed", False)
    with pytest.raises(NotNow):
        joint["innlandet"].do(operations.publish_matching_round, ROUND, librarian("innlandet"))
    joint.pass_time(hours=3)
    joint.tick()
    seen = joint.see("innlandet")
    assert seen["is_settled"]
    (akershus,) = [one for one in seen["counties"] if one["county"] == "akershus"]
    assert akershus["state"] == "silent"
    assert "akershus" not in {one["lender_county"] for one in seen["matches"]}


def test_a_process_killed_between_any_two_steps_goes_on_where_it_was(joint: Joint) -> None:
    """Every transaction of one county is undone once before it happens."""
    joint.begin()
    for _ in range(10):
        for county in COUNTIES:
            one = joint[county]
            for round_id in one.ask(operations.open_joint_rounds):
                with pytest.raises(KeyboardInterrupt):
                    one.do(_killed, operations.go_on_with_joint, round_id, KEYS[county])
        joint.tick()
        joint.deliver(joint.letters())
    assert set(joint.stages().values()) == {"computed"}
    assert not joint.contradicting()
    assert len({joint.see(county)["plan_hash"] for county in COUNTIES}) == 1


@pytest.mark.simulation
def test_a_frozen_county_is_not_invited_and_takes_no_part(joint: Joint) -> None:
    joint["innlandet"].hear("PeerChanged", a_peer("oslo", state="frozen", version=2))
    with pytest.raises(CountyFrozen):
        joint.begin()
    joint["akershus"].hear("PeerChanged", a_peer("innlandet", state="frozen", version=2))
    joint.begin(others=["akershus"])
    joint.run()
    assert joint.stage("akershus") is None


@pytest.mark.simulation
def test_two_counties_that_froze_each_other_do_not_help_each_other(joint: Joint) -> None:
    joint["oslo"].hear("PeerChanged", a_peer("akershus", state="frozen", version=2))
    joint.begin()
    joint.run()
    joint.pass_time(hours=1)
    joint.run()
    assert "akershus" not in {one["lender_county"] for one in joint.see("oslo")["matches"]}


@pytest.mark.simulation
def test_an_offer_for_its_own_county_alone_is_not_seen_by_others(joint: Joint) -> None:
    in_every_county(joint, "OfferChanged", offer_of("Jonas", reach="county", version=2))
    joint.begin()
    joint.run()
    text = joint["oslo"].ask(operations.matching_round_input, ROUND)
    assert len(json.loads(text)["colleagues"]) == 2


@pytest.mark.simulation
def test_an_input_that_changed_meanwhile_voids_only_its_own_proposals(joint: Joint) -> None:
    joint.begin()
    joint.run()
    in_every_county(joint, "RequestChanged", request_of("asked", "Eidskog", state="closed", version=2))
    joint.publish("innlandet")
    joint.publish("oslo")
    assert {one["state"] for one in joint.see("innlandet")["matches"]} == {"void"}
    assert {one["state"] for one in joint.see("oslo")["matches"]} == {"proposed"}


@pytest.mark.simulation
def test_a_round_that_is_put_away_by_who_began_it_ends_for_all(joint: Joint) -> None:
    joint.begin()
    joint.run(2)
    joint["innlandet"].do(operations.discard_matching_round, ROUND, librarian("innlandet"))
    joint.run(3)
    assert joint.stages() == {"akershus": "failed", "innlandet": "discarded", "oslo": "failed"}
    assert joint.see("oslo")["refusal"]["code"] == "withdrawn"
    assert all(not joint[county].ask(operations.open_joint_rounds) for county in COUNTIES)


@pytest.mark.simulation
def test_while_a_round_with_others_is_under_way_no_other_begins(joint: Joint) -> None:
    joint.begin()
    joint.run(1)
    joint.tick("oslo")
    asked = {"id": an_id("other"), "name": "Egen", "first_on": "2026-12-07", "last_on": "2026-12-18"}
    with pytest.raises(RoundOpen):
        joint["oslo"].do(
            operations.create_matching_round, {**asked, "reply_by_on": "2026-12-02"}, librarian("oslo")
        )


@pytest.mark.simulation
def test_a_coordinator_that_is_silent_holds_nobody(joint: Joint) -> None:
    joint.begin()
    joint.run(2)
    joint.run(4, lost=lambda sender, _: sender == "innlandet")
    joint.pass_time(hours=3)
    joint.tick("oslo", "akershus")
    assert (joint.stage("oslo"), joint.see("oslo")["refusal"]["code"]) == ("failed", "late")


@pytest.mark.simulation
def test_a_county_restored_from_an_old_backup_does_not_answer_a_second_time(joint: Joint) -> None:
    joint.begin()
    joint.run(1)
    joint.tick("oslo")
    lost = joint.letters("oslo")
    assert lost
    # The row and its key are gone; a peer has told us what we had signed.
    body = json.loads(lost[0][2].body)
    with joint["oslo"].database.work() as work:
        work.connection.exec_driver_sql("DELETE FROM rounds")
    sent = SentMessage("innlandet", "MATCHING_ROUND", 1, body, "0" * 64, lost[0][2].message_id, NOW)
    joint["oslo"].do(operations.own_joint_documents, sent)
    joint.tick("oslo")
    assert joint.stage("oslo") is None
    assert joint.letters("oslo") == []
    assert not joint.contradicting()


@pytest.mark.simulation
def test_beginning_twice_is_once(joint: Joint) -> None:
    first = joint.begin()
    assert joint.begin()["id"] == first["id"]
    assert len(joint.letters()) == 2


@pytest.mark.simulation
def test_documents_of_a_round_that_nobody_invited_us_to_are_forgotten_after_a_day(joint: Joint) -> None:
    joint.begin(others=["akershus"])
    (letter,) = joint.letters("innlandet")
    joint.deliver([("innlandet", "oslo", letter[2])])
    joint.tick("oslo")
    assert joint["oslo"].ask(operations.open_joint_rounds) == [ROUND]
    joint.pass_time(days=2)
    joint.tick("oslo")
    assert joint["oslo"].ask(operations.open_joint_rounds) == []


def test_when_the_days_have_been_no_county_knows_whom_the_pseudonyms_stood_for(joint: Joint) -> None:
    joint.begin()
    joint.run()
    for county in COUNTIES:
        if joint.see(county)["match_count"]:
            joint.publish(county)
    joint.run(1)
    told = {county: names_told(joint, county) for county in COUNTIES}
    assert any(told.values()), "somebody helps in another county"
    before = {county: joint.see(county) for county in COUNTIES}
    joint.pass_time(days=20)
    assert {joint[one].do(operations.forget_pseudonyms) for one in COUNTIES} == {0}, "days are still to come"
    joint.pass_time(days=10)
    assert {joint[one].do(operations.forget_pseudonyms) for one in COUNTIES} == {0}, "not told of its end yet"
    joint.run(1)
    assert {joint[one].do(operations.forget_pseudonyms) for one in COUNTIES} == {1}
    for county in COUNTIES:
        row = joint[county].ask(lambda work: rounds.round_of(work.connection, ROUND))
        assert not {"salt", "own", "names", "outcome"} & set(row["private"])
        assert names_told(joint, county) == 0
        after = joint.see(county)
        assert {one["state"] for one in after["counties"]} == {"agreed"}
        assert {**after, "matches": []} == {**before[county], "matches": []}
    joint.deliver(list(joint.delivered))
    assert {joint[one].do(operations.forget_pseudonyms) for one in COUNTIES} <= {0, 1}
    assert {names_told(joint, one) for one in COUNTIES} == {0}, "what comes once more is forgotten once more"


def names_told(joint: Joint, county: str) -> int:
    """How many documents the county has that say whom a pseudonym stands for."""
    papers = joint[county].ask(lambda work: find_joint(work.connection, ROUND, county).papers)
    return sum(one.kind == "NAMES" for one in papers)


def test_who_would_come_too_far_by_road_is_not_asked(joint: Joint) -> None:
    """Each county alone knows its table, so the plan is made as the crow flies."""
    for county in COUNTIES:
        for helper in ("Per", "Jonas", "Ada"):
            joint[county].hear("OfferChanged", offer_of(helper, max_km=600, version=2))
    times = [
        {"from_library_id": an_id(home), "to_library_id": an_id("Eidskog"), "minutes": 600, "km": 601}
        for home in ("Nes", "Deichman")
    ]
    joint["innlandet"].hear("TravelTimesChanged", {"times": times})
    joint.begin()
    joint.run()
    theirs = [one for one in joint.see("innlandet")["matches"] if one["lender_county"] != "innlandet"]
    joint.publish("innlandet")
    after = {one["engagement_id"]: one for one in joint.see("innlandet")["matches"]}
    assert theirs, "the plan has somebody of another county come to Eidskog"
    for one in theirs:
        assert after[one["engagement_id"]]["refusal"]["code"] == "too_far"
