"""Whether a peer's clock and ours agree, as far as what it signs proves. Days never depend on it; people do.

A message from the future proves that its sender is ahead of us; an answer that is older than our question,
that it is behind us. A message that is merely old may have waited somewhere, and proves nothing.
"""

from datetime import datetime, timedelta

from byttebank import telemetry

TOLERANCE = timedelta(minutes=5)
"""Clocks that are kept by NTP agree within a second; nobody minds minutes."""

_log = telemetry.logger(__name__)


class Clocks:
    """What one service has seen of its peers' clocks. A process knows only its own questions."""

    def __init__(self, *, county: str, service: str) -> None:
        self._labels = (county, service)
        self._asked: dict[str, datetime] = {}
        self._is_told: set[str] = set()

    def ask(self, peer: str, now: datetime) -> None:
        """A question to the peer is on its way; one that was not answered yet stands."""
        self._asked.setdefault(peer, now)

    def hear(self, peer: str, written_at: datetime, now: datetime, *, is_answer: bool) -> None:
        """A message of the peer, signed at `written_at` by its clock. The metric shows what it proves.

        `is_answer`: to a question of ours. An operator is told once, and again after they have agreed.
        """
        asked_at = self._asked.pop(peer, None) if is_answer else None
        ahead = written_at - now
        behind = asked_at - written_at if asked_at else timedelta()
        if ahead > TOLERANCE:
            self._show(peer, ahead)
        elif behind > TOLERANCE:
            self._show(peer, -behind)
        elif asked_at is not None or peer not in self._is_told:
            self._show(peer, timedelta())

    def _show(self, peer: str, offset: timedelta) -> None:
        telemetry.PEER_CLOCK_OFFSET_SECONDS.labels(*self._labels, peer).set(offset.total_seconds())
        if not offset:
            self._is_told.discard(peer)
        elif peer not in self._is_told:
            self._is_told.add(peer)
            _log.warning(
                "A peer's clock and ours do not agree: see which one is wrong",
                county=self._labels[0],
                service=self._labels[1],
                peer=peer,
                peer_is_ahead_seconds=round(offset.total_seconds()),
            )
