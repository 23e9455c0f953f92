"""Channels to the peers: their row, their keys, and every numbered envelope as it was sent and received.

Envelopes are never changed or deleted: they prove what was said. The detached parts beside the sent ones hold
names and may be erased.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from byttebank.clock import parse_time
from byttebank.federation.channel import Channel
from byttebank.federation.channel_row import dump_channel, load_channel
from byttebank.federation.effects import Received
from byttebank.federation.envelope import Envelope
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.federation.keys import PublicKey
from byttebank.federation.ranges import NO_NUMBERS, Ranges
from byttebank.storage.columns import UtcTime

metadata = MetaData()

channels = Table(
    "channels",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("peer_state", String(20), nullable=False),
    Column("peer_version", Integer, nullable=False),
    Column("channel", Text, nullable=False),
)

peer_keys = Table(
    "peer_keys",
    metadata,
    Column("county", String(40), primary_key=True),
    Column("key_id", String(16), primary_key=True),
    Column("public_key", String(64), nullable=False),
    Column("valid_from_at", UtcTime, nullable=False),
)

sent_envelopes = Table(
    "sent_envelopes",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("envelope_hash", String(64), nullable=False),
    Column("message_type", String(60), nullable=False),
    Column("octets", LargeBinary, nullable=False),
    Column("detached", Text),
    Column("trace", Text),
    Column("sealed_at", UtcTime, nullable=False),
    Column("published_at", UtcTime),
)
Index(
    "sent_envelopes_waiting",
    sent_envelopes.c.peer,
    sent_envelopes.c.seq,
    postgresql_where=sent_envelopes.c.published_at.is_(None),
    sqlite_where=sent_envelopes.c.published_at.is_(None),
)

received_envelopes = Table(
    "received_envelopes",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("envelope_hash", String(64), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("message_type", String(60), nullable=False),
    Column("octets", LargeBinary, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)


@dataclass(frozen=True)
class PeerRow:
    """A peer as this service knows it: its state and version from the directory, and the channel."""

    peer: str
    peer_state: str
    peer_version: int
    channel: Channel


@dataclass(frozen=True)
class WaitingEnvelope:
    """A sealed envelope that the broker has not confirmed."""

    peer: str
    seq: int
    octets: bytes
    detached: str | None
    trace: str | None


def create_channel_tables(connection: Connection) -> None:
    """The tables exist. For the first migration of each service that talks to its like in other counties."""
    metadata.create_all(connection)


def peers(connection: Connection) -> list[str]:
    """Every county that we exchange or have exchanged with."""
    return list(connection.scalars(select(channels.c.peer).order_by(channels.c.peer)))


def channel_states(connection: Connection) -> dict[str, str]:
    """Peer to the state of its channel: recovering, open or frozen."""
    rows = connection.execute(select(channels.c.peer, channels.c.channel))
    return {row.peer: str(load_channel(row.channel).state) for row in rows}


def lock_peer(connection: Connection, peer: str) -> PeerRow | None:
    """The peer's row, locked until the end of the transaction; None for a county that we do not know."""
    row = connection.execute(select(channels).where(channels.c.peer == peer).with_for_update()).one_or_none()
    if row is None:
        return None
    return PeerRow(row.peer, row.peer_state, row.peer_version, load_channel(row.channel))


def add_peer(connection: Connection, row: PeerRow) -> None:
    """The peer is known from now on."""
    connection.execute(
        insert(channels).values(
            peer=row.peer,
            peer_state=row.peer_state,
            peer_version=row.peer_version,
            channel=dump_channel(row.channel),
        )
    )


def store_channel(connection: Connection, channel: Channel) -> None:
    """The channel is as it is now."""
    connection.execute(
        update(channels).where(channels.c.peer == channel.peer).values(channel=dump_channel(channel))
    )


def store_peer_state(connection: Connection, peer: str, state: str, version: int) -> None:
    """What the directory said last of the peer."""
    connection.execute(
        update(channels).where(channels.c.peer == peer).values(peer_state=state, peer_version=version)
    )


def add_key(connection: Connection, county: str, key: PublicKey, valid_from: datetime) -> None:
    """The key is known for ever; a known one stays as it was."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {
        "county": county,
        "key_id": key.key_id,
        "public_key": key.text,
        "valid_from_at": valid_from,
    }
    connection.execute(dialect.insert(peer_keys).values(values).on_conflict_do_nothing())


def keyring(connection: Connection) -> Keyring:
    """Every key that we know, our own included."""
    return Keyring(
        KnownKey(row.county, PublicKey.from_text(row.public_key), row.valid_from_at)
        for row in connection.execute(select(peer_keys))
    )


def add_sent(
    connection: Connection,
    *,
    peer: str,
    seq: int,
    envelope_hash: str,
    message_type: str,
    octets: bytes,
    now: datetime,
    published_at: datetime | None = None,
    detached: str | None = None,
    trace: str | None = None,
) -> None:
    """The sealed envelope is kept for ever, and waits to be published unless it says otherwise."""
    connection.execute(
        insert(sent_envelopes).values(
            peer=peer,
            seq=seq,
            envelope_hash=envelope_hash,
            message_type=message_type,
            octets=octets,
            detached=detached,
            trace=trace,
            sealed_at=now,
            published_at=published_at,
        )
    )


def adopt(connection: Connection, peer: str, envelopes: Iterable[Envelope], now: datetime) -> None:
    """Envelopes of our own that we had lost and the peer has returned are among the sent ones again."""
    for envelope in envelopes:
        seq = envelope.header.seq or 0
        if sent_hashes(connection, peer, seq, seq):
            continue
        add_sent(
            connection,
            peer=peer,
            seq=seq,
            envelope_hash=envelope.envelope_hash,
            message_type=envelope.header.type,
            octets=envelope.octets,
            now=now,
            published_at=now,
        )


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
    columns = (
        sent_envelopes.c.peer,
        sent_envelopes.c.seq,
        sent_envelopes.c.octets,
        sent_envelopes.c.detached,
        sent_envelopes.c.trace,
    )
    rows = connection.execute(
        select(*columns)
        .where(sent_envelopes.c.published_at.is_(None))
        .order_by(sent_envelopes.c.peer, sent_envelopes.c.seq)
        .limit(limit)
    )
    return [WaitingEnvelope(**row._mapping) for row in rows]


def mark_sent(connection: Connection, places: Iterable[tuple[str, int]], now: datetime) -> None:
    """The broker has confirmed these (peer, seq)."""
    by_peer: dict[str, list[int]] = {}
    for peer, seq in places:
        by_peer.setdefault(peer, []).append(seq)
    for peer, numbers in by_peer.items():
        connection.execute(
            update(sent_envelopes)
            .where(sent_envelopes.c.peer == peer, sent_envelopes.c.seq.in_(numbers))
            .values(published_at=now)
        )


def send_again(connection: Connection, peer: str, first: int, last: int) -> None:
    """Our envelopes from first to last are published once more, octet by octet."""
    connection.execute(
        update(sent_envelopes)
        .where(sent_envelopes.c.peer == peer, sent_envelopes.c.seq.between(first, last))
        .values(published_at=None)
    )


def add_received(connection: Connection, envelope: Envelope, now: datetime) -> None:
    """The peer's envelope is kept for ever."""
    header = envelope.header
    connection.execute(
        insert(received_envelopes).values(
            peer=header.sender,
            seq=header.seq,
            envelope_hash=envelope.envelope_hash,
            prev_hash=header.prev_hash,
            message_type=header.type,
            octets=envelope.octets,
            received_at=now,
        )
    )


def received_around(connection: Connection, peer: str, seq: int) -> dict[int, Any]:
    """The held envelopes with this number, the one before and the one after: seq to (hash, prev_hash)."""
    rows = connection.execute(
        select(
            received_envelopes.c.seq, received_envelopes.c.envelope_hash, received_envelopes.c.prev_hash
        ).where(received_envelopes.c.peer == peer, received_envelopes.c.seq.between(seq - 1, seq + 1))
    )
    return {row.seq: row for row in rows}


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


def key_from_event(key: dict[str, Any]) -> tuple[PublicKey, datetime]:
    """The key in a `PeerChanged`. Refuses: `ValueError` for a text that is no key."""
    return PublicKey.from_text(key["public_key"]), parse_time(key["valid_from_at"])
