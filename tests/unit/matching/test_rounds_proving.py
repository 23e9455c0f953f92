"""A round as a whole beside the search: rows that lose no plan, and what a proof is taken for."""

import json
from dataclasses import replace
from typing import Any, cast

import numpy as np
from instance_cast import MONDAY

from bench.instances import hard_case
from services.matching.domain.instance import Colleague, Instance, Library, Wish
from services.matching.rounds.blocks import Programme
from services.matching.rounds.crew import Crew
from services.matching.rounds.network import Ints
from services.matching.rounds.packing import packed
from services.matching.rounds.parts import Ground, ground, guided
from services.matching.rounds.possible import Floats, Possible, possible_days
from services.matching.rounds.prices import Prices
from services.matching.rounds.proving import SMALL_NODES, Prover
from services.matching.rounds.reading import read_content
from services.matching.rounds.regions import map_of
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import Improve, Improved, Job, Said, Underway

NOTHING = np.zeros(0, dtype=np.int64)


def one_colleague(days: int, sizes: tuple[int, ...]) -> Instance:
    """Kari, who has so many days, and requests for so many days, each by one person."""
    libraries = (Library("a", 0, 9), Library("b", 0, 9))
    dates = tuple(MONDAY.replace(day=1 + number) for number in range(8))
    kari = Colleague("kari", "a", (), dates, days)
    wishes = tuple(Wish(f"r{number}", "b", (), dates, size, True) for number, size in enumerate(sizes))
    return Instance("", "", "all-of", libraries, (kari,), wishes, None, {})


def whole(on: Ground) -> Programme:
    return on.part(NOTHING, np.ones(len(on.possible.room), dtype=bool))[1]


def table(one: Programme) -> Floats:
    rows = np.zeros((len(one.upper), len(one.worth)))
    rows[one.index, np.repeat(np.arange(len(one.worth)), np.diff(one.start))] = one.value
    return rows


def added(days: int, sizes: tuple[int, ...]) -> list[tuple[list[int], int]]:
    """The rows of blocks and their right sides that are new."""
    possible = possible_days(one_colleague(days, sizes))
    before = whole(ground(possible))
    after = packed(before, possible)
    new = table(after)[len(before.upper) :, : len(sizes)].astype(int).tolist()
    return list(zip(new, after.upper[len(before.upper) :].astype(int).tolist(), strict=True))


def test_as_many_blocks_as_fit_into_a_colleagues_days_and_no_half_ones() -> None:
    assert added(5, (2, 2, 2)) == [([1, 1, 1], 2)]
    assert added(3, (2, 3)) == [([1, 1], 1)]
    assert added(5, (2, 3, 4)) == [([1, 1, 2], 2), ([0, 1, 1], 1)]
    assert added(8, (2, 2, 2)) == []


def test_no_plan_is_lost_by_these_rows() -> None:
    possible = possible_days(read_content(json.dumps(hard_case("pool", 12)).encode()).instance)
    on = ground(possible)
    before = whole(on)
    after, random = packed(before, possible), np.random.default_rng(1)
    rows = table(after)
    assert len(after.upper) > len(before.upper)
    assert (rows[: len(before.upper)] == table(before)).all()
    tight = 0
    for _ in range(30):
        # Without accounts, so that many blocks fit.
        free = ground(_with_room(on))
        plan = guided(free, random.random(len(possible.pair_request)))
        left = after.upper - rows @ after.solution(plan)
        assert (left[len(before.upper) :] >= 0).all()
        tight += int((left[len(before.upper) :] == 0).sum())
    assert tight > 30


def _with_room(on: Ground) -> Possible:
    return replace(on.possible, room=on.possible.room + 1_000)


class FakeWorker:
    def __init__(self) -> None:
        self.underway: list[Underway] = []
        self.job: Job | None = None

    def begin(self, job: Job, due: float) -> None:
        self.job = job


class FakeCrew:
    """One worker, who says what it is told to."""

    def __init__(self) -> None:
        self.worker = FakeWorker()
        self.answers: list[Said | None] = []
        self.ended = 0

    def idle(self) -> FakeWorker:
        return self.worker

    def next(self, now: float, seconds: float) -> tuple[Any, Any, Said | None] | None:
        return (self.worker, self.worker.job, self.answers.pop(0)) if self.answers else None

    def end(self, worker: FakeWorker) -> None:
        self.ended += 1


def a_prover() -> tuple[Prover, FakeCrew, Standing]:
    possible = possible_days(read_content(json.dumps(hard_case("rings-of-blocks", 6)).encode()).instance)
    on, crew = ground(possible), FakeCrew()
    free = np.zeros(len(possible.room), dtype=np.int64), np.zeros(len(possible.most), dtype=np.int64)
    prices = Prices(1, *free, NOTHING, NOTHING)
    standing = Standing(on, map_of(on), NOTHING, prices)
    return Prover(standing, cast(Crew, crew)), crew, standing


def best_of(standing: Standing, part: int) -> Ints:
    """All days of a ring in which everybody helps for two days."""
    p, here = standing.on.possible, standing.map.part[standing.on.day_host] == part
    days = np.flatnonzero(here & (p.day_date < 2))
    assert standing.on.keeps_rules(days)
    return days


def test_what_is_found_and_proven_of_a_part_on_the_way_counts_for_that_part() -> None:
    prover, crew, standing = a_prover()
    assert standing.map.parts == 2
    prover.give_work(0.0, 10.0)
    assert isinstance(crew.worker.job, Improve)
    assert crew.worker.job.afresh
    part = prover.part
    assert part is not None
    before = standing.bound.copy()
    crew.worker.underway = [Underway(6.4, 3, best_of(standing, part))]
    prover.hear(0.0)
    assert standing.bound[part] == min(6, before[part]) == 6
    assert standing.bound[1 - part] == before[1 - part]
    assert standing.days[part] == 6
    # A small part's proof is waited for, though the plan already reaches the bound.
    assert prover.worker is not None
    assert prover.open()[part]


def test_a_small_part_is_waited_for_until_it_is_proven_or_has_taken_its_nodes() -> None:
    prover, crew, standing = a_prover()
    prover.give_work(0.0, 10.0)
    part = prover.part
    assert part is not None
    crew.answers = [Improved(NOTHING, best_of(standing, part), 6.0, True, 1)]
    prover.hear(0.0)
    assert standing.proven[part]
    assert not prover.open()[part]
    prover.give_work(0.0, 10.0)
    other = prover.part
    assert other == 1 - part
    standing.take(np.union1d(standing.used, best_of(standing, other)))
    standing.limit(other, 6.0)
    prover.hear(0.0)
    assert prover.open()[other]
    crew.worker.underway = [Underway(6.0, SMALL_NODES + 1, None)]
    prover.hear(0.0)
    assert not prover.open().any()
    assert crew.ended == 1


def test_a_proof_that_is_lost_is_tried_again_with_the_plan_in_mind() -> None:
    prover, crew, _ = a_prover()
    prover.give_work(0.0, 10.0)
    first = prover.part
    crew.answers = [None]
    prover.hear(0.0)
    prover.give_work(0.0, 10.0)
    assert prover.part != first
    crew.answers = [None]
    prover.hear(0.0)
    prover.give_work(0.0, 10.0)
    assert prover.part == first
    assert isinstance(crew.worker.job, Improve)
    assert not crew.worker.job.afresh
