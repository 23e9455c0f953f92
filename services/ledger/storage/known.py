"""What one transaction has read of the book, and balances it has changed. So a row is read once and a
balance written once, however many of the transaction's messages concern it.

Whatever is here is forgotten when the transaction has to take a lock it did not hold, since it may have
waited; locked balances stay. A savepoint that is undone takes everything with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Integer, String, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from byttebank.storage.transaction import transaction_of
from services.ledger.domain.accounts import Balance, Limit
from services.ledger.domain.settlement import Decision
from services.ledger.storage.tables import balances, prepares_received, waiting

if TYPE_CHECKING:
    from services.ledger.storage.acts import Act
    from services.ledger.storage.copies import Library, Peer
    from services.ledger.storage.settlements import ReceivedPrepare
    from services.ledger.storage.standing import StoredTransfer

Part = tuple[str, str, int]
"""The payer's county, the engagement, the part of it."""

Sent = tuple[str, str]
"""A peer, and the id it gave a transfer."""

SUMS = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")


@dataclass
class Read:
    """Rows as they were read or have been written since; None, or an empty list, for what is not there."""

    transfers: dict[str, StoredTransfer | None] = field(default_factory=dict)
    parts: dict[Part, list[str]] = field(default_factory=dict)
    resolutions: dict[str, str | None] = field(default_factory=dict)
    closings: dict[str, Act | None] = field(default_factory=dict)
    libraries: dict[str, Library | None] = field(default_factory=dict)
    peers: dict[str, Peer | None] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    without_promises: set[str] = field(default_factory=set)
    prepares: dict[Sent, ReceivedPrepare | None] = field(default_factory=dict)
    decisions: dict[Sent, Decision | None] = field(default_factory=dict)
    waiting: dict[str, list[ReceivedPrepare]] = field(default_factory=dict)
    without_claims: set[Part] = field(default_factory=set)
    originals_awaited: dict[str, str] | None = None
    reserved: dict[str, int] | None = None


class Known:
    """See the module. `read`: until the next lock. `balances`: of the accounts that are locked. `to_await`:
    rows of PREPAREs that wait for a decision since a moment ago; most are decided before anything is written.
    """

    def __init__(self) -> None:
        self.read = Read()
        self.locked_ids: set[str] = set()
        self.balances: dict[str, Balance] = {}
        self.to_await: dict[Sent, dict[str, Any]] = {}
        self._changed: set[str] = set()

    def add(self, account_id: str, **more: int) -> None:
        """So much more is on the locked account. Raises `KeyError` when it is not locked."""
        balance = self.balances[account_id]
        news = {name: getattr(balance, name) + amount for name, amount in more.items()}
        if min(news.values()) < 0:
            raise ValueError(f"{account_id} would hold less than nothing: {news}")
        self.balances[account_id] = replace(balance, **news)
        self._changed.add(account_id)

    def forget(self) -> None:
        """See `byttebank.storage.transaction.Memory`."""
        self.read = Read()

    def write(self, connection: Connection) -> None:
        """See `byttebank.storage.transaction.Memory`."""
        if self._changed:
            changed, self._changed = sorted(self._changed), set()
            rows = [{"account_id": one, **vars(self.balances[one])} for one in changed]
            connection.execute(_WRITE_BALANCES[connection.dialect.name], rows)
        if self.to_await:
            late, self.to_await = self.to_await, {}
            for row in late.values():
                connection.execute(_AWAIT, row)


def known(connection: Connection) -> Known:
    """What the connection's transaction knows."""
    return transaction_of(connection).memory(Known)


def _write_balances(dialect: Any) -> Any:
    statement = dialect.insert(balances)
    news = {name: statement.excluded[name] for name in SUMS}
    upsert = statement.on_conflict_do_update(index_elements=[balances.c.account_id], set_=news)
    # Only what returns rows is sent many at a time.
    return upsert.returning(balances.c.account_id)


# The rows are there and locked, so this never inserts: it updates many in one statement.
_WRITE_BALANCES = {"postgresql": _write_balances(postgresql), "sqlite": _write_balances(sqlite)}
_AWAIT = insert(waiting).from_select(
    ["received_id", "peer", "payee_library_id", "amount"],
    select(
        prepares_received.c.id,
        prepares_received.c.peer,
        bindparam("payee_library_id", type_=String),
        bindparam("amount", type_=Integer),
    ).where(
        prepares_received.c.peer == bindparam("of_peer"),
        prepares_received.c.transfer_id == bindparam("of_transfer_id"),
    ),
)
