"""Requests to take a posted transfer back: one per transfer, asked by the payer's county of the payee's."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from services.ledger.storage.tables import reversal_requests


def keep_request(
    connection: Connection,
    transfer_id: str,
    *,
    direction: str,
    peer: str,
    amount: int,
    reason_code: str,
    now: datetime,
) -> None:
    """The request is open. `direction`: `out` when we ask, `in` when the peer does."""
    connection.execute(
        insert(reversal_requests).values(
            transfer_id=transfer_id,
            direction=direction,
            peer=peer,
            amount=amount,
            reason_code=reason_code,
            state="asked",
            asked_at=now,
        )
    )


def find_request(connection: Connection, transfer_id: str) -> dict[str, Any] | None:
    """The request about this transfer."""
    row = (
        connection.execute(select(reversal_requests).where(reversal_requests.c.transfer_id == transfer_id))
        .mappings()
        .first()
    )
    return dict(row) if row else None


def open_requests(connection: Connection) -> list[dict[str, Any]]:
    """Requests that nobody has answered, oldest first."""
    rows = connection.execute(
        select(reversal_requests)
        .where(reversal_requests.c.state == "asked")
        .order_by(reversal_requests.c.asked_at)
    ).mappings()
    return [dict(row) for row in rows]


def answer(connection: Connection, transfer_id: str, state: str, now: datetime) -> None:
    """An open request about this transfer is `accepted` or `declined`; without one nothing changes."""
    connection.execute(
        update(reversal_requests)
        .where(reversal_requests.c.transfer_id == transfer_id, reversal_requests.c.state == "asked")
        .values(state=state, answered_at=now)
    )
