"""The peers, their channels and their keys, as one service knows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from byttebank.clock import parse_time
from byttebank.federation.channel import Channel, missing
from byttebank.federation.channel_row import dump_channel, load_channel
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.federation.keys import PublicKey
from byttebank.federation.ranges import NO_NUMBERS, Ranges
from byttebank.storage.channel_tables import channels, create_channel_tables, peer_keys, peers_heard
from byttebank.storage.envelopes import received
from byttebank.storage.transaction import transaction_of

__all__ = [
    "PeerRow",
    "add_key",
    "add_peer",
    "channel_states",
    "create_channel_tables",
    "key_from_event",
    "keyring",
    "lock_peer",
    "missing_before",
    "note_heard",
    "peers",
    "store_channel",
    "store_peer_state",
    "unsure_peers",
]


@dataclass(frozen=True)
class PeerRow:
    """A peer as this service knows it: its state and version from the directory, and the channel."""

    peer: str
    peer_state: str
    peer_version: int
    channel: Channel


_LOCK = select(channels).where(channels.c.peer == bindparam("peer")).with_for_update()
_STATES = select(channels.c.peer, channels.c.channel)
_STORE = update(channels).where(channels.c.peer == bindparam("of_peer")).values(channel=bindparam("text"))


class _Unsure:
    """Whom we are unsure of among which peers, as this transaction has read it."""

    def __init__(self) -> None:
        self.among: dict[tuple[str, ...], frozenset[str]] = {}

    def forget(self) -> None:
        """See `byttebank.storage.transaction.Memory`."""
        self.among.clear()

    def write(self, connection: Connection) -> None:
        """See `byttebank.storage.transaction.Memory`."""


def peers(connection: Connection) -> list[str]:
    """Every county that we exchange or have exchanged with."""
    return list(connection.scalars(select(channels.c.peer).order_by(channels.c.peer)))


def channel_states(connection: Connection) -> dict[str, str]:
    """Peer to the state of its channel: recovering, open or frozen."""
    rows = connection.execute(_STATES)
    return {row.peer: str(load_channel(row.channel).state) for row in rows}


def unsure_peers(connection: Connection, *among: str) -> frozenset[str]:
    """The peers, `among` these if any are named, that have not told us yet, since our last start, what we had
    said to them.
    """
    read = transaction_of(connection).memory(_Unsure).among
    if among not in read:
        query = select(channels.c.peer, channels.c.channel).where(channels.c.peer_state != "left")
        rows = connection.execute(query.where(channels.c.peer.in_(among)) if among else query)
        unsure = (row.peer for row in rows if not load_channel(row.channel).outgoing.is_recovered)
        read[among] = frozenset(unsure)
    return read[among]


def missing_before(connection: Connection, peer: str, seq: int) -> Ranges:
    """The peer's numbers below this one that are neither held nor void."""
    row = connection.execute(select(channels.c.channel).where(channels.c.peer == peer)).one_or_none()
    held = received(connection, peer).numbers
    return missing(load_channel(row.channel), held, up_to=seq - 1) if row is not None else NO_NUMBERS


def lock_peer(connection: Connection, peer: str) -> PeerRow | None:
    """The peer's row, locked until the end of the transaction; None for a county that we do not know."""
    row = connection.execute(_LOCK, {"peer": peer}).one_or_none()
    if row is None:
        return None
    return PeerRow(row.peer, row.peer_state, row.peer_version, load_channel(row.channel))


def add_peer(connection: Connection, row: PeerRow) -> None:
    """The peer is known from now on."""
    transaction_of(connection).memory(_Unsure).forget()
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
    transaction_of(connection).memory(_Unsure).forget()
    connection.execute(_STORE, {"of_peer": channel.peer, "text": dump_channel(channel)})


def store_peer_state(connection: Connection, peer: str, state: str, version: int) -> None:
    """What the directory said last of the peer."""
    transaction_of(connection).memory(_Unsure).forget()
    connection.execute(
        update(channels).where(channels.c.peer == peer).values(peer_state=state, peer_version=version)
    )


def note_heard(connection: Connection, peer: str, now: datetime, *, lacks_from: int | None = None) -> None:
    """The peer has sent a control message now; with `lacks_from`, it holds our numbers before that one."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    news: dict[str, Any] = {"heard_at": now} | ({} if lacks_from is None else {"lacks_from": lacks_from})
    statement = dialect.insert(peers_heard).values({"peer": peer, "lacks_from": 1, **news})
    connection.execute(statement.on_conflict_do_update(index_elements=[peers_heard.c.peer], set_=news))


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


def key_from_event(key: dict[str, Any]) -> tuple[PublicKey, datetime]:
    """The key in a `PeerChanged`. Refuses: `ValueError` for a text that is no key."""
    return PublicKey.from_text(key["public_key"]), parse_time(key["valid_from_at"])
