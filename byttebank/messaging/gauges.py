"""The gauges of one service in one county: read from its database every few seconds, scraped whenever.

A scrape never waits for a database, and each copy of a service shows the same.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import eventlet

from byttebank import telemetry
from byttebank.federation.channel import ChannelState
from byttebank.storage import figures
from byttebank.storage.work import Database, Work

EVERY_SECONDS = 15.0
"""As often as Prometheus usually comes."""

ANSWER_SECONDS = 5.0
"""A database that has not answered by then counts as down."""

_log = telemetry.logger(__name__)

Read = Callable[[Work], None]


class Gauges:
    """Asks one service's database every few seconds, and says whether it answers."""

    def __init__(self, database: Database, read: Read) -> None:
        """`read` is given a consistent view of the database each time."""
        self._database = database
        self._read = read
        self._up = telemetry.DATABASE_UP.labels(database.county, database.service)
        self._is_up = True

    def run(self, pause: Callable[[float], bool]) -> None:
        """Measure until `pause(seconds)` says that it is over. Never raises."""
        self.measure()
        while pause(EVERY_SECONDS):
            self.measure()

    def measure(self) -> bool:
        """The gauges show the database as it is now; or, with False, that it did not answer."""
        try:
            with eventlet.Timeout(ANSWER_SECONDS), self._database.reading() as work:
                self._read(work)
        except (Exception, eventlet.Timeout) as error:
            self._tell(False, error)
        else:
            self._tell(True)
        return self._is_up

    def _tell(self, is_up: bool, error: BaseException | None = None) -> None:
        self._up.set(is_up)
        if self._is_up and not is_up:
            _log.warning(
                "The figures for operators cannot be read",
                county=self._database.county,
                service=self._database.service,
                error=repr(error),
            )
        self._is_up = is_up


def read_nothing(work: Work) -> None:
    """Only whether the database answers."""
    work.connection.exec_driver_sql("SELECT 1")


def read_messages(work: Work) -> None:
    """What waits for the county's own services, and what lies parked."""
    _read(work, [])


def read_messages_and_peers(work: Work) -> None:
    """As `read_messages`, of a service that talks to its like in other counties."""
    _read(work, figures.peer_figures(work.connection))


def _read(work: Work, peers: Sequence[figures.PeerFigures]) -> None:
    labels = (work.county, work.service)
    oldest = [figures.oldest_local(work.connection), *(peer.oldest_unpublished_at for peer in peers)]
    telemetry.OUTBOX_OLDEST_SECONDS.labels(*labels).set(max(_age(work, moment) for moment in oldest))
    telemetry.PARKED_MESSAGES.labels(*labels).set(figures.count_parked(work.connection))
    for peer in peers:
        if not peer.is_exchanging:
            _forget(*labels, peer.peer)
            continue
        waiting = _age(work, peer.oldest_waiting_at)
        telemetry.PEER_OLDEST_WAITING_SECONDS.labels(*labels, peer.peer).set(waiting)
        contact = peer.last_contact_at.timestamp() if peer.last_contact_at else 0
        telemetry.PEER_LAST_CONTACT.labels(*labels, peer.peer).set(contact)
        for state in ChannelState:
            telemetry.CHANNEL_STATE.labels(*labels, peer.peer, state).set(state is peer.state)


def _forget(*labels: str) -> None:
    """Nobody is alarmed about a peer that has left."""
    telemetry.PEER_OLDEST_WAITING_SECONDS.remove(*labels)
    telemetry.PEER_LAST_CONTACT.remove(*labels)
    for state in ChannelState:
        telemetry.CHANNEL_STATE.remove(*labels, state)


def _age(work: Work, moment: datetime | None) -> float:
    """In seconds; 0 for nothing."""
    return max((work.now - moment).total_seconds(), 0.0) if moment else 0.0
