"""The ledger's own speed, beside what the same PostgreSQL and others' ledgers do in the same run.

    python -m bench.ledger [--transfers 320] [--hordak PYTHON] [--large]

Starts a PostgreSQL of its own that waits for the disk, and prints: pgbench's TPC-B with 1 and 8 clients;
django-hordak's `transfer_to`; our hold and post with inbox and outbox, one by one and many in one
transaction; days between two counties from PREPARE to POSTED with signatures, without a broker (with
brokers: `bench.settlement`), and what each act of them costs; the importing of a book, and a page of its
statement and a posting as the book grows; days between 2, 6 and 15 counties. Ratios travel to other
machines, figures do not. Fails only when a book is wrong at the end.
"""

import argparse
import logging
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import structlog

from bench.books import COUNTIES, Ledger, introduce, known_libraries
from bench.counties import spread
from bench.growth import grow
from bench.measuring import percentile, timed
from byttebank.messaging.sealing import Outgoing

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "federation"))
from postgresql import SYSTEM_USER, Cluster
from programs import install_missing, program

PGBENCH_SECONDS = 5
BATCHES = (32, 128)
ONE_AND_MANY = (1, 32)
MOST_COSTED = 160
COUNTY_COUNTS = (2, 6, 15)
GOALS = {False: 1.0, True: 3.0}
"""How many times django-hordak's rate is wanted, one by one and many together."""

Order = dict[str, Any]


def main() -> int:
    """Measure and print. 1 when a book is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    parser.add_argument("--transfers", type=int, default=320, help="how many to time of each kind")
    parser.add_argument("--large", action="store_true", help="let the book grow to a million entries")
    parser.add_argument("--hordak", help="a Python that has django-hordak (make bench-ledger makes one)")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    install_missing("initdb", "pgbench")
    folder = Path(tempfile.mkdtemp(prefix="byttebank-ledger-"))
    folder.chmod(0o755)
    clusters = [Cluster(folder / county, county, is_durable=True) for county in COUNTIES]
    try:
        for cluster in clusters:
            cluster.start()
            cluster.wait_until_ready()
            cluster.make_databases()
        tpcb = {clients: _pgbench(clusters[0], clients) for clients in (1, 8)}
        for clients, rate in tpcb.items():
            print(f"pgbench TPC-B, {clients} client(s): {rate:.0f}/s")
        hordak = _hordak(clusters[0], asked.hordak, asked.transfers) if asked.hordak else None
        print(
            "django-hordak: not asked for" if hordak is None else f"django-hordak transfer_to: {hordak:.0f}/s"
        )
        libraries = known_libraries()
        here, there = (
            Ledger(cluster.county, cluster.url("ledger", f"{cluster.county}_owner"), libraries)
            for cluster in clusters
        )
        introduce(here, there)
        _within(here, asked.transfers, hordak, tpcb[8])
        _between(here, there, asked.transfers)
        _costs(here, there, min(asked.transfers, MOST_COSTED))
        grow(here, [10**4, 10**5, *([10**6] if asked.large else [])])
        server = f"postgresql://{SYSTEM_USER}@127.0.0.1:{clusters[1].port}"
        if wrong := [*here.wrong(), *there.wrong(), *spread(server, COUNTY_COUNTS)]:
            print("\n".join(wrong))
            return 1
    finally:
        for cluster in clusters:
            cluster.end()
        shutil.rmtree(folder, ignore_errors=True)
    print("every book is right")
    return 0


def _within(ledger: Ledger, count: int, hordak: float | None, tpcb: float) -> None:
    for together in (1, *BATCHES):
        orders = list(islice(ledger.orders(is_abroad=False), count + together))
        _by(ledger.hold_and_post, orders[:together], together)
        began = time.monotonic()
        _by(ledger.hold_and_post, orders[together:], together)
        rate = count / (time.monotonic() - began)
        line = f"hold and post, {_how(together)}: {rate:.0f}/s, {rate / tpcb:.2f} of TPC-B with 8"
        if hordak is not None:
            line += f", {rate / hordak:.2f} of django-hordak (goal {GOALS[together > 1]:g})"
        print(line)


def _between(here: Ledger, there: Ledger, count: int) -> None:
    """PREPARE to POSTED, sealed, verified and decided on both sides in this one process."""
    for together in (1, *BATCHES):
        orders = list(islice(here.orders(is_abroad=True), count))
        _by(here.hold, orders, together)
        took = [timed(partial(_settle, here, there, some)) for some in _parts(orders, together)]
        print(
            f"PREPARE to POSTED in both books, {_how(together)}: {count / sum(took):.0f}/s,"
            f" p50 {percentile(took, 0.5) * 1000:.1f} ms, p99 {percentile(took, 0.99) * 1000:.1f} ms"
        )


def _settle(here: Ledger, there: Ledger, orders: list[Order]) -> None:
    here.post(orders)
    there.hear(here.county, here.take_out(len(orders)), len(orders))
    here.hear(there.county, there.take_out(len(orders)), len(orders))


def _costs(here: Ledger, there: Ledger, count: int) -> None:
    """What each act costs this process and asks of the database, by how many share a transaction."""
    print(
        f"{'milliseconds of the processor and statements, each:':<58}"
        + "".join(f"{_how(one):>22}" for one in ONE_AND_MANY)
    )
    found: dict[str, list[str]] = {}
    for together in ONE_AND_MANY:
        for what, seconds, statements in _acts(here, there, count, together):
            found.setdefault(what, []).append(f"{seconds / count * 1000:12.2f}{statements / count:10.1f}")
    for what, figures in found.items():
        print(f"    {what:<54}" + "".join(figures))


def _acts(here: Ledger, there: Ledger, count: int, together: int) -> Iterator[tuple[str, float, int]]:
    """Each act with its seconds of the processor and its statements, of so many days."""
    told = {ledger: ledger.statements() for ledger in (here, there)}
    orders = list(islice(here.orders(is_abroad=True), count))
    leaving: list[Outgoing] = []

    def cost(what: str, ledger: Ledger, act: Callable[[], object]) -> tuple[str, float, int]:
        told[ledger].clear()
        began = time.process_time()
        act()
        return what, time.process_time() - began, len(told[ledger])

    def take_out(ledger: Ledger) -> None:
        leaving.clear()
        while batch := ledger.take_out(together):
            leaving.extend(batch)

    yield cost("payer: hold", here, lambda: _by(here.hold, orders, together))
    yield cost("payer: PREPARE", here, lambda: _by(here.post, orders, together))
    yield cost("payer: seal and mark as sent", here, lambda: take_out(here))
    yield cost(
        "payee: verify, decide, credit, FULFIL", there, lambda: there.hear(here.county, leaving, together)
    )
    yield cost("payee: seal and mark as sent", there, lambda: take_out(there))
    yield cost("payer: verify, post", here, lambda: here.hear(there.county, leaving, together))


def _by(act: Callable[[list[Order]], object], orders: list[Order], together: int) -> None:
    for some in _parts(orders, together):
        act(some)


def _parts(orders: list[Order], together: int) -> Iterator[list[Order]]:
    for start in range(0, len(orders), together):
        yield orders[start : start + together]


def _how(together: int) -> str:
    return "one by one" if together == 1 else f"{together} together"


def _pgbench(cluster: Cluster, clients: int) -> float:
    """Transactions a second of PostgreSQL's own benchmark."""
    own = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", SYSTEM_USER]
    for what in (["-i", "-q", "-s", "10"], ["-c", str(clients), "-j", "2", "-T", str(PGBENCH_SECONDS)]):
        done = subprocess.run(
            [program("pgbench"), *own, *what, "postgres"], capture_output=True, text=True, check=True
        )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


def _hordak(cluster: Cluster, python: str, count: int) -> float:
    """Transfers a second of django-hordak on the same server, in a process of its own."""
    command = [python, "-m", "bench.hordak", str(cluster.port), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
