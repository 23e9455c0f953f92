"""The cast of the ledger's tests: three counties, their libraries, and a wire between them."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event

from byttebank.clock import FixedClock
from byttebank.contracts.peer import load_peer
from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.canonical import payload_hash
from byttebank.storage.engine import open_engine
from byttebank.storage.messages import mark_published, waiting_outbox
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database, Work
from services.ledger import operations
from services.ledger.operations.verification import whole_book

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
WORK_DATE = "2026-11-20"


def number(n: int) -> str:
    """An identifier that tests can tell from others."""
    return f"01a2032c-0000-7000-8000-{n:012d}"


EIDSKOG, HAMAR, LOM = number(1), number(2), number(3)
"""Libraries of Innlandet: the host, the lender, and one that may see nothing."""
ASKER, BAERUM = number(11), number(12)
"""Libraries of Akershus."""
DEICHMAN = number(21)
"""The library of Oslo."""

MANAGER = {"person_id": number(71), "library_id": EIDSKOG, "role": "library_manager", "name": "Kari Moen"}
COUNTY_LIBRARY = {"person_id": number(72), "library_id": number(9), "role": "county", "name": "Siri Dahl"}
"""Who acts: the manager of Eidskog, and Innlandet's county library."""

LIBRARIES = {
    EIDSKOG: ("innlandet", "Eidskog folkebibliotek"),
    HAMAR: ("innlandet", "Hamar bibliotek"),
    LOM: ("innlandet", "Lom folkebibliotek"),
    ASKER: ("akershus", "Asker bibliotek"),
    BAERUM: ("akershus", "Bærum bibliotek"),
    DEICHMAN: ("oslo", "Deichman bibliotek"),
}
COUNTIES = {"innlandet": "Innlandet", "akershus": "Akershus", "oslo": "Oslo"}

HANDLERS: dict[str, Callable[[Work, ReceivedMessage], None]] = {
    "PREPARE": operations.prepare,
    "FULFIL": operations.fulfil,
    "REJECT": operations.reject,
    "CANCEL": operations.cancel,
    "REVERSAL_REQUEST": operations.reversal_requested,
    "DECLINED": operations.reversal_declined,
    "RECONCILE": operations.reconciled,
    "COMPARE": operations.comparison_asked,
    "COMPARED": operations.compared,
    "DISPUTE": operations.disputed,
}


def library_document(library_id: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    """A `LibraryChanged` of the cast."""
    county, name = LIBRARIES.get(library_id, ("innlandet", "Et bibliotek"))
    return {
        "id": library_id,
        "county": county,
        "name": name,
        "short_name": name.split()[0],
        "kind": "public",
        "version": version,
        **changes,
    }


def county_document(slug: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    """A `CountyChanged` of the cast: five days, soft."""
    return {
        "slug": slug,
        "name": COUNTIES[slug],
        "code": "NO-00",
        "country": "NO",
        "time_zone": "Europe/Oslo",
        "language": "nb",
        "limit_half_days": 10,
        "version": version,
        **changes,
    }


def peer_document(county: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    """A `PeerChanged` of the cast."""
    return {
        "county": county,
        "name": COUNTIES[county],
        "state": "active",
        "fuse_half_days": 200,
        "keys": [],
        "version": version,
        **changes,
    }


class Ledger:
    """One county's ledger with its database, spoken to as the shell would."""

    def __init__(self, county: str, file: Path, clock: FixedClock) -> None:
        self.county = county
        self.file = file
        self.clock = clock
        self._bare: list[Any] = []
        self._ids = count(1)
        self._seq = count(1)
        self._prefix = f"{sorted(COUNTIES).index(county) + 5:08d}"
        engine = open_engine(f"sqlite:///{file}")
        # Nobody pulls the plug here, and waiting for the disk is most of the time these tests take.
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
        self.database = Database(
            engine,
            county=county,
            service="ledger",
            clock=clock,
            make_id=lambda: f"{self._prefix}-0000-7000-8000-{next(self._ids):012d}",
        )

    def start_over(self, template: Path) -> "Ledger":
        """The county's books are those of the template; statements stay compiled, which saves time."""
        while self._bare:
            self._bare.pop().close()
        self.database.engine.dispose()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        shutil.copy(template, self.file)
        return self

    def back_up(self, file: Path) -> Path:
        """A copy of the database."""
        with self.connect() as connection:
            connection.exec_driver_sql(f"VACUUM INTO '{file}'")
        return file

    def settle_in(self) -> "Ledger":
        """The county knows itself, its peers and every library."""
        with self.database.work() as work:
            operations.county_changed(work, county_document(self.county))
            for county in COUNTIES:
                operations.peer_changed(work, peer_document(county))
            for library_id in LIBRARIES:
                operations.library_changed(work, library_document(library_id))
        return self

    def do(self, operation: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """One operation in a transaction of its own."""
        with self.database.work() as work:
            return operation(work, *arguments, **more)

    def see(self, operation: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        """One question."""
        with self.database.reading() as work:
            return operation(work, *arguments, **more)

    def reserve(self, n: int, amount: int = 2, **changes: Any) -> dict[str, Any]:
        """Reserve `amount` half-days of Eidskog for Hamar under transfer `n`, or as changed."""
        body = {
            "transfer_id": number(100 + n),
            "engagement_id": number(500 + n),
            "payer_library_id": EIDSKOG,
            "payee_library_id": HAMAR,
            "payee_county": "innlandet",
            "amount_half_days": amount,
            "skill": "weeding",
            "work_date": WORK_DATE,
            **changes,
        }
        if "payee_library_id" in changes and "payee_county" not in changes:
            body["payee_county"] = LIBRARIES[changes["payee_library_id"]][0]
        told: dict[str, Any] = self.do(operations.reserve_days, body)
        return told

    def post(self, n: int, amount: int = 2) -> dict[str, Any]:
        """Post transfer `n`."""
        body = {"transfer_id": number(100 + n), "amount_half_days": amount}
        standing: dict[str, Any] = self.do(operations.post_days, body)
        return standing

    def release(self, n: int) -> dict[str, Any]:
        """Release transfer `n`."""
        standing: dict[str, Any] = self.do(operations.release_days, {"transfer_id": number(100 + n)})
        return standing

    def account(self, library_id: str) -> dict[str, Any]:
        """The library's `Account`."""
        found: dict[str, Any] = self.see(operations.account, library_id)
        return found

    def position(self, county: str) -> dict[str, Any]:
        """The `Position` towards a peer."""
        (found,) = [one for one in self.see(operations.positions) if one["county"] == county]
        return dict(found)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """What this county's other services were told since the last time."""
        with self.database.work() as work:
            rows = waiting_outbox(work.connection, limit=1000, is_local=True)
            mark_published(work.connection, [row.id for row in rows], work.now)
        return [(row.name, json.loads(row.body)) for row in rows]

    def sent(self, peer: str) -> list[ReceivedMessage]:
        """What was sent to the peer since the last time, as the peer will receive it."""
        with self.database.work() as work:
            rows = waiting_outbox(work.connection, limit=1000, is_local=False, peer=peer)
            mark_published(work.connection, [row.id for row in rows], work.now)
        return [
            ReceivedMessage(
                peer=self.county,
                message_type=row.name,
                version=row.version,
                payload=load_peer("ledger", row.name, row.version, json.loads(row.body)),
                payload_hash=payload_hash(json.loads(row.body)),
                message_id=row.message_id,
                seq=next(self._seq),
            )
            for row in rows
        ]

    def receive(self, message: ReceivedMessage) -> None:
        """One message of a peer takes effect, or raises and leaves nothing."""
        with self.database.work() as work:
            HANDLERS[message.message_type](work, message)

    def broken_rules(self) -> list[str]:
        """What is wrong with the book."""
        broken: list[str] = self.see(operations.verify)
        return broken

    def book(self) -> Any:
        """The whole book."""
        return self.see(whole_book)

    def pass_time(self, **time: float) -> None:
        """Let the clock of the whole cast go on."""
        self.clock.move_to(self.clock.now() + timedelta(**time))

    def connect(self) -> Any:
        """A bare connection, for those who would go behind the operations."""
        self._bare.append(self.database.engine.connect())
        return self._bare[-1]


def exchange(*ledgers: Ledger) -> int:
    """Deliver everything in order until nothing is on its way. Returns how many messages that took."""
    delivered = 0
    while True:
        messages = [
            (receiver, message)
            for sender in ledgers
            for receiver in ledgers
            if sender is not receiver
            for message in sender.sent(receiver.county)
        ]
        if not messages:
            return delivered
        for receiver, message in messages:
            receiver.receive(message)
            delivered += 1


def migrated_template(folder: Path) -> Path:
    """A database that the migrations have made, to copy: migrating is slow."""
    file = folder / "ledger.sqlite"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine, "services.ledger")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


def settled_templates(migrated: Path, folder: Path) -> dict[str, Path]:
    """For each county a database that knows every county and library, to copy."""
    for county in COUNTIES:
        with federation({county: migrated}, folder, county) as (ledger,):
            ledger.settle_in()
            with ledger.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return {county: folder / f"{county}.sqlite" for county in COUNTIES}


@contextmanager
def federation(templates: dict[str, Path], folder: Path, *counties: str) -> Iterator[list[Ledger]]:
    """Ledgers on one clock, each on a copy of its county's template."""
    clock = FixedClock(NOW)
    ledgers = []
    for county in counties:
        file = folder / f"{county}.sqlite"
        shutil.copy(templates[county], file)
        ledgers.append(Ledger(county, file, clock))
    try:
        yield ledgers
    finally:
        for ledger in ledgers:
            ledger.database.close()


class Scenes:
    """The three counties, put back to where a play has left them: each play is performed once."""

    def __init__(self, ledgers: list[Ledger], templates: dict[str, Path], folder: Path) -> None:
        self._ledgers = {ledger.county: ledger for ledger in ledgers}
        self._templates = templates
        self._folder = folder
        self._scenes: dict[Play, dict[str, Path]] = {}

    def begin(self) -> dict[str, Ledger]:
        """Nothing has happened yet."""
        return self._put_back(self._templates)

    def after(self, play: "Play") -> dict[str, Ledger]:
        """The play, a function of its own, is over; it let no time pass and everything has been told."""
        if play not in self._scenes:
            ledgers = self.begin()
            play(ledgers)
            assert next(iter(ledgers.values())).clock.now() == NOW
            name = f"{len(self._scenes)}-{play.__name__}"
            self._scenes[play] = {
                county: ledger.back_up(self._folder / f"{name}-{county}.sqlite")
                for county, ledger in ledgers.items()
            }
        return self._put_back(self._scenes[play])

    def _put_back(self, files: dict[str, Path]) -> dict[str, Ledger]:
        for county, ledger in self._ledgers.items():
            ledger.start_over(files[county]).clock.move_to(NOW)
        return dict(self._ledgers)


Play = Callable[[dict[str, Ledger]], Any]
