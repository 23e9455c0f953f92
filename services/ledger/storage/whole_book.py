"""The whole book in one reading, for those who check it."""

from typing import Any

from sqlalchemy import Connection, Table, select

from services.ledger.domain.clearing_acts import OPEN
from services.ledger.domain.clearing_invariants import Cleared
from services.ledger.domain.invariants import Book, Entry, Resolution, Sent
from services.ledger.domain.settlement import Decision
from services.ledger.domain.transfers import Transfer
from services.ledger.storage import clearing
from services.ledger.storage.acts import successors
from services.ledger.storage.book import list_accounts
from services.ledger.storage.promises import every_promise
from services.ledger.storage.tables import (
    decisions,
    entries,
    prepares_received,
    prepares_sent,
    resolutions,
    transfers,
    waiting,
)


def read_book(connection: Connection, county: str) -> Book:
    """Everything the county has written, as the checks want it."""
    received = {row.id: row for row in _rows(connection, prepares_received)}
    return Book(
        county=county,
        transfers={row.id: Transfer(**_fields(row, Transfer)) for row in _rows(connection, transfers)},
        resolutions=[Resolution(**_fields(row, Resolution)) for row in _rows(connection, resolutions)],
        entries=[Entry(**_fields(row, Entry)) for row in _rows(connection, entries)],
        balances=list_accounts(connection),
        sent={row.transfer_id: Sent(**_fields(row, Sent)) for row in _rows(connection, prepares_sent)},
        received={(row.peer, row.transfer_id): row.payload_hash for row in received.values()},
        waiting=frozenset(
            (received[row.received_id].peer, received[row.received_id].transfer_id)
            for row in _rows(connection, waiting)
        ),
        decisions={
            (row.peer, row.transfer_id): Decision(**_fields(row, Decision))
            for row in _rows(connection, decisions)
        },
        clearings=_clearings(connection, county),
        closed=frozenset(successors(connection)),
        ended_promises={one.id: (one.half_days, one.ended_half_days) for one in every_promise(connection)},
    )


def _clearings(connection: Connection, county: str) -> dict[str, Cleared]:
    found = {}
    for round_id in clearing.round_ids(connection, limit=100_000):
        stored = clearing.find_round(connection, round_id, county)
        if stored is not None:
            round_ = stored.round
            legs = round_.result.legs_of(county) if round_.result else {}
            reserved = frozenset(clearing.reserved_of(connection, round_id))
            found[round_id] = Cleared(round_.stage, legs, round_.is_committed, reserved, round_.stage in OPEN)
    return found


def _rows(connection: Connection, table: Table) -> list[Any]:
    return list(connection.execute(select(table)))


def _fields(row: Any, kind: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.__dataclass_fields__}
