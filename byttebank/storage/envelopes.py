"""Every numbered envelope, as it was sent and as it was received. Kept for ever, octet by octet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from byttebank.federation.effects import Received
from byttebank.federation.envelope import Envelope
from byttebank.federation.ranges import NO_NUMBERS, Ranges
from byttebank.storage import messages
from byttebank.storage.channel_tables import received_envelopes, sent_envelopes

_TO_SENT, _TO_RECEIVED = insert(sent_envelopes), insert(received_envelopes)
_WAITING = (
    select(
        sent_envelopes.c.peer,
        sent_envelopes.c.seq,
        sent_envelopes.c.octets,
        sent_envelopes.c.detached,
        sent_envelopes.c.trace,
    )
    .where(sent_envelopes.c.published_at.is_(None))
    .order_by(sent_envelopes.c.peer, sent_envelopes.c.seq)
    .limit(bindparam("at_most"))
)
_MARK_SENT = (
    update(sent_envelopes)
    .where(
        sent_envelopes.c.peer == bindparam("of_peer"),
        sent_envelopes.c.seq.in_(bindparam("numbers", expanding=True)),
    )
    .values(published_at=bindparam("now"))
)
_AROUND = select(
    received_envelopes.c.seq,
    received_envelopes.c.epoch,
    received_envelopes.c.envelope_hash,
    received_envelopes.c.prev_hash,
).where(
    received_envelopes.c.peer == bindparam("peer"),
    received_envelopes.c.seq.in_(bindparam("numbers", expanding=True)),
)


@dataclass(frozen=True)
class WaitingEnvelope:
    """A sealed envelope that the broker has not confirmed."""

    peer: str
    seq: int
    octets: bytes
    detached: str | None
    trace: str | None


class Held(NamedTuple):
    """What the rules of a channel ask about an envelope of the peer's that we hold."""

    epoch: int
    envelope_hash: str
    prev_hash: str


def add_sent(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """The sealed envelopes, rows of `sent_envelopes`, are kept for ever, and published unless they were."""
    if rows:
        connection.execute(_TO_SENT, rows)


def adopt(connection: Connection, peer: str, envelopes: Iterable[Envelope], now: datetime) -> list[Envelope]:
    """Envelopes of our own that we had lost and the peer has returned are among the sent ones again.

    Returns those that were lost. What waits in the outbox and is among them is not sealed a second time.
    """
    lost = []
    for envelope in envelopes:
        seq = envelope.header.seq or 0
        if sent_hashes(connection, peer, seq, seq):
            continue
        lost.append(envelope)
        row = {
            "peer": peer,
            "seq": seq,
            "envelope_hash": envelope.envelope_hash,
            "message_type": envelope.header.type,
            "octets": envelope.octets,
            "sealed_at": now,
            "published_at": now,
        }
        add_sent(connection, [row])
    messages.mark_sealed(connection, [envelope.header.message_id for envelope in lost], now)
    return lost


def sent_hashes(connection: Connection, peer: str, first: int, last: int) -> dict[int, str]:
    """Number and hash of our envelopes to the peer from first to last."""
    rows = connection.execute(
        select(sent_envelopes.c.seq, sent_envelopes.c.envelope_hash).where(
            sent_envelopes.c.peer == peer, sent_envelopes.c.seq.between(first, last)
        )
    )
    return {row.seq: row.envelope_hash for row in rows}


def waiting_envelopes(connection: Connection, limit: int) -> list[WaitingEnvelope]:
    """The sealed envelopes that wait to be published, each peer's in order."""
    return [WaitingEnvelope(*row) for row in connection.execute(_WAITING, {"at_most": limit})]


def mark_sent(connection: Connection, places: Iterable[tuple[str, int]], now: datetime) -> None:
    """The broker has confirmed these (peer, seq)."""
    by_peer: dict[str, list[int]] = {}
    for peer, seq in places:
        by_peer.setdefault(peer, []).append(seq)
    for peer, numbers in by_peer.items():
        connection.execute(_MARK_SENT, {"of_peer": peer, "numbers": numbers, "now": now})


def send_again(connection: Connection, peer: str, first: int, last: int) -> None:
    """Our envelopes from first to last are published once more, octet by octet."""
    connection.execute(
        update(sent_envelopes)
        .where(sent_envelopes.c.peer == peer, sent_envelopes.c.seq.between(first, last))
        .values(published_at=None)
    )


def add_received(connection: Connection, envelopes: Sequence[Envelope], now: datetime) -> None:
    """The peer's envelopes are kept for ever."""
    rows = [
        {
            "peer": envelope.header.sender,
            "seq": envelope.header.seq,
            "epoch": envelope.header.epoch,
            "envelope_hash": envelope.envelope_hash,
            "prev_hash": envelope.header.prev_hash,
            "message_type": envelope.header.type,
            "octets": envelope.octets,
            "received_at": now,
        }
        for envelope in envelopes
    ]
    if rows:
        connection.execute(_TO_RECEIVED, rows)


def received_around(connection: Connection, peer: str, *numbers: int) -> dict[int, Held]:
    """The held envelopes with these numbers, the ones before and the ones after, by number."""
    around = sorted({near for seq in numbers for near in (seq - 1, seq, seq + 1)})
    rows = connection.execute(_AROUND, {"peer": peer, "numbers": around})
    return {row.seq: Held(row.epoch, row.envelope_hash, row.prev_hash) for row in rows}


def received(connection: Connection, peer: str) -> Received:
    """Which of the peer's numbered envelopes we hold, and the highest one whole."""
    mine = received_envelopes.c.peer == peer
    count, last = connection.execute(
        select(func.count(), func.max(received_envelopes.c.seq)).where(mine)
    ).one()
    if not count:
        return Received()
    if count == last:
        numbers = Ranges.of(1, last)
    else:
        numbers = Ranges.from_numbers(connection.scalars(select(received_envelopes.c.seq).where(mine)))
    head = connection.execute(
        select(received_envelopes.c.envelope_hash, received_envelopes.c.octets).where(
            mine, received_envelopes.c.seq == last
        )
    ).one()
    return Received(numbers or NO_NUMBERS, head.envelope_hash, head.octets)


def received_octets(connection: Connection, peer: str, first: int, last: int) -> list[tuple[int, bytes]]:
    """(seq, octets) of the peer's envelopes that we hold from first to last, ascending."""
    rows = connection.execute(
        select(received_envelopes.c.seq, received_envelopes.c.octets)
        .where(received_envelopes.c.peer == peer, received_envelopes.c.seq.between(first, last))
        .order_by(received_envelopes.c.seq)
    )
    return [(row.seq, row.octets) for row in rows]


def of_type(
    connection: Connection, peer: str, message_type: str, *, is_sent: bool, through: int
) -> list[tuple[int, bytes]]:
    """(seq, octets) of our messages of this type to the peer, or of the peer's, up to a number, ascending."""
    table = sent_envelopes if is_sent else received_envelopes
    rows = connection.execute(
        select(table.c.seq, table.c.octets)
        .where(table.c.peer == peer, table.c.message_type == message_type, table.c.seq <= through)
        .order_by(table.c.seq)
    )
    return [(row.seq, row.octets) for row in rows]


def hash_at(connection: Connection, peer: str, seq: int, *, is_sent: bool) -> str | None:
    """The hash of the last message up to a number that we have sent, or received; None before the first."""
    table = sent_envelopes if is_sent else received_envelopes
    query = select(table.c.envelope_hash).where(table.c.peer == peer, table.c.seq <= seq)
    return connection.execute(query.order_by(table.c.seq.desc()).limit(1)).scalar_one_or_none()


def octets_at(connection: Connection, peer: str, seq: int, *, is_sent: bool) -> bytes | None:
    """Our message with this number, or the peer's, as it was signed."""
    table = sent_envelopes if is_sent else received_envelopes
    query = select(table.c.octets).where(table.c.peer == peer, table.c.seq == seq)
    return connection.execute(query).scalar_one_or_none()
