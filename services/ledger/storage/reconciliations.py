"""What comparing books with the peers has found."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from byttebank.federation.canonical import decode
from byttebank.federation.jws import HASH_OF_NOTHING, payload_of
from byttebank.storage import envelopes
from services.ledger.domain.reconciliation import Fulfilment
from services.ledger.storage.recovery_tables import asked_statements, disputes, reconciliations
from services.ledger.storage.tables import decisions, insert_into, resolutions, transfers

Row = dict[str, Any]


def fulfilments(connection: Connection, peer: str, *, is_sent: bool, through: int) -> list[Fulfilment]:
    """The FULFILs we have sent to the peer, or received from it, up to a number."""
    found = envelopes.of_type(connection, peer, "FULFIL", is_sent=is_sent, through=through)
    return [Fulfilment(seq, _transfer_id(octets)) for seq, octets in found]


def hash_at(connection: Connection, peer: str, seq: int, *, is_sent: bool) -> str:
    """The hash of the last message we have sent, or received, up to a number."""
    return envelopes.hash_at(connection, peer, seq, is_sent=is_sent) or HASH_OF_NOTHING


def posted_amounts(connection: Connection, payer_county: str, payee_county: str) -> dict[str, int]:
    """Half-days by transfer, of all that is posted from libraries of one county to those of another."""
    rows = connection.execute(
        select(resolutions.c.transfer_id, resolutions.c.amount)
        .join(transfers, transfers.c.id == resolutions.c.transfer_id)
        .where(
            resolutions.c.state == "posted",
            transfers.c.payer_county == payer_county,
            transfers.c.payee_county == payee_county,
        )
    )
    return {row.transfer_id: row.amount for row in rows}


def fulfilled_ids(connection: Connection, peer: str) -> set[str]:
    """The peer's transfers that we have decided to fulfil, whether or not that has left yet."""
    query = select(decisions.c.transfer_id).where(
        decisions.c.peer == peer, decisions.c.verdict == "fulfilled"
    )
    return set(connection.scalars(query))


def keep(connection: Connection, row: Row) -> None:
    """The comparison with this peer over this sender's messages stands so."""
    statement = insert_into(connection, reconciliations).values(row)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[reconciliations.c.peer, reconciliations.c.sender],
            set_={name: statement.excluded[name] for name in row if name not in ("peer", "sender")},
        )
    )


def find(connection: Connection, peer: str, sender: str) -> Row | None:
    """The last comparison with this peer over this sender's messages."""
    query = select(reconciliations).where(reconciliations.c.peer == peer, reconciliations.c.sender == sender)
    row = connection.execute(query.with_for_update()).mappings().first()
    return dict(row) if row else None


def list_all(connection: Connection) -> list[Row]:
    """Every comparison, by peer and sender."""
    query = select(reconciliations).order_by(reconciliations.c.peer, reconciliations.c.sender)
    return [dict(row) for row in connection.execute(query).mappings()]


def note_asked(connection: Connection, peer: str, now: datetime) -> None:
    """The peer has been asked for its statement now."""
    statement = insert_into(connection, asked_statements).values(peer=peer, asked_at=now)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[asked_statements.c.peer], set_={"asked_at": statement.excluded.asked_at}
        )
    )


def asked_at(connection: Connection) -> dict[str, datetime]:
    """When each peer was asked last."""
    return {row.peer: row.asked_at for row in connection.execute(select(asked_statements))}


def open_dispute(connection: Connection, row: Row) -> bool:
    """The dispute is open. False when the same one is."""
    same = (
        disputes.c.peer == row["peer"],
        disputes.c.sender == row["sender"],
        disputes.c.seq == row["seq"],
        disputes.c.is_ours == row["is_ours"],
        disputes.c.closed_at.is_(None),
    )
    if connection.execute(select(disputes.c.id).where(*same)).first() is not None:
        return False
    connection.execute(insert(disputes).values(row))
    return True


def close_disputes(connection: Connection, peer: str, sender: str, now: datetime) -> None:
    """The books are the same again over this sender's messages."""
    connection.execute(
        update(disputes)
        .where(disputes.c.peer == peer, disputes.c.sender == sender, disputes.c.closed_at.is_(None))
        .values(closed_at=now)
    )


def open_disputes(connection: Connection) -> list[Row]:
    """Disputes that nobody has settled, oldest first."""
    query = select(disputes).where(disputes.c.closed_at.is_(None)).order_by(disputes.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def _transfer_id(octets: bytes) -> str:
    payload: Any = decode(payload_of(octets))
    return str(payload.get("transfer_id"))
