"""A service forgets, every hour, which messages it heard and told longer ago than the node keeps them.

Not before it has run for an hour: by then copies that lay in its queue have come, and been known as such.
"""

from collections.abc import Callable
from datetime import timedelta

from byttebank import telemetry
from byttebank.storage import pruning
from byttebank.storage.work import Database

EVERY_SECONDS = 3600.0
BATCH = 500
"""So many rows are looked at, and at most deleted, in one transaction."""
BATCHES = 400
"""So many transactions an hour: what is more waits for the next one."""
HEARD_LONGER = timedelta(days=7)
"""What was heard is remembered longer than what was told: an operator may have told messages told again
(`byttebank outbox resend`), and the last of them must still be known where they are heard.
"""
PAUSE_SECONDS = 0.02
"""Between two of them others may write."""

_log = telemetry.logger(__name__)


class Pruning:
    """Forgets what one service in one county need not know any more."""

    def __init__(self, database: Database, keep_days: int) -> None:
        self._database = database
        self._keep = timedelta(days=keep_days)
        self._left = BATCHES

    def run(self, pause: Callable[[float], bool]) -> None:
        """Prune until `pause(seconds)` says that it is over. Never raises."""
        self._guarded(self.measure)
        while pause(EVERY_SECONDS):
            self._guarded(lambda: self.prune(pause))
            self._guarded(self.measure)

    def prune(self, pause: Callable[[float], bool] = lambda seconds: True) -> dict[str, int]:
        """How many rows of each table are gone. Stops between two transactions when `pause` says so."""
        self._left = BATCHES
        gone = {"inbox": self._prune_heard(pause), "outbox": self._prune_told(pause)}
        for table, rows in gone.items():
            labels = (self._database.county, self._database.service, table)
            telemetry.MESSAGES_PRUNED.labels(*labels).inc(rows)
        return gone

    def measure(self) -> None:
        """The gauges say how many rows are kept."""
        with self._database.reading() as work:
            rows = pruning.kept(work.connection)
        for table, count in rows.items():
            labels = (self._database.county, self._database.service, table)
            telemetry.MESSAGES_KEPT.labels(*labels).set(count)
            telemetry.MESSAGES_PRUNED.labels(*labels)

    def _prune_heard(self, pause: Callable[[float], bool]) -> int:
        gone, after = 0, pruning.START
        while self._may_go_on(pause):
            with self._database.reading() as work:
                before = work.now - self._keep - HEARD_LONGER
                found, following = pruning.old_heard(work.connection, before, after=after, limit=BATCH)
            if found:
                with self._database.work() as work:
                    gone += pruning.forget_heard(work.connection, found)
            if following is None:
                break
            after = following
        return gone

    def _prune_told(self, pause: Callable[[float], bool]) -> int:
        gone, after_id = 0, 0
        while self._may_go_on(pause):
            with self._database.reading() as work:
                found, following = pruning.old_told(
                    work.connection,
                    work.now - self._keep,
                    work.now - HEARD_LONGER,
                    after_id=after_id,
                    limit=BATCH,
                )
            if found:
                with self._database.work() as work:
                    gone += pruning.forget_told(work.connection, found)
            if following is None:
                break
            after_id = following
        return gone

    def _may_go_on(self, pause: Callable[[float], bool]) -> bool:
        self._left -= 1
        return self._left >= 0 and pause(PAUSE_SECONDS)

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            # A database that is away must not end the loop: it is tried again in an hour.
            _log.warning(
                "Old messages could not be pruned", service=self._database.service, error=repr(error)
            )
