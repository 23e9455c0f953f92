"""How fast the embedded broker is on this machine: `python bench/transport.py [--quick]`.

Prints figures and judges none of them. Ends with an error only when an answer is wrong or a message missing.
"""

import eventlet

eventlet.monkey_patch()

import argparse  # noqa: E402
import os  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import quantiles  # noqa: E402

from eventlet import GreenPool  # noqa: E402
from kombu import pools  # noqa: E402
from kombu.connection import Connection  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.rpc import RpcProxy, rpc  # noqa: E402
from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402

from byttebank.messaging.embedded import (  # noqa: E402
    EmbeddedBroker,
    Publication,
    current_broker,
    install,
    start_broker,
)

URL = "embedded://innlandet/"
CONFIG = {"AMQP_URI": URL}
BODY = b"x" * 500


class Echo:
    name = "echo"

    @rpc
    def answer(self, number: int) -> int:
        return number


def main() -> None:
    """Every measurement, one after the other."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true", help="a tenth of everything")
    share = 10 if arguments.parse_args().quick else 1
    install()
    calls_one_by_one(5_000 // share)
    calls_at_once(5_000 // share, callers=10)
    for is_kept in (False, True):
        for size in (1, 100):
            batches(20_000 // share if size > 1 else 5_000 // share, size, is_kept)
        single_publishers(5_000 // share, is_kept)
    moved_by_a_link(20_000 // share)
    read_back(20_000 // share)
    idle_containers(30, seconds=10 / share)


@contextmanager
def broker(path: Path | None = None) -> Iterator[EmbeddedBroker]:
    """A broker for one measurement."""
    started = start_broker(path)
    try:
        yield started
    finally:
        started.close()
        pools.reset()


@contextmanager
def scratch() -> Iterator[Path]:
    """A file that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "broker.sqlite"


def calls_one_by_one(count: int) -> None:
    """nameko RPC, one caller, the next call when the answer is there."""
    with broker():
        container = ServiceContainer(Echo, CONFIG)
        container.start()
        took = []
        with ClusterRpcProxy(CONFIG, timeout=10) as proxy:
            for number in range(count):
                began = time.perf_counter()
                check(proxy.echo.answer(number) == number, "an answer was wrong")
                took.append(time.perf_counter() - began)
        stop([container])
    cuts = quantiles(took, n=100)
    report(
        "RPC, one caller",
        f"{count / sum(took):,.0f} calls/s",
        f"p50 {cuts[49] * 1e3:.2f} ms",
        f"p99 {cuts[98] * 1e3:.2f} ms",
    )


def calls_at_once(count: int, callers: int) -> None:
    """nameko RPC from a service to another, several workers at a time."""

    class Caller:
        name = "caller"
        echo = RpcProxy("echo")

        @rpc
        def ask(self, times: int) -> int:
            return sum(self.echo.answer(1) for _ in range(times))

    with broker():
        containers = [ServiceContainer(service, CONFIG) for service in (Echo, Caller)]
        for container in containers:
            container.start()
        with ClusterRpcProxy(CONFIG, timeout=60) as proxy:
            began = time.perf_counter()
            answers = [proxy.caller.ask.call_async(count // callers) for _ in range(callers)]
            check(sum(answer.result() for answer in answers) == count, "an answer was missing")
            took = time.perf_counter() - began
        stop(containers)
    report(f"RPC, {callers} callers", f"{count / took:,.0f} calls/s")


def batches(count: int, size: int, is_kept: bool) -> None:
    """`publish_many` into one durable queue by `size` messages, each batch confirmed before the next."""
    with scratch() as path, broker(path if is_kept else None) as running:
        declare("queue")
        began = time.perf_counter()
        for _ in range(count // size):
            outcomes = running.publish_many("innlandet", [Publication("", "queue", BODY)] * size)
            check(all(outcome.is_confirmed for outcome in outcomes), "a message was not confirmed")
        took = time.perf_counter() - began
        check(running.queues("innlandet")[0].ready == count, "a message is missing")
    report(f"publish_many by {size}, {where(is_kept)}", f"{count / took:,.0f} messages/s")


def single_publishers(count: int, is_kept: bool, publishers: int = 10) -> None:
    """Confirmed publishing of single messages by several greenthreads."""

    def publish() -> None:
        channel = Connection(URL, transport_options={"confirm_publish": True}).channel()
        for _ in range(count // publishers):
            message = channel.prepare_message(BODY, properties={"delivery_mode": 2})
            channel.basic_publish(message, routing_key="queue")

    with scratch() as path, broker(path if is_kept else None) as running:
        declare("queue")
        began = time.perf_counter()
        pool = GreenPool()
        for _ in range(publishers):
            pool.spawn(publish)
        pool.waitall()
        took = time.perf_counter() - began
        check(running.queues("innlandet")[0].ready == count, "a message is missing")
    report(f"{publishers} publishers with confirms, {where(is_kept)}", f"{count / took:,.0f} messages/s")


def moved_by_a_link(count: int) -> None:
    """A backlog that moves to another county when the link is healed."""
    with scratch() as path, broker(path) as running:
        declare("out.akershus")
        with Connection("embedded://akershus/") as peer:
            channel = peer.channel()
            channel.exchange_declare("bank.in", "fanout", durable=True, auto_delete=False)
            channel.queue_declare("in", durable=True, auto_delete=False)
            channel.queue_bind("in", "bank.in")
        running.link("innlandet", "out.akershus", "akershus", "bank.in", "county-innlandet")
        running.cut("innlandet", "akershus")
        running.publish_many("innlandet", [Publication("", "out.akershus", BODY)] * count)
        began = time.perf_counter()
        running.heal("innlandet", "akershus")
        while not running.is_quiet():
            eventlet.sleep(0.01)
        took = time.perf_counter() - began
        check(running.queues("akershus")[0].ready == count, "a message is missing")
    report(f"a link, {where(True)}", f"{count / took:,.0f} messages/s")


def read_back(count: int) -> None:
    """Starting on a file with messages in it."""
    with scratch() as path:
        with broker(path) as running:
            declare("queue")
            running.publish_many("innlandet", [Publication("", "queue", BODY)] * count)
        began = time.perf_counter()
        with broker(path) as running:
            took = time.perf_counter() - began
            check(running.queues("innlandet")[0].ready == count, "a message is missing")
    report(f"starting with {count:,} messages", f"{took:.2f} s")


def idle_containers(count: int, seconds: float) -> None:
    """What containers cost that have nothing to do, and how long they take to stop together."""

    def service(number: int) -> type:
        members = {
            "name": f"service-{number}",
            "peer": RpcProxy("service-0"),
            "ping": rpc(lambda self: number),
        }
        return type(f"Service{number}", (), members)

    with broker():
        containers = [ServiceContainer(service(number), CONFIG) for number in range(count)]
        began = time.perf_counter()
        for container in containers:
            container.start()
        started = time.perf_counter() - began
        eventlet.sleep(1)
        before, began = os.times(), time.perf_counter()
        eventlet.sleep(seconds)
        after, took = os.times(), time.perf_counter() - began
        used = after.user + after.system - before.user - before.system
        began = time.perf_counter()
        stop(containers)
        stopped = time.perf_counter() - began
    report(
        f"{count} idle containers",
        f"{100 * used / took:.2f} % of a core",
        f"started in {started:.2f} s",
        f"stopped together in {stopped:.2f} s",
    )


def stop(containers: list[ServiceContainer]) -> None:
    """All containers stopped, side by side, as the runner does it."""
    stopping = [eventlet.spawn(container.stop) for container in containers]
    while not all(thread.dead for thread in stopping):
        current_broker().wake()
        eventlet.sleep(0.02)


def declare(queue: str) -> None:
    """A durable queue in Innlandet."""
    with Connection(URL) as connection:
        connection.channel().queue_declare(queue, durable=True, auto_delete=False)


def where(is_kept: bool) -> str:
    """Whether messages reach the disk."""
    return "on disk" if is_kept else "in memory"


def check(is_right: bool, wrong: str) -> None:
    """Refuses: `SystemExit` when something is not as it must be."""
    if not is_right:
        raise SystemExit(f"WRONG: {wrong}")


def report(what: str, *figures: str) -> None:
    """One line of the table."""
    print(f"{what:42}{'  '.join(figures)}", flush=True)


if __name__ == "__main__":
    main()
