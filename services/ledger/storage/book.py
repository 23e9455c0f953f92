"""The book: accounts, balances, and transfers that are held, posted or voided. Append only but for balances.

`hold`, `post`, `void` and `shrink_hold` expect the caller to hold the locks of both balance rows (`lock`).
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select

from services.ledger.domain.transfers import Transfer
from services.ledger.storage.accounts import (
    add_posted,
    balance,
    change,
    has_account,
    list_accounts,
    lock,
    lock_id,
    open_account,
    open_and_lock,
)
from services.ledger.storage.tables import balances, entries, prepares_sent, resolutions, transfers

__all__ = [
    "StoredTransfer",
    "add_posted",
    "balance",
    "count_posted",
    "find",
    "has_account",
    "hold",
    "hold_and_post",
    "list_accounts",
    "lock",
    "lock_id",
    "mark_sent",
    "of_part",
    "open_account",
    "open_and_lock",
    "open_of_payer",
    "post",
    "posted_sums",
    "resolved_as",
    "reversals_of",
    "void",
    "void_unseen",
]

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
    row = connection.execute(_STANDING.where(transfers.c.id == transfer_id)).mappings().first()
    return _stored(row) if row else None


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
    rows = connection.execute(
        _STANDING.where(
            transfers.c.engagement_id == engagement_id,
            transfers.c.part == part,
            transfers.c.payer_county == payer_county,
        )
    ).mappings()
    return [_stored(row) for row in rows]


def reversals_of(connection: Connection, transfer_id: str) -> list[StoredTransfer]:
    """Every transfer that takes this one back, in whole or in part."""
    rows = connection.execute(_STANDING.where(transfers.c.reverses == transfer_id)).mappings()
    return [_stored(row) for row in rows]


def hold(
    connection: Connection, terms: Transfer, county: str, now: datetime, *, is_over_limit: bool = False
) -> StoredTransfer:
    """The transfer is pending and counts as such on both of its accounts."""
    stored = _begin(connection, terms, county, now, is_over_limit=is_over_limit)
    _add(connection, stored, pending=terms.amount)
    return stored


def hold_and_post(connection: Connection, terms: Transfer, county: str, now: datetime) -> StoredTransfer:
    """As `hold` and `post` of all of it: the transfer is final, and was never pending."""
    stored = _begin(connection, terms, county, now, is_over_limit=False)
    _finish(connection, stored, terms.amount, now)
    _add(connection, stored, posted=terms.amount)
    return stored


def _begin(
    connection: Connection, terms: Transfer, county: str, now: datetime, *, is_over_limit: bool
) -> StoredTransfer:
    debit, credit = terms.accounts_at(county)
    connection.execute(
        insert(transfers).values(
            **asdict(terms),
            debit_account_id=debit,
            credit_account_id=credit,
            is_over_limit=is_over_limit,
            created_at=now,
        )
    )
    return StoredTransfer(
        terms, debit, credit, is_over_limit, now, "pending", terms.amount, prepare_hash=None, sent_at=None
    )


def mark_sent(
    connection: Connection, stored: StoredTransfer, peer: str, amount: int, payload_hash: str, now: datetime
) -> None:
    """The transfer is prepared: the peer decides. What is held and not asked for is free again."""
    connection.execute(
        insert(prepares_sent).values(
            transfer_id=stored.terms.id, peer=peer, amount=amount, payload_hash=payload_hash, sent_at=now
        )
    )
    freed = stored.amount - amount
    if freed:
        _add(connection, stored, pending=-freed)


def post(connection: Connection, stored: StoredTransfer, amount: int, now: datetime) -> None:
    """The transfer is final: `amount` of what it held stands in the entries, the rest is free again."""
    _finish(connection, stored, amount, now)
    _add(connection, stored, pending=-stored.amount, posted=amount)


def _finish(connection: Connection, stored: StoredTransfer, amount: int, now: datetime) -> None:
    _resolve(connection, stored.terms.id, "posted", amount, None, now)
    leg = {
        "transfer_id": stored.terms.id,
        "amount": amount,
        "unit": stored.terms.unit,
        "work_date": stored.terms.work_date,
        "posted_at": now,
    }
    sides = (("debit", stored.debit_account_id), ("credit", stored.credit_account_id))
    legs = [{**leg, "side": side, "account_id": account_id} for side, account_id in sides]
    connection.execute(insert(entries), legs)


def void(connection: Connection, stored: StoredTransfer, code: str, now: datetime) -> None:
    """The transfer ended without being used; what it held is free again."""
    _resolve(connection, stored.terms.id, "voided", 0, code, now)
    _add(connection, stored, pending=-stored.amount)


def void_unseen(connection: Connection, transfer_id: str, code: str, now: datetime) -> None:
    """A transfer that nobody has asked for yet has ended already: the asking is late."""
    _resolve(connection, transfer_id, "voided", 0, code, now)


def resolved_as(connection: Connection, transfer_id: str) -> str | None:
    """How the transfer ended, also when it was never seen."""
    return connection.execute(
        select(resolutions.c.state).where(resolutions.c.transfer_id == transfer_id)
    ).scalar_one_or_none()


def posted_sums(connection: Connection) -> dict[str, tuple[int, int]]:
    """(debits, credits) of each account that has entries, summed from the entries themselves."""
    rows = connection.execute(
        select(entries.c.account_id, entries.c.side, func.sum(entries.c.amount)).group_by(
            entries.c.account_id, entries.c.side
        )
    )
    sums: dict[str, dict[str, int]] = {}
    for account_id, side, amount in rows:
        sums.setdefault(account_id, {})[side] = int(amount)
    return {account_id: (side.get("debit", 0), side.get("credit", 0)) for account_id, side in sums.items()}


def count_posted(connection: Connection) -> int:
    """How many transfers are posted."""
    return connection.execute(
        select(func.count()).select_from(resolutions).where(resolutions.c.state == "posted")
    ).scalar_one()


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


def _resolve(
    connection: Connection, transfer_id: str, state: str, amount: int, code: str | None, now: datetime
) -> None:
    connection.execute(
        insert(resolutions).values(
            transfer_id=transfer_id, state=state, amount=amount, code=code, resolved_at=now
        )
    )


def _add(connection: Connection, stored: StoredTransfer, *, pending: int = 0, posted: int = 0) -> None:
    """So much more is pending, and posted, on both of the transfer's accounts."""
    news = {}
    for side, account_id in (("debits", stored.debit_account_id), ("credits", stored.credit_account_id)):
        for what, amount in ((f"{side}_pending", pending), (f"{side}_posted", posted)):
            if amount:
                more = case((balances.c.account_id == account_id, amount), else_=0)
                news[what] = balances.c[what] + more
    change(connection, [stored.debit_account_id, stored.credit_account_id], news)
