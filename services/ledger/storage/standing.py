"""Transfers as they stand: what the tables say of each, read once in a transaction and kept as it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from services.ledger.domain.transfers import Transfer
from services.ledger.storage.known import Part, known
from services.ledger.storage.tables import prepares_sent, resolutions, transfers

_TERMS = tuple(Transfer.__dataclass_fields__)
_STANDING = (
    select(
        transfers,
        resolutions.c.state.label("resolution"),
        resolutions.c.amount.label("resolved_amount"),
        prepares_sent.c.amount.label("sent_amount"),
        prepares_sent.c.payload_hash,
        prepares_sent.c.sent_at,
    )
    .outerjoin(resolutions, resolutions.c.transfer_id == transfers.c.id)
    .outerjoin(prepares_sent, prepares_sent.c.transfer_id == transfers.c.id)
)
_WITH_IDS = _STANDING.where(transfers.c.id.in_(bindparam("ids", expanding=True)))
_OF_ENGAGEMENTS = _STANDING.where(transfers.c.engagement_id.in_(bindparam("ids", expanding=True)))
_REVERSALS = _STANDING.where(transfers.c.reverses == bindparam("transfer_id"))
_ENDS = select(resolutions.c.transfer_id, resolutions.c.state).where(
    resolutions.c.transfer_id.in_(bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class StoredTransfer:
    """A transfer as it stands. `state`: pending, prepared (sent to the peer), posted, voided or expired.

    `amount`: what it holds or has posted, at most `terms.amount`.
    """

    terms: Transfer
    debit_account_id: str
    credit_account_id: str
    is_over_limit: bool
    created_at: datetime
    state: str
    amount: int
    prepare_hash: str | None
    sent_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.state in ("pending", "prepared")


def find(connection: Connection, transfer_id: str) -> StoredTransfer | None:
    """The transfer as it stands."""
    return find_all(connection, [transfer_id])[transfer_id]


def find_all(connection: Connection, transfer_ids: Iterable[str]) -> dict[str, StoredTransfer | None]:
    """Each of the transfers as it stands, in one question."""
    read, wanted = known(connection).read, set(transfer_ids)
    unread = wanted - read.transfers.keys()
    if unread:
        rows = connection.execute(_WITH_IDS, {"ids": list(unread)}).mappings()
        found = {row["id"]: _stored(row) for row in rows}
        read.transfers.update({one: found.get(one) for one in unread})
    return {one: read.transfers[one] for one in wanted}


def open_of_payer(connection: Connection, account_id: str) -> list[StoredTransfer]:
    """Transfers that hold days of this account, oldest first."""
    rows = connection.execute(
        _STANDING.where(transfers.c.debit_account_id == account_id, resolutions.c.id.is_(None)).order_by(
            transfers.c.created_at, transfers.c.id
        )
    ).mappings()
    return [_stored(row) for row in rows]


def of_part(connection: Connection, payer_county: str, engagement_id: str, part: int) -> list[StoredTransfer]:
    """Every transfer for one part of an engagement, reversals included."""
    key = (payer_county, engagement_id, part)
    find_parts(connection, [key])
    found = find_all(connection, known(connection).read.parts[key])
    return [stored for stored in found.values() if stored is not None]


def find_parts(connection: Connection, parts: Iterable[Part]) -> None:
    """`of_part` is known for each of these, in one question."""
    read = known(connection).read
    unread = set(parts) - read.parts.keys()
    if not unread:
        return
    rows = connection.execute(_OF_ENGAGEMENTS, {"ids": list({key[1] for key in unread})}).mappings()
    read.parts.update({key: [] for key in unread})
    for row in rows:
        stored = _stored(row)
        read.transfers[stored.terms.id] = stored
        if part_of(stored.terms) in unread:
            read.parts[part_of(stored.terms)].append(stored.terms.id)


def reversals_of(connection: Connection, transfer_id: str) -> list[StoredTransfer]:
    """Every transfer that takes this one back, in whole or in part."""
    rows = connection.execute(_REVERSALS, {"transfer_id": transfer_id}).mappings()
    return [_stored(row) for row in rows]


def resolved_as(connection: Connection, transfer_id: str) -> str | None:
    """How the transfer ended, also when it was never seen."""
    read = known(connection).read
    stored = read.transfers.get(transfer_id)
    if stored is not None:
        return None if stored.is_open else stored.state
    if transfer_id not in read.resolutions:
        find_ends(connection, [transfer_id])
    return read.resolutions[transfer_id]


def find_ends(connection: Connection, transfer_ids: Iterable[str]) -> None:
    """`resolved_as` is known for each of these, in one question."""
    read = known(connection).read
    unread = set(transfer_ids) - read.resolutions.keys()
    if unread:
        found = {row.transfer_id: row.state for row in connection.execute(_ENDS, {"ids": list(unread)})}
        read.resolutions.update({one: found.get(one) for one in unread})


def part_of(terms: Transfer) -> Part:
    """What the transfer stands for, beside others."""
    return terms.payer_county, terms.engagement_id, terms.part


def _stored(row: Any) -> StoredTransfer:
    state, amount = "pending", row["amount"]
    if row["sent_at"] is not None:
        state, amount = "prepared", row["sent_amount"]
    if row["resolution"] is not None:
        state, amount = row["resolution"], row["resolved_amount"]
    return StoredTransfer(
        Transfer(**{name: row[name] for name in _TERMS}),
        row["debit_account_id"],
        row["credit_account_id"],
        row["is_over_limit"],
        row["created_at"],
        state,
        amount,
        row["payload_hash"],
        row["sent_at"],
    )
