"""The search of a round: in turns that no clock decides, from neighbourhoods that fit together."""

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
from services.matching.rounds.neighbourhoods import PERIOD, REGION, SAMPLE, SIEVE, Neighbourhoods
from services.matching.rounds.parts import Ground, ground, guided
from services.matching.rounds.possible import possible_days
from services.matching.rounds.prices import Prices
from services.matching.rounds.reading import read_content
from services.matching.rounds.regions import map_of
from services.matching.rounds.solving import solve
from services.matching.rounds.standing import Standing
from services.matching.rounds.turns import Turns
from services.matching.rounds.worker import Dived, Job, Relax, Said


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


def test_who_is_done_sooner_is_not_heard_sooner() -> None:
    crew, heard = FakeCrew(), list[int]()
    turns = Turns(cast(Crew, crew), cast(Crew, FakeCrew()))
    jobs = [a_job(number) for number in range(3)]

    def hear(job: Job, said: Said | None) -> None:
        heard.append(next(number for number, one in enumerate(jobs) if one is job))

    # The second is long and waits for one other more.
    for number, job in enumerate(jobs):
        turns.begin(job, 0.0, 1.0, after=2 if number == 1 else 0)
    for answered, expected in ((1, []), (2, []), (0, [0, 2, 1])):
        crew.answers.append((crew, jobs[answered], Dived(np.zeros(0, dtype=np.int64))))
        turns.listen(0.0, 0.0)
        for _ in jobs:
            turns.hear(hear)
        assert heard == expected
    assert turns.under_way == []


def test_out_of_time_all_that_has_come_is_heard() -> None:
    crew, heard = FakeCrew(), list[Job]()
    turns = Turns(cast(Crew, crew), cast(Crew, FakeCrew()))
    first, second = a_job(1), a_job(2)
    turns.begin(first, 0.0, 1.0, after=0)
    turns.begin(second, 0.0, 1.0, after=0)
    crew.answers.append((crew, second, None))
    turns.listen(0.0, 0.0)
    turns.hear(lambda job, said: heard.append(job), all_=True)
    assert heard == [second]
    assert [turn.job for turn in turns.under_way] == [first]


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
    for _ in range(40):
        one = some.next(closed)
        assert one is not None
        assert not (one.libraries & closed).any()
        assert (one.give is None) == (one.kind in (REGION, SIEVE))
        kinds.add(one.kind)
        whole, _ = standing.on.part(standing.used, one.libraries, closed, None, one.give)
        assert set(whole.tolist()) <= set(standing.used.tolist())
    assert kinds == {REGION, SAMPLE, PERIOD, SIEVE}
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


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.simulation
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
