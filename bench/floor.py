"""The least that a day between two counties can cost: two commits on each side, a confirmed hop each way.

No service, no signature, no shovel, no book: one row per commit with psycopg2, one message per hop with
py-amqp straight into the other county's broker, so that nothing that keeps the protocol's promises can be
faster on the same servers.
"""

import contextlib
import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import amqp
import psycopg2

THERE, BACK = "bench.floor.there", "bench.floor.back"
TABLE = "bench_floor"
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Side:
    """One county's servers: the broker's address with user and password, the database's for psycopg2."""

    broker: dict[str, str]
    database: str


class _Station:
    """One connection to the own database and a channel to each broker."""

    def __init__(self, own: Side, other: Side) -> None:
        self._database = psycopg2.connect(own.database)
        self._own = amqp.Connection(**own.broker)
        self._own.connect()
        self._other = amqp.Connection(**other.broker, confirm_publish=True)
        self._other.connect()
        self._to = self._other.channel()

    def commit_twice(self) -> None:
        with contextlib.closing(self._database.cursor()) as cursor:
            for _ in range(2):
                cursor.execute(f"INSERT INTO {TABLE} (what) VALUES ('a row')")
                self._database.commit()

    def send(self, queue: str) -> None:
        """The other county's broker has confirmed it."""
        self._to.basic_publish(amqp.Message(b"x" * 500, delivery_mode=2), routing_key=queue)

    def each(self, queue: str, act: Callable[[], None]) -> None:
        """Act on each message of a queue of our own, then acknowledge, until nothing comes any more."""
        channel = self._own.channel()
        channel.basic_qos(0, 1, False)

        def take(message: Any) -> None:
            act()
            channel.basic_ack(message.delivery_tag)

        channel.basic_consume(queue, callback=take)
        with contextlib.suppress(TimeoutError, OSError, amqp.AMQPError):
            while True:
                self._own.drain_events(timeout=PATIENCE_SECONDS)


class _Traveller:
    """One day after the other, there and back."""

    def __init__(self, own: Side, other: Side, number: int) -> None:
        self._queues = f"{THERE}.{number}", f"{BACK}.{number}"
        self._station = _Station(own, other)
        self._is_back = threading.Event()
        reader = _Station(own, other)
        back = self._queues[1]
        threading.Thread(target=reader.each, args=(back, self._is_back.set), daemon=True).start()

    def go(self, times: int) -> list[float]:
        """The seconds each day took."""
        took = []
        for _ in range(times):
            began = time.monotonic()
            self._station.commit_twice()
            self._station.send(self._queues[0])
            if not self._is_back.wait(PATIENCE_SECONDS):
                raise SystemExit("the floor: nothing came back")
            self._is_back.clear()
            took.append(time.monotonic() - began)
        return took


def measure(own: Side, other: Side, days: int, at_once: int) -> tuple[list[float], float]:
    """(seconds of each day one after the other, days a second with so many under way at once)."""
    for side in (own, other):
        _make(side, at_once)
    peer = multiprocessing.get_context("spawn").Process(
        target=_answer, args=(other, own, at_once), daemon=True
    )
    peer.start()
    try:
        travellers = [_Traveller(own, other, number) for number in range(at_once)]
        travellers[0].go(5)
        took = travellers[0].go(days)
        threads = [threading.Thread(target=one.go, args=(days // at_once,)) for one in travellers]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return took, len(threads) * (days // at_once) / (time.monotonic() - began)
    finally:
        peer.kill()
        peer.join()


def _make(side: Side, at_once: int) -> None:
    with contextlib.closing(psycopg2.connect(side.database)) as database:
        database.cursor().execute(
            f"CREATE TABLE IF NOT EXISTS {TABLE} (id bigserial PRIMARY KEY, what text NOT NULL)"
        )
        database.commit()
    with amqp.Connection(**side.broker) as connection:
        channel = connection.channel()
        for number in range(at_once):
            for queue in (THERE, BACK):
                channel.queue_declare(
                    f"{queue}.{number}",
                    durable=True,
                    auto_delete=False,
                    arguments={"x-queue-type": "quorum"},
                )


def _answer(own: Side, other: Side, at_once: int) -> None:
    """The other county: two commits and a message back for each that comes."""

    def serve(number: int) -> None:
        station = _Station(own, other)

        def act() -> None:
            station.commit_twice()
            station.send(f"{BACK}.{number}")

        station.each(f"{THERE}.{number}", act)

    threads = [threading.Thread(target=serve, args=(number,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
