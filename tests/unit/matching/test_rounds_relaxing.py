"""When which part of a round is relaxed, roughly or finely, and what is learnt from it."""

import numpy as np
import pytest
from search_cast import a_standing, answer_to

from bench.instances import country
from services.matching.rounds.relaxing import QUICK_PART, SMALL_PART, Relaxing
from services.matching.rounds.standing import LITTLE, Standing
from services.matching.rounds.worker import Job, Relax, Relaxed

pytestmark = pytest.mark.simulation
"""Takes seconds: processes that compute."""

NOTHING = Relaxed(None, None, None, None)


def relaxed(standing: Standing, job: Relax) -> Relaxed:
    said = answer_to(job, standing)
    assert isinstance(said, Relaxed)
    return said


@pytest.mark.parametrize(
    ("days", "jobs"),
    [(SMALL_PART, []), (SMALL_PART + 1, [False]), (QUICK_PART, [False]), (QUICK_PART + 1, [True, False])],
)
def test_a_small_part_is_not_relaxed_and_a_large_one_twice(days: int, jobs: list[bool]) -> None:
    relaxing = Relaxing(a_standing(country("XS", "mixed", 2)))
    relaxing.add(0, days)
    assert [rough for _, rough in relaxing.waiting] == jobs
    assert bool(relaxing.unguided) == bool(jobs)


def test_the_fine_relaxation_goes_on_beside_the_rough_one_and_no_other_does() -> None:
    relaxing, running = Relaxing(a_standing(country("XS", "mixed", 2))), list[Job]()
    for _ in range(2):
        relaxing.add(0, QUICK_PART + 1)
    for rough in (True, False):
        job = relaxing.next(running, 60.0)
        assert job is not None
        assert job.rough == rough
        running.append(job)
    assert relaxing.next(running, 60.0) is None
    assert relaxing.next(running[:1], 60.0) is None
    again = relaxing.next([], 60.0)
    assert again is not None
    assert again.rough


def test_a_part_is_guided_by_a_rough_relaxation_and_without_any_when_the_fine_one_had_no_time() -> None:
    standing = a_standing(country("XS", "mixed", 2))
    for rough, said, is_guided in (
        (True, None, False),
        (True, NOTHING, False),
        (False, NOTHING, True),
        (False, None, True),
    ):
        relaxing = Relaxing(standing)
        relaxing.add(0, QUICK_PART + 1)
        relaxing.hear(Relax(standing.map.part == 0, 1.0, rough=rough), said)
        assert (not relaxing.unguided) == is_guided


def test_any_relaxation_proves_a_bound_and_says_which_days_it_hardly_uses() -> None:
    standing = a_standing(country("XS", "mixed", 2))
    everywhere = np.ones(len(standing.on.possible.room), dtype=bool)
    before = int(standing.bound.sum())
    rough = relaxed(standing, Relax(everywhere, 30.0, rough=True))
    standing.relaxed(everywhere, rough)
    first = int(standing.bound.sum())
    fine = relaxed(standing, Relax(everywhere, 30.0))
    standing.relaxed(everywhere, fine)
    assert int(standing.bound.sum()) <= first <= before
    assert fine.value is not None
    assert rough.value is not None
    p = standing.on.possible
    may_be_split = ~p.same[p.day_request]
    assert (standing.idle == (may_be_split & (fine.value < LITTLE))).all()
    assert standing.idle.any()
    assert not standing.idle[may_be_split].all()
    assert standing.likely.max() > 0.5
