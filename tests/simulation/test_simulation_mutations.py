"""The simulator sees each mistake that this design exists to not make (`mutations.py`)."""

import pytest
from mutations import MUTATIONS, Mutation

from simulation.many import play, quiet
from simulation.play import Failure
from simulation.telling import tell_failure

LIVES = 24

pytestmark = pytest.mark.simulation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_a_mistake_turns_a_life_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mutation: Mutation
) -> None:
    with quiet():
        mutation.make(monkeypatch)
        outcomes = (
            play(seed, faults=mutation.faults) for seed in range(mutation.first, mutation.first + LIVES)
        )
        failure = next((outcome for outcome in outcomes if isinstance(outcome, Failure)), None)
    assert failure is not None
    assert failure.rule in mutation.rules, failure.sentence
    tell_failure(failure)
    told = capsys.readouterr().out
    assert f"FROM={failure.seed}" in told
    assert failure.sentence in told
