"""The book: accounts, balances, and transfers that are held, posted or voided. Append only but for balances.

`hold`, `post`, `void` and `shrink_hold` expect the caller to hold the locks of both balance rows (`lock`).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from services.ledger.domain.accounts import Balance, kind_of, lock_order, unit_of
from services.ledger.domain.transfers import Transfer
from services.ledger.storage.acts import with_successors
from services.ledger.storage.tables import (
    accounts,
    balances,
    entries,
    insert_into,
    prepares_sent,
    resolutions,
    transfers,
)

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


def open_account(connection: Connection, account_id: str, now: datetime) -> None:
    """The account and its zero balance exist, so that there is a row to lock."""
    values = {"id": account_id, "kind": kind_of(account_id), "unit": unit_of(account_id), "opened_at": now}
    connection.execute(insert_into(connection, accounts).values(values).on_conflict_do_nothing())
    connection.execute(
        insert_into(connection, balances).values(account_id=account_id).on_conflict_do_nothing()
    )


def has_account(connection: Connection, account_id: str) -> bool:
    """Whether the account was opened in this county."""
    return connection.execute(select(accounts.c.id).where(accounts.c.id == account_id)).first() is not None


def lock(connection: Connection, account_ids: Iterable[str]) -> None:
    """No other transaction changes these balances before this one ends. Accounts not opened are left out.

    Where an account is closed, the one that took over its days is locked as well: what comes late goes there.
    One statement per row, because the order in which a single statement takes its locks is not ours to say.
    """
    for account_id in lock_order(with_successors(connection, account_ids)):
        connection.execute(
            select(balances.c.account_id).where(balances.c.account_id == account_id).with_for_update()
        )


def lock_id(connection: Connection, transfer_id: str) -> None:
    """No other transaction reserves, posts or releases this id, not even before there is a row to lock."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(transfer_id, 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def balance(connection: Connection, account_id: str) -> Balance:
    """The account's sums; zero for an account that was never opened."""
    row = connection.execute(select(balances).where(balances.c.account_id == account_id)).mappings().first()
    return _balance(row) if row else Balance()


def list_accounts(connection: Connection) -> dict[str, Balance]:
    """Every account with its sums, by id."""
    rows = connection.execute(select(balances).order_by(balances.c.account_id)).mappings()
    return {row["account_id"]: _balance(row) for row in rows}


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
    _add(connection, debit, debits_pending=terms.amount)
    _add(connection, credit, credits_pending=terms.amount)
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
        _add(connection, stored.debit_account_id, debits_pending=-freed)
        _add(connection, stored.credit_account_id, credits_pending=-freed)


def post(connection: Connection, stored: StoredTransfer, amount: int, now: datetime) -> None:
    """The transfer is final: `amount` of what it held stands in the entries, the rest is free again."""
    _resolve(connection, stored.terms.id, "posted", amount, None, now)
    leg = {
        "transfer_id": stored.terms.id,
        "amount": amount,
        "unit": stored.terms.unit,
        "work_date": stored.terms.work_date,
        "posted_at": now,
    }
    for side, account_id in (("debit", stored.debit_account_id), ("credit", stored.credit_account_id)):
        connection.execute(insert(entries).values(**leg, side=side, account_id=account_id))
    _add(connection, stored.debit_account_id, debits_pending=-stored.amount, debits_posted=amount)
    _add(connection, stored.credit_account_id, credits_pending=-stored.amount, credits_posted=amount)


def void(connection: Connection, stored: StoredTransfer, code: str, now: datetime) -> None:
    """The transfer ended without being used; what it held is free again."""
    _resolve(connection, stored.terms.id, "voided", 0, code, now)
    _add(connection, stored.debit_account_id, debits_pending=-stored.amount)
    _add(connection, stored.credit_account_id, credits_pending=-stored.amount)


def void_unseen(connection: Connection, transfer_id: str, code: str, now: datetime) -> None:
    """A transfer that nobody has asked for yet has ended already: the asking is late."""
    _resolve(connection, transfer_id, "voided", 0, code, now)


def add_posted(connection: Connection, account_id: str, debits: int, credits_: int) -> None:
    """So much more is posted on the account. For those who write entries by the batch."""
    _add(connection, account_id, debits_posted=debits, credits_posted=credits_)


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


def _add(connection: Connection, account_id: str, **amounts: int) -> None:
    changed = connection.execute(
        update(balances)
        .where(balances.c.account_id == account_id)
        .values({name: balances.c[name] + amount for name, amount in amounts.items()})
    )
    if changed.rowcount != 1:
        raise LookupError(f"{account_id} was never opened")


def _balance(row: Any) -> Balance:
    return Balance(row["debits_posted"], row["credits_posted"], row["debits_pending"], row["credits_pending"])
