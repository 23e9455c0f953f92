"""What a round of clearing comes to: in order, out of order, repeated, late, with the coordinator lost."""

from collections import deque
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from clearing_world import ACCEPT_BY, ANSWER_BY, NOW, RING, ROUND, World, paper, stated, world

from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_acts import CLOSE_AFTER, Act, next_act
from services.ledger.domain.clearing_result import compute
from services.ledger.domain.clearing_writing import coordinator_of, propose

pytestmark = pytest.mark.simulation
"""Takes seconds: whatever order messages come in."""

LATE = ACCEPT_BY + CLOSE_AFTER
COORDINATORS = ("a", "b", "c")


def check(found: World) -> None:
    """What holds at every moment: nobody posts what others have given up, and nets stay as they are."""
    stages = found.stages()
    if found.posted:
        assert not {stage for county, stage in stages.items() if stage == "closed"}, found.acts
        for county, legs in found.posted.items():
            assert sum(legs.values()) == 0, county
            for other, amount in legs.items():
                assert found.posted.get(other, {county: -amount})[county] == -amount
        commit = [one for one in found.acts if one[1] is Act.COMMIT]
        assert len(commit) == 1, "nothing is posted without COMMIT"
    writes = [act for _, act in found.acts if act in (Act.COMMIT, Act.ABORT_LATE, Act.ABORT_EMPTY)]
    assert len(writes) <= 1, "COMMIT or ABORT, once"


def check_end(found: World) -> None:
    """What holds when nothing is on its way and time has passed: one outcome for all who are still there."""
    check(found)
    there = {county: stage for county, stage in found.stages().items() if county not in found.lost}
    assert not {"stated", "accepted", "closing"} & set(there.values()), (there, found.acts)
    if found.posted:
        bound = next(iter(found.posted.values())).keys() | {one for one in there if there[one] == "applied"}
        for county, stage in there.items():
            assert stage == "applied" or (county not in bound and stage in ("heard", "left")), found.acts


def heal(found: World) -> None:
    """Everything arrives, and time passes until nothing more comes of it."""
    for after in (timedelta(0), LATE - NOW, LATE - NOW + timedelta(days=1)):
        found.tick(NOW + after)
        found.run()
    check_end(found)


@pytest.mark.parametrize("coordinator", COORDINATORS)
def test_a_ring_is_struck_out_whoever_coordinates(coordinator: str) -> None:
    found = world(coordinator)
    found.run()
    assert set(found.stages().values()) == {"applied"}
    assert found.posted == {"a": {"b": 4, "c": -4}, "b": {"a": -4, "c": 4}, "c": {"a": 4, "b": -4}}
    check_end(found)


def test_who_owes_nobody_leaves_and_hears_how_it_ended() -> None:
    found = world("a", extra="d")
    found.run()
    assert found.stages() == {"a": "applied", "b": "applied", "c": "applied", "d": "left"}
    assert found.rounds["d"].is_committed


def test_a_coordinator_with_nothing_of_its_own_coordinates_all_the_same() -> None:
    found = world("d", extra="d")
    found.run()
    assert found.stages() == {"a": "applied", "b": "applied", "c": "applied", "d": "left"}


def test_without_a_ring_the_coordinator_gives_up_at_once() -> None:
    found = world(owed={("a", "b"): 4, ("b", "c"): 5, ("a", "c"): 6})
    found.run()
    assert (found.posted, set(found.stages().values())) == ({}, {"left"})
    assert found.rounds["b"].find("ABORT") is not None


def test_a_county_that_does_not_answer_is_left_out() -> None:
    owed = {**RING, ("a", "d"): 3, ("d", "b"): 2}
    found = world("a", owed)
    found.lost = frozenset("d")
    found.run()
    assert found.stages()["b"] == "stated"
    found.tick(ANSWER_BY)
    found.run()
    assert found.stages() == {"a": "applied", "b": "applied", "c": "applied", "d": "heard"}
    found.lost = frozenset()
    heal(found)


def test_a_county_that_has_stated_its_position_and_is_cut_off_makes_the_round_end_in_abort() -> None:
    found = world("a")
    for place, receiver in ((0, "b"), (0, "c")):
        assert found.wire[place].receiver == receiver
        found.deliver(place)
    found.lost = frozenset("c")
    found.run()
    assert (
        found.stages() == {"a": "stated", "b": "stated", "c": "stated"} or found.stages()["b"] == "accepted"
    )
    found.tick(ACCEPT_BY)
    found.run()
    assert found.stages()["a"] == found.stages()["b"] == "aborted"
    found.lost = frozenset()
    heal(found)
    assert found.posted == {}


def test_bare_accepts_apply_nothing() -> None:
    found = world("a")
    while not found.rounds["b"].agreeing("ACCEPT"):
        found.deliver(0)
    every_accept = [one for round_ in found.rounds.values() for one in round_.all_of("ACCEPT").values()]
    accept = found.rounds["b"].find("ACCEPT", "b")
    assert accept is not None
    for county in "abc":
        every_accept.append(paper(county, dict(accept.body)))
    found.wire = []
    found.lost = frozenset("a")
    found.learn("b", every_accept)
    assert set(found.rounds["b"].agreeing("ACCEPT")) == {"a", "b", "c"}
    assert found.posted == {}


def test_with_the_coordinator_lost_one_alone_cannot_release_and_all_together_can() -> None:
    found = accepted_by_all()
    found.lost = frozenset("a")
    found.wire = []
    found.tick(ACCEPT_BY)
    assert found.stages()["b"] == "accepted"
    found.do("b", Act.CLOSE)
    assert found.stages()["b"] == "closing"
    to_c = [parcel for parcel in found.wire if parcel.receiver == "c"]
    found.wire = []
    found.tick(LATE + timedelta(days=100))
    assert found.stages()["b"] == "closing", "c has not signed"
    found.learn("c", [one for parcel in to_c for one in parcel.papers])
    found.run()
    assert found.stages() == {"a": "accepted", "b": "closed", "c": "closed"}
    assert found.posted == {}


def test_a_coordinator_that_comes_back_with_a_commit_nobody_got_learns_that_it_is_closed() -> None:
    found = accepted_by_all()
    while not found.rounds["a"].find("COMMIT"):
        found.deliver(0)
    commit = found.wire
    found.wire = []
    assert found.posted == {}, "the coordinator alone posts nothing"
    found.lost = frozenset("a")
    found.tick(LATE)
    for_a = [parcel for parcel in found.wire if parcel.receiver == "a"]
    found.run()
    assert found.stages()["b"] == "closed"
    found.lost = frozenset()
    found.wire = [*commit, *for_a]
    found.run()
    assert (set(found.stages().values()), found.posted) == ({"closed"}, {})


def test_who_has_signed_close_posts_when_another_has_posted() -> None:
    found = accepted_by_all()
    while not found.rounds["a"].find("COMMIT"):
        found.deliver(0)
    to_b = [parcel for parcel in found.wire if parcel.receiver == "b"]
    found.wire = []
    found.tick(ACCEPT_BY)
    found.do("c", Act.CLOSE)
    close, found.wire = found.wire, to_b
    found.deliver(0)
    assert found.stages()["b"] == "applied"
    found.wire += close
    found.run()
    assert set(found.stages().values()) == {"applied"}


def test_a_coordinator_that_signs_both_is_proven_to_and_the_certificate_counts() -> None:
    found = accepted_by_all()
    abort = paper("a", {"kind": "ABORT", "round": ROUND, "reason": "late"})
    found.learn("c", [abort])
    assert found.stages()["c"] == "aborted"
    found.run()
    assert set(found.stages().values()) == {"applied"}
    assert found.rounds["c"].contradictions() == ["a has signed both COMMIT and ABORT"]


def test_two_positions_by_one_county_are_kept_as_proof_and_the_chosen_one_counts() -> None:
    found = world("a")
    found.deliver(0)
    first = found.rounds["b"].find("POSITION", "b")
    assert first is not None
    other = paper("b", {**first.body, "positions": stated("b", {("b", "c"): 9})})
    found.learn("c", [other])
    found.run()
    assert found.rounds["c"].contradictions() == ["b has signed two different POSITION"]
    assert set(found.stages().values()) == {"applied"}


def test_a_commit_for_another_result_applies_nothing() -> None:
    found = accepted_by_all()
    accept = found.rounds["b"].find("ACCEPT", "b")
    assert accept is not None
    forged = {**accept.body, "kind": "COMMIT", "result_hash": "0" * 64, "accepts": {}}
    found.learn("b", [paper("a", forged)])
    assert found.stages()["b"] == "accepted"
    found.learn("b", [paper("c", {**forged, "result_hash": accept.body["result_hash"]})])
    assert found.stages()["b"] == "accepted", "only the coordinator's COMMIT counts"


def test_a_coordinator_that_tells_each_another_input_gets_no_commit() -> None:
    found = world("a", {**RING, ("b", "d"): 2, ("d", "a"): 2})
    for _ in range(3):
        found.deliver(0)
    found.wire = [parcel for parcel in found.wire if parcel.receiver == "a"]
    found.rounds["a"] = replace(found.rounds["a"], stage="left")
    found.lost = frozenset("a")
    positions = [found.rounds[county].find("POSITION", county) for county in "abcd"]
    for county, counted in (("b", "abc"), ("c", "abcd"), ("d", "abcd")):
        chosen = {one.signer: one.body_hash for one in positions if one and one.signer in counted}
        proposal = found.rounds["b"].proposal
        assert proposal is not None
        body = {"kind": "INPUT", "round": ROUND, "proposal_hash": proposal.body_hash, "positions": chosen}
        found.learn(county, [one for one in positions if one] + [paper("a", body)])
    accepts = [found.rounds[county].find("ACCEPT", county) for county in "bcd"]
    assert len({one.body["input_hash"] for one in accepts if one}) == 2


def test_a_proposal_that_is_late_too_long_or_not_for_us_is_not_answered() -> None:
    def acts(body: dict[str, object], county: str = "b", signer: str = "a") -> Act | None:
        return next_act(Round(ROUND, county, papers=(paper(signer, body),)), NOW, is_free=True)

    good = propose(ROUND, "abc", ANSWER_BY, ACCEPT_BY)
    assert acts(good) is Act.STATE
    assert next_act(Round(ROUND, "b", papers=(paper("a", good),)), NOW, is_free=False) is None
    assert acts(good, county="d") is None
    assert acts(good, signer="d") is None
    assert acts({**good, "solver": 2}) is None
    assert acts({**good, "counties": ["c", "b", "a"]}) is None
    assert acts(propose(ROUND, "abc", NOW, ACCEPT_BY)) is None
    assert acts(propose(ROUND, "abc", ANSWER_BY, NOW + timedelta(days=15))) is None
    assert acts(propose(ROUND, "abc", ACCEPT_BY, ANSWER_BY)) is None


def test_a_pair_that_states_different_amounts_or_numbers_is_left_out() -> None:
    positions = {county: stated(county, {**RING, ("a", "d"): 1}) for county in "abc"}
    assert compute(ROUND, "", positions).left_out == []
    positions["a"][0]["owed_half_days"] += 1
    assert compute(ROUND, "", positions).left_out == [("a", "b")]
    assert compute(ROUND, "", positions).cleared == {}
    positions["a"][0]["owed_half_days"] -= 1
    positions["a"][0]["sent_seq"] = 7
    assert compute(ROUND, "", positions).left_out == [("a", "b")]
    positions["b"][0]["received_seq"] = 7
    assert compute(ROUND, "", positions).left_out == []
    positions["b"] = []
    assert compute(ROUND, "", positions).left_out == [("a", "b"), ("b", "c")]


def test_every_county_has_its_month_and_the_next_one_steps_in() -> None:
    from datetime import date

    counties = ["oslo", "innlandet", "akershus"]
    firsts = [coordinator_of(date(2026, month, 1), counties) for month in (10, 11, 12)]
    assert sorted(firsts) == sorted(counties)
    assert coordinator_of(date(2026, 10, 3), counties) == firsts[0]
    assert coordinator_of(date(2026, 10, 4), counties) == firsts[1]


def accepted_by_all(coordinator: str = "a") -> World:
    """Each county has signed ACCEPT, and the coordinator does not have them all yet."""
    found = world(coordinator)
    while set(found.stages().values()) != {"accepted"}:
        found.deliver(0)
        assert not found.rounds[coordinator].find("COMMIT")
    return found


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_any_order_any_repeat_any_loss_and_any_county_lost_for_a_while_ends_alike(first: int) -> None:
    for seed in range(first, first + 50):
        _live(seed)


def _live(seed: int) -> None:
    random = Random(seed)
    owed = random.choice((RING, {**RING, ("b", "d"): 3, ("d", "a"): 5}, {**RING, ("d", "c"): 3}))
    found = world(random.choice("abc"), owed)
    delayed = []
    for _ in range(random.randint(0, 60)):
        dice = random.random()
        if dice < 0.05:
            found.tick(found.now + random.choice((timedelta(hours=2), timedelta(days=2))))
        elif dice < 0.1:
            found.lost = frozenset(random.choice(["", "a", "b", "c", "d"]))
        elif found.wire:
            place = random.randrange(len(found.wire))
            if dice < 0.25:
                delayed.append(found.wire.pop(place))
            elif found.wire[place].receiver not in found.lost:
                found.deliver(place, keeps=random.random() < 0.3)
        check(found)
    found.lost = frozenset()
    found.wire += delayed
    heal(found)


def test_every_order_of_the_small_world_with_the_coordinator_lost_at_every_moment_ends_alike() -> None:
    """Three counties, from all ACCEPTs on: every order of arrivals, clock and the coordinator's end."""
    start = accepted_by_all()
    seen: set[object] = set()
    ends = set()
    todo = deque([start])
    while todo:
        here = todo.popleft()
        check(here)
        following = []
        for place, parcel in enumerate(here.wire):
            if parcel.receiver in here.lost:
                continue
            one = here.copy()
            one.deliver(place)
            following.append(one)
            if parcel.sender in here.lost:
                gone = here.copy()
                gone.wire.pop(place)
                following.append(gone)
        if "a" not in here.lost:
            one = here.copy()
            one.lost = frozenset("a")
            following.append(one)
        for moment in (ACCEPT_BY, LATE):
            if here.now < moment:
                one = here.copy()
                one.tick(moment)
                following.append(one)
                break
        is_quiet = all(parcel.receiver in here.lost for parcel in here.wire) and here.now == LATE
        if not following or is_quiet:
            check_end(here)
            ends.add(tuple(here.stages().items()))
        for one in following:
            state = (
                tuple(one.stages().items()),
                tuple(
                    frozenset((each.kind, each.signer) for each in round_.papers)
                    for round_ in one.rounds.values()
                ),
                tuple(sorted(parcel.name for parcel in one.wire)),
                one.now,
                one.lost,
            )
            if state not in seen:
                seen.add(state)
                todo.append(one)
    assert len(seen) > 500
    outcomes = {dict(end)["b"] for end in ends}
    assert outcomes == {"applied", "aborted", "closed"}, outcomes
