"""Whether messages to the other counties get away: `out.<peer>` at our own broker is looked at now and then.

A link that is cut leaves them there. The shovel's own status says nothing: it is "running" while refused.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import eventlet
from eventlet.event import Event
from kombu.connection import Connection

from byttebank import telemetry
from byttebank.clock import Clock
from byttebank.contracts.refusals import Refusal
from byttebank.messaging import topology
from byttebank.messaging.faults import is_passing
from byttebank.messaging.session import open_connection

LOOK_SECONDS = 3.0
PATIENCE = timedelta(seconds=6)
"""How long something must have lain there all the time before we say that the link is down."""

_log = telemetry.logger(__name__)


class LinkWatch:
    """Since when messages to each peer have been waiting, as far as this process has seen."""

    def __init__(self, url: str, county: str, clock: Clock, peers: Callable[[], Iterable[str]]) -> None:
        """`peers` names the counties to look for; when it refuses, nothing changes."""
        self._url = url
        self._county = county
        self._clock = clock
        self._peers = peers
        self._since: dict[str, datetime] = {}
        self._is_told: set[str] = set()
        self._connection: Connection | None = None
        self._stopping = Event()

    def waiting(self) -> Mapping[str, datetime]:
        """The peers to which messages have waited for a while, and since when."""
        now = self._clock.now()
        return {peer: since for peer, since in self._since.items() if now - since >= PATIENCE}

    def run(self) -> None:
        """Look until `stop`. Never raises."""
        while not self._stopping.ready():
            self.look()
            with eventlet.Timeout(LOOK_SECONDS, False):
                self._stopping.wait()
        self._hang_up()

    def stop(self) -> None:
        """Nothing is looked at any more."""
        if not self._stopping.ready():
            self._stopping.send(None)

    def look(self) -> None:
        """What waits is known. A broker or directory that is away leaves it as it was."""
        try:
            counts = self._count(self._peers())
        except Exception as error:
            self._hang_up()
            if not (is_passing(error) or isinstance(error, Refusal)):
                _log.error("Cannot look at the links", error=repr(error), exc_info=error)
            return
        now = self._clock.now()
        self._since = {peer: self._since.get(peer, now) for peer, count in counts.items() if count}
        waiting = self.waiting()
        for peer in sorted(waiting.keys() - self._is_told):
            _log.warning("Messages to a peer wait", peer=peer, since=waiting[peer].isoformat())
        for peer in sorted(self._is_told - waiting.keys()):
            _log.info("Messages to a peer pass again", peer=peer)
        self._is_told = set(waiting)

    def _count(self, peers: Iterable[str]) -> dict[str, int]:
        if self._connection is None:
            self._connection = open_connection(self._url)
            self._connection.connect()
        channel = self._connection.default_channel
        return {peer: self._waiting_at(channel, peer) for peer in peers}

    def _waiting_at(self, channel: Any, peer: str) -> int:
        return int(channel.queue_declare(topology.out_name(peer), passive=True).message_count)

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.collect(socket_timeout=1)
        self._connection = None
