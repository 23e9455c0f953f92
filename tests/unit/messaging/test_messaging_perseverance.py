from collections.abc import Callable

import pytest
from amqp.exceptions import NotFound as QueueNotFound
from amqp.exceptions import RecoverableConnectionError
from nameko.exceptions import ContainerBeingKilled
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from byttebank.contracts.refusals import Malformed, NotFound, ServiceUnavailable
from byttebank.messaging.faults import LONGEST_WAIT_SECONDS, MAX_ATTEMPTS, is_passing, wait_seconds
from byttebank.messaging.perseverance import persevere

AWAY = OperationalError("SELECT 1", {}, Exception("away"))


class Trial:
    """An apply and a park that fail as told, and what was asked of them."""

    def __init__(self, *faults: Exception, parking: tuple[Exception, ...] = (), patience: int = 1000) -> None:
        self.faults, self.parking, self.patience = list(faults), list(parking), patience
        self.parked: list[Exception] = []
        self.told: list[Exception] = []
        self.waits: list[float] = []

    def run(self) -> str | None:
        return persevere(self._apply, self._park, pause=self._pause, tell=self._tell)

    def _apply(self) -> str:
        if self.faults:
            raise self.faults.pop(0)
        return "applied"

    def _park(self, error: Exception) -> None:
        if self.parking:
            raise self.parking.pop(0)
        self.parked.append(error)

    def _pause(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return len(self.waits) < self.patience

    def _tell(self, error: Exception, _attempt: int) -> None:
        self.told.append(error)


def test_what_works_is_done_once() -> None:
    trial = Trial()
    assert (trial.run(), trial.waits, trial.told) == ("applied", [], [])


def test_a_fault_that_passes_is_waited_for_as_long_as_it_takes() -> None:
    trial = Trial(*[AWAY] * 200)
    assert (trial.run(), trial.parked, len(trial.told)) == ("applied", [], 200)


@pytest.mark.parametrize("error", [Malformed(), NotFound(kind="x"), KeyError("unknown")])
def test_what_will_never_work_is_parked_at_once(error: Exception) -> None:
    trial = Trial(error)
    assert (trial.run(), trial.parked, trial.waits) == ("parked", [error], [])


@pytest.mark.parametrize(
    "error", [ZeroDivisionError(), ServiceUnavailable(), IntegrityError("", {}, Exception())]
)
def test_what_may_be_a_race_gets_a_few_attempts(error: Exception) -> None:
    enough = Trial(*[error] * (MAX_ATTEMPTS - 1))
    assert enough.run() == "applied"
    too_many = Trial(*[error] * MAX_ATTEMPTS)
    assert (too_many.run(), too_many.parked) == ("parked", [error])


def test_parking_is_tried_until_the_message_is_kept() -> None:
    trial = Trial(Malformed(), parking=(AWAY, ValueError(), AWAY))
    assert (trial.run(), len(trial.parked), len(trial.waits)) == ("parked", 1, 3)


@pytest.mark.parametrize(
    "trial", [Trial(*[AWAY] * 9, patience=3), Trial(Malformed(), parking=(AWAY,) * 9, patience=3)]
)
def test_when_time_is_up_the_message_stays_where_it_was(trial: Trial) -> None:
    assert (trial.run(), trial.parked, len(trial.waits)) == (None, [], 3)


def test_a_container_that_is_killed_leaves_the_message_where_it_was() -> None:
    assert Trial(ContainerBeingKilled()).run() is None


def database_error(kind: Callable[..., Exception]) -> Exception:
    return kind("SELECT 1", {}, Exception("why"))


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (database_error(OperationalError), True),
        (database_error(InterfaceError), True),
        (database_error(IntegrityError), False),
        (database_error(DataError), False),
        (database_error(ProgrammingError), False),
        (ProgrammingError("", {}, Exception(), connection_invalidated=True), True),
        (PoolTimeout(), True),
        (RecoverableConnectionError(), True),
        (QueueNotFound(), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (OSError(28, "No space left on device"), False),
        (ValueError(), False),
    ],
)
def test_a_fault_passes_when_it_is_the_absence_of_a_server(error: Exception, passes: bool) -> None:
    assert is_passing(error) is passes


def test_pauses_double_up_to_a_limit_and_are_uneven() -> None:
    assert 0.075 <= wait_seconds(1) <= 0.125
    assert 0.3 <= wait_seconds(3) <= 0.5
    assert wait_seconds(10_000) <= LONGEST_WAIT_SECONDS * 1.25
    assert len({wait_seconds(5) for _ in range(20)}) > 1
