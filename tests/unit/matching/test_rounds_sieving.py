"""Sieves of a whole part of a round: when there is one, what it considers, and what comes of it."""

from random import Random

import numpy as np
import pytest
from search_cast import a_standing, answer_to

from bench.instances import country, hard_case
from services.matching.rounds.diving import dive
from services.matching.rounds.sieving import FIRST_ENOUGH, LONGEST, MORE, PAUSE, RELAXATIONS, Sieving
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import NONE, Improved, Relax

pytestmark = pytest.mark.simulation
"""Takes seconds: processes that compute."""


@pytest.fixture
def standing() -> Standing:
    return a_standing(country("XS", "same-person", 0))


def test_there_is_one_when_there_is_time_for_it_and_it_takes_no_longer(standing: Standing) -> None:
    sieving = Sieving(standing, Random(1))
    assert sieving.next(2.0, 7.9) is None
    job = sieving.next(3.0, 8.1)
    assert job is not None
    assert (job.seconds, job.sifts, job.enough) == (8.1, RELAXATIONS, FIRST_ENOUGH)
    later = sieving.next(100.0, 900.0)
    assert later is not None
    assert later.seconds == LONGEST * 2.0


def test_near_the_bound_less_time_is_enough(standing: Standing) -> None:
    sieving = Sieving(standing, Random(1))
    assert sieving.next(2.0, 5.0) is None
    p = standing.on.possible
    standing.take(dive(standing.on, np.zeros(len(p.pair_request)), NONE, None, 1, lambda: False))
    standing.bound[:] = standing.days
    assert sieving.next(2.0, 5.0) is not None


def test_there_is_none_in_a_large_round_or_where_nearly_all_are_blocks(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Sieving(a_standing(hard_case("pool", 10)), Random(1)).next(1.0, 60.0) is None
    monkeypatch.setattr("services.matching.rounds.sieving.LARGEST", 100)
    assert Sieving(standing, Random(1)).next(1.0, 60.0) is None


def test_it_is_of_the_one_part_that_lacks_most_and_is_not_proven() -> None:
    standing = a_standing(country("XXS", "mixed", 2))
    here = np.flatnonzero(~standing.proven)
    assert len(here) > 1, "the country is in one part"
    for part in here[np.argsort(-standing.bound[here], kind="stable")]:
        job = Sieving(standing, Random(1)).next(1.0, 60.0)
        assert job is not None
        assert (job.libraries == (standing.map.part == part)).all()
        assert (job.closed == ~job.libraries).all()
        standing.proven[part] = True


def test_after_one_that_found_nothing_others_follow_first_and_the_next_considers_more(
    standing: Standing,
) -> None:
    sieving = Sieving(standing, Random(1))
    first = sieving.next(1.0, 60.0)
    assert first is not None
    sieving.heard(first, 5, False)
    assert sieving.next(9.0, 51.0) is not None
    sieving.heard(first, 0, True)
    assert sieving.next(9.0, 51.0) is None
    for _ in range(PAUSE):
        assert sieving.next(9.0, 51.0) is None
        sieving.heard(Relax(first.libraries, 1.0), 0, True)
    more = sieving.next(9.0, 51.0)
    assert more is not None
    assert more.enough == int(FIRST_ENOUGH * MORE)
    sieving.heard(more, 0, False)
    assert sieving.enough < FIRST_ENOUGH


def test_more_blocks_make_a_better_plan() -> None:
    standing = a_standing(country("XS", "same-person", 0, "loose"))
    on, p = standing.on, standing.on.possible
    served = []
    for enough in (1, 10_000):
        sieving = Sieving(standing, Random(1), enough=enough)
        job = sieving.next(1.0, 60.0)
        assert job is not None
        said = answer_to(job, standing)
        assert isinstance(said, Improved)
        plan = NONE if said.instead is None else said.instead
        assert on.keeps_rules(plan)
        served.append(p.worth(plan))
    assert served[0] < served[1]
