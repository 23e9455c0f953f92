"""The search of a round: nobody waits for another, and neighbourhoods fit together."""

import json
from random import Random
from typing import Any, cast

import numpy as np
import pytest
from instance_cast import random_instance

from bench.instances import country, hard_case
from services.matching.domain.checker import violations
from services.matching.domain.instance import Instance
from services.matching.rounds.circulation import circulation
from services.matching.rounds.crew import Crew
from services.matching.rounds.diving import dive
from services.matching.rounds.jobs import Jobs
from services.matching.rounds.neighbourhoods import (
    ALL,
    FEW,
    GROUP,
    LARGE_SIEVE,
    LARGEST_SIEVE,
    PERIOD,
    REGION,
    SAMPLE,
    SIEVE,
    Neighbourhoods,
)
from services.matching.rounds.parts import Ground, ground, guided
from services.matching.rounds.possible import possible_days
from services.matching.rounds.prices import Prices
from services.matching.rounds.proving import Prover
from services.matching.rounds.reading import read_content
from services.matching.rounds.regions import map_of
from services.matching.rounds.search import Search
from services.matching.rounds.solving import solve
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import NONE, Dive, Dived, Improve, Improved, Job, Relax, Said

pytestmark = pytest.mark.simulation
"""Takes seconds: processes that compute."""


class FakeCrew:
    """Answers in the order it is told to."""

    def __init__(self) -> None:
        self.workers: list[Any] = []
        self.answers: list[tuple[Any, Job, Said | None]] = []
        self.job: Job | None = None
        self.bound: float | None = None

    def idle(self) -> "FakeCrew":
        return self

    def begin(self, job: Job, due: float) -> None:
        self.job = job

    def next(self, now: float, seconds: float) -> tuple[Any, Job, Said | None] | None:
        return self.answers.pop(0) if self.answers else None


def a_job(number: int) -> Relax:
    return Relax(np.zeros(number, dtype=bool), 1.0)


def test_whoever_is_done_is_heard_at_once_and_what_goes_on_is_still_under_way() -> None:
    crew, heard = FakeCrew(), list[tuple[Job, Said | None]]()
    jobs = Jobs(cast(Crew, crew), cast(Crew, FakeCrew()))
    first, second, third = (a_job(number) for number in range(3))
    for job in (first, second, third):
        jobs.begin(job, 0.0, 1.0)
    said = Dived(np.zeros(0, dtype=np.int64))
    for job, what in ((second, said), (third, None)):
        crew.answers.append((crew, job, what))
        jobs.listen(0.0, 0.0)
    jobs.hear(lambda job, said: heard.append((job, said)))
    assert [one[0] for one in heard] == [second, third]
    assert [one[1] for one in heard] == [said, None]
    assert jobs.under_way == [first]
    jobs.hear(lambda job, said: heard.append((job, said)))
    assert len(heard) == 2


def standing_of(instance: Instance) -> Standing:
    possible = possible_days(instance)
    on = ground(possible)
    nothing = np.zeros(0, dtype=np.int64)
    prices = Prices(
        1,
        np.zeros(len(possible.room), dtype=np.int64),
        np.zeros(len(possible.most), dtype=np.int64),
        nothing,
        nothing,
    )
    return Standing(on, map_of(on), nothing, prices)


def test_a_neighbourhood_leaves_closed_libraries_alone_and_gives_up_what_is_its_own() -> None:
    standing = standing_of(read_content(_bytes(country("XXS", "same-person", 2))).instance)
    p = standing.on.possible
    some = Neighbourhoods(standing, Random(1))
    closed = np.arange(len(p.room)) % 3 == 0
    kinds = set()
    for _ in range(60):
        one = some.next(closed)
        assert one is not None
        assert not (one.libraries & closed).any()
        assert (one.give is None) == (one.kind in (REGION, SIEVE, GROUP))
        kinds.add(one.kind)
        whole, _ = standing.on.part(standing.used, one.libraries, closed, None, one.give)
        assert set(whole.tolist()) <= set(standing.used.tolist())
    assert kinds == set(ALL)
    few = some.next(closed, kinds=(FEW,))
    assert few is not None
    assert few.kind == FEW
    assert some.next(np.ones(len(p.room), dtype=bool)) is None


def test_what_was_too_much_becomes_smaller_and_what_was_easy_larger() -> None:
    some = Neighbourhoods(standing_of(random_instance(Random(3), same_person=True)), Random(1))
    size = list(some.size)
    some.heard(REGION, 3, 10, True)
    some.heard(SAMPLE, 0, 10_000, False)
    assert some.size[REGION] > size[REGION]
    assert some.size[SAMPLE] < size[SAMPLE]
    assert some.size[PERIOD] == size[PERIOD]
    assert some.gain[REGION] > some.gain[PERIOD] > some.gain[SAMPLE]


@pytest.mark.parametrize("kind", [GROUP, SIEVE])
def test_a_group_or_sieve_grows_when_it_found_nothing_and_shrinks_when_it_was_too_much(kind: int) -> None:
    some = Neighbourhoods(standing_of(random_instance(Random(3), same_person=True)), Random(1))
    size = some.size[kind]
    some.heard(kind, 3, 10, True)
    assert some.size[kind] == size
    some.heard(kind, 0, 10, True)
    grown = some.size[kind]
    assert grown > size
    some.heard(kind, 0, 10, False)
    assert some.size[kind] < grown


def test_a_large_sieve_grows_slowly_while_it_finds_nothing_and_shrinks_when_it_does() -> None:
    some = Neighbourhoods(standing_of(random_instance(Random(3), same_person=True)), Random(1))
    while some.size[SIEVE] < LARGE_SIEVE:
        some.heard(SIEVE, 0, 10, True)
    assert some.size[SIEVE] == LARGE_SIEVE
    some.heard(SIEVE, 0, 10, True)
    assert LARGE_SIEVE < some.size[SIEVE] < 1.1 * LARGE_SIEVE
    for _ in range(99):
        some.heard(SIEVE, 0, 10, True)
    assert some.size[SIEVE] == LARGEST_SIEVE
    some.heard(SIEVE, 1, 10, True)
    assert LARGE_SIEVE < some.size[SIEVE] < LARGEST_SIEVE
    for _ in range(9):
        some.heard(SIEVE, 1, 10, True)
    assert some.size[SIEVE] == LARGE_SIEVE


@pytest.mark.parametrize("limit", [0, 2])
def test_a_dive_from_blocks_without_others_of_their_rings_finds_a_plan_with_no_time_at_all(
    limit: int,
) -> None:
    on = ground(possible_days(read_content(_bytes(country("XS", "same-person", limit, "loose"))).instance))
    p = on.possible
    likely = np.zeros(len(p.pair_request))
    used = dive(on, likely, np.zeros(0, dtype=np.int64), None, 1, lambda: False)
    blocks = np.unique(p.day_pair[used[p.same[p.day_request[used]]]])
    assert len(blocks) > 5
    for left_out in range(len(blocks)):
        again = dive(on, likely, np.delete(blocks, left_out), None, 1, lambda: True)
        assert on.keeps_rules(again)


def test_a_dive_finds_who_comes_for_all_days_where_the_relaxation_likes_another() -> None:
    on = ground(possible_days(read_content(_bytes(country("XS", "same-person", 2))).instance))
    p = on.possible
    random = np.random.default_rng(1)
    found = [
        len(dive(on, random.random(len(p.pair_request)), np.zeros(0, dtype=np.int64), None, 1, lambda: False))
        for _ in range(5)
    ]
    assert min(found) > 0.9 * solved_days(on)


def test_a_large_round_is_searched_with_sieves_once_it_is_dived(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = standing_of(read_content(_bytes(country("XXS", "mixed", 2))).instance)
    near = Neighbourhoods(standing, Random(1))
    jobs = Jobs(cast(Crew, FakeCrew()), cast(Crew, FakeCrew()))
    prover = Prover(standing, cast(Crew, FakeCrew()))
    search = Search(standing, 9.0, lambda: 0.0, Random(1), 2, jobs, near, prover, 9.0)
    assert search._is_poor()
    search.is_dived = True
    assert not search._is_poor()
    assert {search._kinds() for _ in range(60)} == {ALL}
    monkeypatch.setattr("services.matching.rounds.search.QUICK_DIVE", 0)
    kinds = [search._kinds() for _ in range(200)]
    assert set(kinds) == {(SIEVE,), ALL}
    assert 160 < kinds.count((SIEVE,)) < 200
    search.pieces.begun = True
    assert search._kinds() == (SIEVE,)
    search.pieces.to_relax.append(np.ones(len(standing.on.possible.room), dtype=bool))
    assert search._kinds() == (REGION, GROUP)


def test_a_small_round_is_searched_with_one_sieve_of_a_whole_part_as_soon_as_it_is_dived() -> None:
    standing = standing_of(read_content(_bytes(country("XXS", "mixed", 2))).instance)
    near = Neighbourhoods(standing, Random(1))
    jobs = Jobs(cast(Crew, FakeCrew()), cast(Crew, FakeCrew()))
    search = Search(
        standing, 9.0, lambda: 1.0, Random(1), 2, jobs, near, Prover(standing, cast(Crew, FakeCrew())), 9.0
    )
    search.relaxing.waiting.clear()
    sizes = list(near.size)
    before = search._next_job([], 8.0)
    search.is_dived = True
    whole = search._next_job([], 8.0)
    assert isinstance(before, Dive)
    assert isinstance(whole, Improve)
    assert whole.enough is not None
    search.hear(whole, Improved(NONE, None, 9.0, True, 10))
    other = search._next_job([], 8.0)
    assert not isinstance(other, Improve) or other.enough is None
    assert near.size == sizes


def test_a_piece_is_as_large_as_was_asked_by_days_inside_or_by_all_that_touch_it() -> None:
    standing = standing_of(read_content(_bytes(hard_case("pool", 30))).instance)
    on, closed = standing.on, np.zeros(30, dtype=bool)
    for asked in (40, 160):
        inside = standing.map.region(Random(1), 0, asked, closed, inside=True)
        around = standing.map.region(Random(1), 0, asked, closed)
        between = inside[on.day_home] & inside[on.day_host]
        assert asked <= between.sum() < 2 * asked + 40
        assert around.sum() < inside.sum() < 30
        touching = around[on.day_home] | around[on.day_host]
        assert touching.sum() >= asked / 2


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def test_a_round_with_blocks_that_is_proven_has_the_same_plan_again_on_one_or_more_tries() -> None:
    for made in (
        country("XXS", "same-person", 2),
        country("XS", "mixed", 2),
        hard_case("rings-of-blocks", 30),
        hard_case("pool", 10),
    ):
        one = read_content(_bytes(made)).instance
        first, second = (solve(one, "days", 30.0) for _ in range(2))
        assert first.status == "optimal"
        assert violations(one, first.plan) == []
        assert first.plan == second.plan
        assert first.certificate == second.certificate


def test_the_plan_in_no_time_keeps_every_rule_and_serves_in_part_what_may_be_split() -> None:
    served = 0
    for seed in range(60):
        instance = random_instance(Random(seed), same_person=seed % 2 == 0)
        on = ground(possible_days(instance))
        used = guided(on, on.possible.wanted[on.possible.pair_request].astype(float))
        assert on.keeps_rules(used)
        served += len(used)
    assert served > 15
    on = ground(possible_days(read_content(_bytes(country("XS", "split", 2))).instance))
    used = guided(on, on.possible.wanted[on.possible.pair_request].astype(float))
    assert len(used) > 0.7 * solved_days(on)


def solved_days(on: Ground) -> int:
    network = circulation(on.possible)
    return len(network.plan(network.solve()))
