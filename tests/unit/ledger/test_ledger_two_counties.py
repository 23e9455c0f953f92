"""Two counties with real databases over a bad wire: the same seeds every time, and every rule at every step.

Each case prints its story when it fails; run one with `-k "seed-17"`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger_wire import Play, two_counties
from sqlalchemy.exc import SQLAlchemyError

from byttebank.contracts.refusals import Contradiction
from services.ledger import operations
from services.ledger.domain.settlement import Act
from services.ledger.operations import holds, payee
from services.ledger.storage import book

pytestmark = pytest.mark.simulation

SEEDS = range(40)
"""`test_ledger_simulation` plays more of them, longer."""


@pytest.fixture(scope="module")
def play(settled_in: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """One run from fresh books to the end."""
    with two_counties(settled_in, tmp_path_factory.mktemp("two")) as found:
        yield found


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"seed-{seed}")
def test_both_books_agree_whatever_the_wire_does(play: Play, seed: int) -> None:
    play(seed)


def test_the_runs_do_exercise_what_they_are_for(play: Play) -> None:
    told = " ".join(line for seed in range(5) for line in play(seed, 80).story)
    for word in ("PREPARE of", "FULFIL of", "REJECT of", "CANCEL of", "REVERSAL_REQUEST of", "crash"):
        assert word in told, word


def _void_on_timeout(work: Any) -> None:
    """The mistake this protocol exists to not make."""
    for account_id in book.list_accounts(work.connection):
        for stored in book.open_of_payer(work.connection, account_id):
            if stored.state == "prepared":
                book.void(work.connection, stored, "expired", work.now)


def _turn_down(_decision: object) -> Act:
    return Act.TURN_DOWN


def _never(*_: object, **__: object) -> bool:
    return False


MISTAKES: dict[str, list[tuple[Any, str, Any]]] = {
    "void on timeout": [(operations, "decide_all_waiting", _void_on_timeout)],
    "forget a decision": [(payee, "take_cancel", _turn_down)],
    "post one part twice": [(holds, "is_delivered", _never), (payee, "is_delivered", _never)],
}


def _goes_wrong(play: Play, seed: int) -> bool:
    """A rule is broken, a county contradicts itself, or the database refuses a row."""
    try:
        play(seed)
    except (AssertionError, Contradiction, SQLAlchemyError):
        return True
    return False


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_runs_see_a_mistake(play: Play, monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    for place, name, wrong in MISTAKES[mistake]:
        monkeypatch.setattr(place, name, wrong)
    assert any(_goes_wrong(play, seed) for seed in range(60))
