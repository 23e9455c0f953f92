"""The tables of the channels to the peers.

Envelopes are never changed or deleted: they prove what was said. The detached parts beside the sent ones hold
names and may be erased.
"""

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, MetaData, String, Table, Text

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
    Column("epoch", Integer, nullable=False),
    Column("envelope_hash", String(64), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("message_type", String(60), nullable=False),
    Column("octets", LargeBinary, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)

peers_heard = Table(
    "peers_heard",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("heard_at", UtcTime, nullable=False),
    Column("lacks_from", Integer, nullable=False),
)
"""When a peer last sent a control message, and the first of our numbers that it has not said it holds."""


def create_channel_tables(connection: Connection) -> None:
    """The tables exist. For the first migration of each service that talks to its like in other counties."""
    metadata.create_all(connection)
