"""The computation of a round in a process of its own: looked at, stopped, refused, gone."""

import json
import time

import pytest

from services.matching.computing import Computation

pytestmark = pytest.mark.simulation
INSTANCE = {
    "skills_rule": "all-of",
    "libraries": [{"id": name, "balance_days": 0, "limit_days": 1} for name in ("a", "b")],
    "colleagues": [
        {"id": "c", "library": "a", "skills": ["x"], "dates": ["2026-12-07"], "max_days": 1, "max_km": None}
    ],
    "requests": [
        {"id": "r", "library": "b", "skills": ["x"], "dates": ["2026-12-07"], "days": 1, "same_person": False}
    ],
}


def wait(computation: Computation) -> None:
    began = time.monotonic()
    while not computation.is_over:
        assert time.monotonic() - began < 30
        time.sleep(0.02)


def test_the_outcome_is_read_when_it_is_over_and_nothing_is_left() -> None:
    computation = Computation("round", 1, json.dumps(INSTANCE))
    try:
        wait(computation)
        outcome = computation.outcome()
        assert outcome is not None
        assert (outcome["status"], outcome["days_served"], outcome["bound"]) == ("optimal", 1, 1)
        assert computation.progress() == (1, 1)
    finally:
        folder = computation.folder
        computation.close()
    assert not folder.exists()


def test_input_that_is_refused_is_no_interruption() -> None:
    computation = Computation("round", 1, "{}")
    try:
        wait(computation)
        with pytest.raises(ValueError, match="libraries"):
            computation.outcome()
    finally:
        computation.close()


def test_a_process_that_was_killed_has_no_outcome() -> None:
    computation = Computation("round", 1, json.dumps(INSTANCE))
    computation.close()
    assert computation.is_over
