"""The book on PostgreSQL: kept by triggers, and right when many transactions meet."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg2.extensions
import pytest
from psycopg2.extras import wait_select
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InternalError
from throwaway_postgresql import throwaway_postgresql

from byttebank.clock import FixedClock
from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import Refusal
from byttebank.federation.canonical import payload_hash
from byttebank.storage.bulk import insert_many
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.ledger import operations
from services.ledger.storage.tables import APPEND_ONLY, acts

# The cast is that of the unit tests; the programs are those of the federation's.
sys.path += [str(Path(__file__).parents[2] / folder) for folder in ("unit/ledger", "federation")]

from ledger_cast import (
    ASKER,
    COUNTY_LIBRARY,
    EIDSKOG,
    HAMAR,
    LOM,
    MANAGER,
    NOW,
    WORK_DATE,
    Ledger,
    county_document,
    library_document,
    number,
    peer_document,
)
from programs import Missing, install_missing


class LedgerOnPostgresql(Ledger):
    """The same county, with another database under it."""

    def __init__(self, url: str) -> None:
        super().__init__("innlandet", Path("unused"), FixedClock(NOW))
        self.database = Database(
            open_engine(url), county="innlandet", service="ledger", clock=FixedClock(NOW)
        )


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    try:
        install_missing()
    except Missing as missing:
        pytest.exit(str(missing), returncode=1)
    with throwaway_postgresql() as found:
        yield found


@pytest.fixture
def innlandet(url: str) -> Iterator[Ledger]:
    ledger = LedgerOnPostgresql(url)
    with ledger.database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    migrate(ledger.database.engine, "services.ledger")
    yield ledger.settle_in()
    ledger.database.close()


def all_at_once(acts: list[Callable[[], Any]]) -> Counter[str]:
    """Do everything at the same moment; how often what came of it."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> str:
        barrier.wait()
        try:
            answer = act()
        except Refusal as refusal:
            return refusal.code
        return str((answer or {}).get("code") or (answer or {}).get("state") or "done")

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(one, acts))


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "act", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"]
)
def test_what_is_written_cannot_be_changed_or_removed(innlandet: Ledger, table: str, act: str) -> None:
    innlandet.reserve(1)
    innlandet.post(1)
    columns = dict.fromkeys(("transfers", "entries", "resolutions"), "amount") | {"promises": "half_days"}
    column = columns.get(table, "transfer_id")
    with innlandet.connect() as connection, pytest.raises(InternalError, match="is append only"):
        connection.execute(text(act.format(table=table, column=column)))


def test_promises_made_at_once_stay_below_their_most(innlandet: Ledger) -> None:
    def promise(n: int) -> Any:
        body = {"id": number(800 + n), "library_id": EIDSKOG, "half_days": 15}
        return innlandet.do(operations.make_promise, body, MANAGER)

    assert all_at_once([lambda n=n: promise(n) for n in range(8)]) == {"open": 2, "promises_too_many": 6}
    assert innlandet.account(EIDSKOG)["promised_half_days"] == 30


def test_one_reversal_pressed_many_times_is_one(innlandet: Ledger) -> None:
    innlandet.reserve(1, 4)
    innlandet.post(1, 4)
    body = {"id": number(901), "transfer_id": number(101), "half_days": 3, "reason": "Feil dag"}
    presses = [lambda: innlandet.do(operations.reverse, body, COUNTY_LIBRARY) for _ in range(6)]
    assert all_at_once(presses) == {"posted": 6}
    assert innlandet.account(EIDSKOG)["balance_half_days"] == -1
    assert innlandet.broken_rules() == []


def test_an_account_closes_once_while_others_use_it(innlandet: Ledger) -> None:
    innlandet.reserve(1, 4)
    innlandet.post(1, 4)
    closing = {"library_id": EIDSKOG, "how": "merge", "successor_id": LOM, "reason": "Ett bibliotek"}
    acts: list[Callable[[], Any]] = [
        lambda n=n: innlandet.do(operations.close_account, {**closing, "id": number(910 + n)}, COUNTY_LIBRARY)
        for n in range(4)
    ]
    acts += [lambda n=n: innlandet.reserve(n, 1) for n in range(10, 14)]
    all_at_once(acts)
    assert innlandet.broken_rules() == []
    assert innlandet.see(operations.trial_balance)["imbalance_half_days"] == 0


@pytest.fixture(params=["by COPY", "among greenlets"])
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whether psycopg2 waits by a callback, as eventlet sets it, depends on who was imported before."""
    before = psycopg2.extensions.get_wait_callback()
    callback = wait_select if request.param == "among greenlets" else None
    psycopg2.extensions.set_wait_callback(callback)
    yield
    psycopg2.extensions.set_wait_callback(before)


@pytest.mark.usefixtures("way")
def test_many_rows_at_once_are_what_was_given_and_refused_like_single_ones(innlandet: Ledger) -> None:
    """COPY has a text of its own, in which tabs, backslashes and `\\N` mean something."""
    said = ["", "\\N", "\\.", "a\tb\\tc\nd\re\\", "Čáhci 🙂 'x' \"y\""]
    rows = [
        {"id": number(index), "kind": "opening", "about": EIDSKOG, "half_days": None, "reason": words}
        | {"role": "operator", "body": "{}", "answer": "null", "acted_at": NOW}
        for index, words in enumerate(said)
    ]
    with innlandet.database.work() as work:
        insert_many(work.connection, acts, rows)
    with innlandet.database.reading() as work:
        stored = work.connection.execute(select(acts).order_by(acts.c.number)).mappings()
        assert [{name: row[name] for name in rows[0]} for row in stored] == rows
    with pytest.raises(IntegrityError), innlandet.database.work() as work:
        insert_many(work.connection, acts, rows[:1])


def test_days_from_before_and_every_statement(innlandet: Ledger) -> None:
    rows = [
        {"library": EIDSKOG, "days": f"{1 + n % 3}", "date": f"2025-01-{1 + n % 28:02}", "note": str(n)}
        for n in range(700)
    ]
    assert innlandet.do(operations.import_opening, enumerate(rows, 2)).new == 700
    assert innlandet.do(operations.import_opening, enumerate(rows, 2)).known == 700
    with pytest.raises(operations.ImportRefused):
        innlandet.do(operations.import_opening, [(2, {**rows[0], "note": "new"}), (3, {"library": "?"})])
    for read in (
        lambda cursor: innlandet.see(operations.statement, EIDSKOG, cursor, 200),
        lambda cursor: innlandet.see(operations.county_statement, cursor, 200),
    ):
        lines, cursor = [], None
        while True:
            page = read(cursor)
            lines += page["lines"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(lines) == 700
        assert lines[0]["balance_half_days"] == innlandet.account(EIDSKOG)["balance_half_days"]
        changes = [line.get("change_half_days", line["half_days"]) for line in lines]
        assert lines[-1]["balance_half_days"] == changes[-1]
    assert innlandet.broken_rules() == []


def test_a_hard_limit_holds_when_everybody_asks_at_once(innlandet: Ledger) -> None:
    innlandet.do(
        operations.county_changed, county_document("innlandet", 2, limit_half_days=10, limit_is_hard=True)
    )
    outcomes = all_at_once([lambda n=n: innlandet.reserve(n, 3) for n in range(10)])
    assert outcomes == {"done": 3, "limit_hard": 7}
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 9
    assert innlandet.broken_rules() == []


def test_one_transfer_asked_for_at_once_is_held_once(innlandet: Ledger) -> None:
    assert all_at_once([lambda: innlandet.reserve(1, 2) for _ in range(10)]) == {"done": 10}
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 2


def test_posting_and_releasing_at_once_ends_a_transfer_once(innlandet: Ledger) -> None:
    for n in range(8):
        innlandet.reserve(n, 1)
        outcomes = all_at_once(
            [lambda n=n: innlandet.post(n, 1), lambda n=n: innlandet.release(n)] * 3  # type: ignore[misc]
        )
        assert outcomes in ({"posted": 3, "already_resolved": 3}, {"voided": 3, "already_resolved": 3})
    assert innlandet.broken_rules() == []


def test_reserving_and_releasing_at_once_leaves_nothing_held(innlandet: Ledger) -> None:
    for n in range(8):
        all_at_once([lambda n=n: innlandet.reserve(n, 1), lambda n=n: innlandet.release(n)])
        assert innlandet.broken_rules() == []
        assert innlandet.account(EIDSKOG)["reserved_half_days"] == 0


def test_a_prepare_and_its_cancel_at_once_are_decided_once(innlandet: Ledger) -> None:
    prepares = [message(n, "PREPARE", payee_library_id=HAMAR) for n in range(8)]
    for prepare in prepares:
        cancel = message(prepare.seq, "CANCEL")
        all_at_once([lambda one=one: innlandet.receive(one) for one in (prepare, cancel, prepare, cancel)])
    book = innlandet.book()
    assert len(book.decisions) == 8
    assert innlandet.broken_rules() == []
    answers = innlandet.sent("akershus")
    by_transfer: dict[str, set[str]] = {}
    for answer in answers:
        by_transfer.setdefault(answer.payload["transfer_id"], set()).add(answer.message_type)
    assert [len(kinds) for kinds in by_transfer.values()] == [1] * 8


def test_days_both_ways_and_within_at_once_neither_lock_up_nor_drift(innlandet: Ledger) -> None:
    acts: list[Callable[[], Any]] = []
    for n in range(30):
        payer, payee = ((EIDSKOG, HAMAR), (HAMAR, LOM), (LOM, EIDSKOG))[n % 3]
        acts.append(lambda n=n, payer=payer, payee=payee: through(innlandet, n, payer, payee))
        acts.append(lambda n=n, payer=payer: through(innlandet, 100 + n, payer, ASKER))
        acts.append(lambda n=n, payee=payee: innlandet.receive(message(n, "PREPARE", payee_library_id=payee)))
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result(timeout=60)
    assert innlandet.broken_rules() == []
    assert innlandet.see(operations.trial_balance)["transfers"] == 60
    assert innlandet.position("akershus")["pending_out_half_days"] == 30


def test_transactions_of_many_orders_and_single_ones_at_once_neither_lock_up_nor_drift(
    innlandet: Ledger,
) -> None:
    """Every order is asked for twice, by a batch and by a single call; batches take turns."""

    def order(n: int) -> dict[str, Any]:
        payer, payee = ((EIDSKOG, HAMAR), (HAMAR, LOM), (LOM, EIDSKOG), (EIDSKOG, ASKER))[n % 4]
        return {
            "transfer_id": number(100 + n),
            "engagement_id": number(500 + n),
            "payer_library_id": payer,
            "payee_library_id": payee,
            "payee_county": "akershus" if payee == ASKER else "innlandet",
            "amount_half_days": 1,
            "part": 1,
            "skill": None,
            "work_date": WORK_DATE,
        }

    def batch(numbers: range) -> None:
        bodies = [order(n) for n in numbers]
        postings = [{"transfer_id": body["transfer_id"], "amount_half_days": 1} for body in bodies]
        with innlandet.database.work() as work:
            work.take_turn()
            operations.foresee(work, [("ReserveDays", body, None) for body in bodies])
            for body in bodies:
                operations.reserve_days(work, body)
        with innlandet.database.work() as work:
            work.take_turn()
            operations.foresee(work, [("PostDays", body, None) for body in postings])
            for body in postings:
                operations.post_days(work, body)

    acts: list[Callable[[], Any]] = [
        lambda start=start: batch(range(start, start + 8)) for start in (0, 8, 16)
    ]
    acts += [lambda n=n: innlandet.do(operations.reserve_days, order(n)) for n in range(0, 24, 5)]
    told = all_at_once(acts)
    assert sum(told.values()) == told["done"] == len(acts)
    assert innlandet.broken_rules() == []
    balances = {one: innlandet.account(one)["balance_half_days"] for one in (EIDSKOG, HAMAR, LOM)}
    assert balances == {EIDSKOG: 0, HAMAR: 0, LOM: 0}
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 6


def test_a_book_is_read_as_it_was_at_one_moment(innlandet: Ledger) -> None:
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(through, innlandet, n, EIDSKOG, (HAMAR, LOM)[n % 2]) for n in range(60)]
        while not all(one.done() for one in written):
            assert innlandet.broken_rules() == []
    assert innlandet.see(operations.trial_balance)["transfers"] == 60


def test_libraries_and_peers_told_at_once_and_in_any_order_end_the_same(innlandet: Ledger) -> None:
    documents = [library_document(HAMAR, version, name=f"Hamar {version}") for version in range(2, 12)]
    acts = [lambda one=one: innlandet.do(operations.library_changed, one) for one in documents]
    acts += [
        lambda version=version: innlandet.do(
            operations.peer_changed, peer_document("akershus", version, fuse_half_days=version)
        )
        for version in range(2, 12)
    ]
    all_at_once(acts)
    names = [one["name"] for one in innlandet.see(operations.trial_balance)["accounts"]]
    assert "Hamar 11" in names
    assert innlandet.position("akershus")["fuse_half_days"] == 11


def through(ledger: Ledger, n: int, payer: str, payee: str) -> None:
    """Reserve and post one half-day."""
    ledger.reserve(n, 1, payer_library_id=payer, payee_library_id=payee)
    ledger.post(n, 1)


def message(n: int, kind: str, **changes: str) -> Any:
    """A message of Akershus about its transfer `n`."""
    payload: dict[str, Any] = {"transfer_id": number(7000 + n)}
    if kind == "PREPARE":
        payload |= {
            "amount_half_days": 1,
            "unit": "half_day",
            "payer_library_id": ASKER,
            "engagement_id": number(8000 + n),
            "part": 1,
            "skill": None,
            "work_date": "2026-11-20",
            "reverses": None,
            **changes,
        }
    return ReceivedMessage("akershus", kind, 1, payload, payload_hash(payload), number(9000 + n), n)
