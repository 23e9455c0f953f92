"""What an export of the book needs beyond the book itself: keys, envelopes, and postings in their order."""

from collections.abc import Iterator

from sqlalchemy import Connection, Table, select

from byttebank.clock import format_time
from byttebank.federation.channel_row import load_channel
from byttebank.federation.evidence import Shown
from byttebank.federation.keyring import KnownKey
from byttebank.storage.channel_tables import channels, received_envelopes, sent_envelopes
from byttebank.storage.channels import keyring
from services.ledger.domain.journal import Posted
from services.ledger.storage.tables import resolutions, transfers

SERVICE = "ledger"
ROWS_AT_A_TIME = 1000


def keys(connection: Connection) -> list[KnownKey]:
    """Every key that the ledger knows, its own county's included."""
    return list(keyring(connection).values())


def shown_channels(connection: Connection, county: str) -> tuple[dict[str, Shown], dict[str, Shown]]:
    """What was sent to each peer and received from it, octet by octet, with the numbers that never count."""
    sent: dict[str, Shown] = {}
    received: dict[str, Shown] = {}
    for row in connection.execute(select(channels).order_by(channels.c.peer)).all():
        peer, channel = row.peer, load_channel(row.channel)
        octets = _kept(connection, sent_envelopes, peer)
        sent[peer] = Shown(county, peer, SERVICE, octets, channel.outgoing.void)
        octets = _kept(connection, received_envelopes, peer)
        received[peer] = Shown(peer, county, SERVICE, octets, channel.incoming.void)
    return sent, received


def postings(connection: Connection) -> Iterator[Posted]:
    """Every posted transfer, the oldest posting first."""
    rows = connection.execution_options(yield_per=ROWS_AT_A_TIME).execute(
        select(transfers, resolutions.c.amount.label("posted"), resolutions.c.resolved_at)
        .join(resolutions, resolutions.c.transfer_id == transfers.c.id)
        .where(resolutions.c.state == "posted")
        .order_by(resolutions.c.id)
    )
    for row in rows:
        yield Posted(
            transfer_id=row.id,
            work_date=row.work_date,
            posted_at=format_time(row.resolved_at),
            debit_account_id=row.debit_account_id,
            credit_account_id=row.credit_account_id,
            amount=row.posted,
            unit=row.unit,
            engagement_id=row.engagement_id,
            part=row.part,
            skill=row.skill,
            reverses=row.reverses,
        )


def _kept(connection: Connection, table: Table, peer: str) -> list[tuple[int, bytes]]:
    rows = connection.execute(
        select(table.c.seq, table.c.octets).where(table.c.peer == peer).order_by(table.c.seq)
    )
    return [(row.seq, bytes(row.octets)) for row in rows]
