"""The simulator sees each mistake that this design exists to not make (`mutations.py`)."""

import pytest
from mutations import MUTATIONS, Mutation

from simulation.many import play, quiet
from simulation.play import Failure
from simulation.telling import tell_failure

pytestmark = pytest.mark.simulation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name.replace(" ", "-"))
def test_a_mistake_turns_a_life_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mutation: Mutation
) -> None:
    with quiet():
        mutation.make(monkeypatch)
        outcome = play(mutation.seed)
    assert isinstance(outcome, Failure)
    assert outcome.rule in mutation.rules
    tell_failure(outcome)
    told = capsys.readouterr().out
    assert f"FROM={mutation.seed}" in told
    assert outcome.sentence in told
