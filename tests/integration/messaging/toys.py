"""Services that do next to nothing, and tables that remember what they did."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import eventlet
from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert, select
from sqlalchemy.exc import OperationalError

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import LimitHard, NotFound
from byttebank.messaging.arrivals import Arrival
from byttebank.messaging.handlers import Handlers
from byttebank.messaging.runner import EmbeddedFederation
from byttebank.messaging.service import Runtime, every, on_local, on_peer, rpc
from byttebank.storage.channels import create_channel_tables
from byttebank.storage.messages import create_message_tables, mark_published, outbox
from byttebank.storage.work import Database, Work

metadata = MetaData()
effects = Table(
    "effects",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", String(60), nullable=False),
    Column("value", String(200), nullable=False),
)
TRANSFER = "01a2032c-54a7-71b1-a29b-fce1cb89e936"
RELEASED = {"transfer_id": TRANSFER, "reason": "released"}


def make_tables(engine: Engine, _process: str) -> None:
    """What a toy's first migration would do."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        create_message_tables(connection)
        create_channel_tables(connection)
        metadata.create_all(connection)


def note(work: Work, what: str, value: Any) -> None:
    """Leave a trace of an effect."""
    work.connection.execute(insert(effects).values(what=what, value=str(value)))


def noted(database: Database, what: str) -> list[str]:
    """The traces of an effect, in order."""
    with database.reading() as work:
        rows = work.connection.execute(select(effects).where(effects.c.what == what).order_by(effects.c.id))
        return [row.value for row in rows]


def broken_database() -> OperationalError:
    """What SQLAlchemy raises when the database is away."""
    return OperationalError("SELECT 1", {}, Exception("the database is away"))


def release(federation: EmbeddedFederation, times: int = 1, county: str = "innlandet") -> None:
    """The ledger of a county emits `DaysReleased` so many times, in one transaction."""
    with federation.nodes[county].database("ledger").work() as work:
        for _ in range(times):
            work.emit("DaysReleased", RELEASED)


class Faults:
    """What the toys' next attempts stumble over."""

    coming: ClassVar[list[Exception]] = []
    attempts: ClassVar[int] = 0

    @classmethod
    def come(cls, *faults: Exception) -> None:
        """The next attempts fail with these, in order."""
        cls.coming = list(faults)
        cls.attempts = 0

    @classmethod
    def strike(cls) -> None:
        """Fail if it is time to."""
        cls.attempts += 1
        if cls.coming:
            raise cls.coming.pop(0)


@dataclass(frozen=True)
class Letter:
    """A message on its way to a peer."""

    peer: str
    routing_key: str
    octets: bytes
    headers: dict[str, str]
    token: int


class OpenChannels:
    """Channels that sign nothing and trust everybody, with the interface of the real ones."""

    def __init__(
        self, database: Database, *, service: str, county: str, key: Any, wake: Callable[[], None]
    ) -> None:
        self._database, self._service, self._wake = database, service, wake
        self._peers: list[str] = []
        self.ticks = 0
        self.taken: list[int] = []

    def start(self) -> None:
        self._peers = sorted(set(noted(self._database, "peer")))

    def peers(self) -> list[str]:
        return self._peers

    def peer_changed(self, work: Work, body: dict[str, Any]) -> None:
        note(work, "peer", body["county"])
        self._peers = [*self._peers, body["county"]]

    def outgoing(self, limit: int = 100) -> list[Letter]:
        with self._database.reading() as work:
            query = select(outbox).where(outbox.c.published_at.is_(None), outbox.c.peer.is_not(None))
            rows = list(work.connection.execute(query.order_by(outbox.c.id).limit(limit)).mappings())
        return [
            Letter(row["peer"], row["routing_key"], letter(row["name"], row["body"]), {}, row["id"])
            for row in rows
        ]

    def sent(self, sealed: list[Letter]) -> None:
        with self._database.work() as work:
            mark_published(work.connection, [one.token for one in sealed], work.now)

    def receive(self, *, handle: Handlers, **arrival: Any) -> str:
        return self.receive_together([Arrival(**arrival)], handle)[0]

    def receive_together(self, arrivals: Sequence[Arrival], handle: Handlers) -> list[str]:
        self.taken.append(len(arrivals))
        with self._database.work() as work:
            for arrival in arrivals:
                name, body = json.loads(arrival.octets)
                peer = arrival.queue.split(".")[1]
                assert arrival.stamped_user == f"county-{peer}"
                handle.received(work, ReceivedMessage(peer, name, 1, body, "", "id", 1))
        return ["applied"] * len(arrivals)

    def tick(self) -> None:
        self.ticks += 1


def letter(name: str, body: str) -> bytes:
    """A message as these channels write it."""
    return json.dumps([name, json.loads(body)]).encode()


class ToyLedger:
    """Emits, refuses, fails and waits on demand."""

    name = "ledger"
    runtime = Runtime()

    @rpc
    def account(self, library_id: str) -> dict[str, Any]:
        if library_id == "limit":
            raise LimitHard(library_id=library_id, available_half_days=-3, wanted_half_days=2)
        if library_id == "secret":
            raise ZeroDivisionError("the password is hunter2")
        if library_id == "set":
            return {"not": {"json"}}  # type: ignore[dict-item]
        return {"library_id": library_id, "county": self.runtime.county}

    @rpc
    def positions(self) -> list[Any]:
        eventlet.sleep(0.5)
        return []

    @on_local("ReserveDays")
    def reserve(self, work: Work, body: dict[str, Any]) -> None:
        note(work, "reserved", body["amount_half_days"])
        work.emit("DaysReleased", RELEASED)

    @on_peer("FULFIL")
    def fulfil(self, work: Work, message: ReceivedMessage) -> None:
        note(work, "fulfilled", message.peer)


class ToyMatching:
    """Remembers the days that were released."""

    name = "matching"
    runtime = Runtime()

    @on_local("DaysReleased")
    def days_released(self, work: Work, body: dict[str, Any]) -> None:
        note(work, "released", body["reason"])
        Faults.strike()

    @on_local("DaysReserved")
    def days_reserved(self, work: Work, body: dict[str, Any]) -> None:
        note(work, "reserved", body["amount_half_days"])
        raise NotFound(kind="engagement")

    @rpc
    def propose(self, proposal: dict[str, Any], actor: dict[str, Any]) -> dict[str, Any]:
        eventlet.sleep(proposal["seconds"])
        with self.runtime.work() as work:
            note(work, "proposed", proposal["id"])
        return proposal


class ToyDirectory:
    """Ticks, and fails every other time."""

    name = "directory"
    runtime = Runtime()

    @rpc
    def county(self) -> dict[str, Any]:
        return {"county": self.runtime.county}

    @every(0.05)
    def tick(self) -> None:
        with self.runtime.work() as work:
            count = len(list(self._ticks(work)))
            note(work, "ticked", count)
        if count % 2:
            raise ZeroDivisionError

    def _ticks(self, work: Work) -> Iterator[Any]:
        yield from work.connection.execute(select(effects).where(effects.c.what == "ticked"))


SERVICES = (ToyLedger, ToyMatching, ToyDirectory)
