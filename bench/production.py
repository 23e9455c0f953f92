"""A day between counties in production mode, beside the least it can cost on the same servers.

    python -m bench.production [--days 100] [--at-once 16] [--burst 240]

Starts the test bed (three counties, each on a RabbitMQ and a PostgreSQL of its own) and prints: the second
"it happened" to both books, one day after the other and many at once, beside the floor of `bench.floor`; our
RPC beside a bare nameko echo and our pages beside a bare Flask page; where the time and the processors' time
go. Fails only when the books are wrong at the end.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any
from urllib.request import ProxyHandler, build_opener

from bench import floor
from bench.days import Day, Days, confirm, seconds_to_both_books
from bench.measuring import cpu_seconds_of_family, percentile, print_times, timed, wait_until
from bench.stages import stages_of
from demo.client import Client

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "federation"))
from bed import Bed
from books import lost_messages, settled_books
from county import County
from programs import free_port, install_missing
from rabbitmq import ADMINISTRATOR, PASSWORD

CALLS = 400
PAGES = 300


def main() -> int:
    """Measure and print. 1 when the books do not agree at the end."""
    parser = argparse.ArgumentParser(prog="python -m bench.production", description=__doc__)
    parser.add_argument("--days", type=int, default=100, help="how many days to time one by one")
    parser.add_argument("--at-once", type=int, default=16, help="how many are under way at once in the burst")
    parser.add_argument("--burst", type=int, default=240, help="how many days the burst has")
    asked = parser.parse_args()
    install_missing("rabbitmq-server", "initdb")
    bed = Bed(is_durable=True)
    try:
        bed.start(tell=lambda line: print(line, file=sys.stderr))
        bed.wait_until_quiet(120)
        days = Days(lambda county: Client(bed.counties[county].gateways()[0], county), list(bed.counties))
        floor_seconds, floor_rate = floor.measure(
            _side(bed.counties["innlandet"]),
            _side(bed.counties["akershus"]),
            max(asked.days, asked.at_once),
            asked.at_once,
        )
        _one_by_one(bed, days, asked.days, floor_seconds)
        _burst(bed, [days.agree() for _ in range(asked.burst)], asked.at_once, floor_rate)
        day = days.agree()
        _calls(bed.counties[day.host.county], day)
        _pages(bed.counties[day.host.county], day)
        settled_books(bed)
        if lost := lost_messages(bed):
            print("\n".join(lost))
            return 1
    finally:
        bed.end()
    print("the books agree and nothing is parked")
    return 0


def _one_by_one(bed: Bed, days: Days, count: int, floor_seconds: list[float]) -> None:
    print_times("floor: four commits, a confirmed hop each way", floor_seconds)
    done, took = [], []
    for _ in range(count):
        day = days.agree()
        took.append(seconds_to_both_books(day))
        done.append(day)
    print_times(f"confirm to both books, {count} days one by one", took, floor_seconds)
    bed.wait_until_quiet()
    found = [stages_of(lambda *asked: bed.counties[asked[0]].cluster.ask(*asked[1:]), day) for day in done]
    print("  of which, from database to database:")
    for name in found[0]:
        times = [stages[name] for stages in found]
        print(
            f"    {name:<44} mean {mean(times) * 1000:5.1f} ms  p99 {percentile(times, 0.99) * 1000:6.1f} ms"
        )


def _burst(bed: Bed, days: list[Day], at_once: int, floor_rate: float) -> None:
    """All are confirmed as fast as so many callers can, and counted until every book has them."""
    with _cpu_used(bed) as used:
        before = _posted(bed)
        began = time.monotonic()
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(confirm, days))
        confirmed = time.monotonic() - began
        wait_until(lambda: _posted(bed) >= before + 2 * len(days), every_seconds=0.1)
        seconds = time.monotonic() - began
    rate = len(days) / seconds
    print(f"floor, {at_once} at once: {floor_rate:.0f} days/s")
    print(f"{len(days)} days confirmed by {at_once} callers in {confirmed:.2f} s")
    print(
        f"... in both books after {seconds:.2f} s: {rate:.0f} days/s ({rate / floor_rate:.2f} of the floor)"
    )
    for who, share in sorted(used.items(), key=lambda one: -one[1]):
        print(f"    {who:<20} {share:6.2f} s of a core, {share / len(days) * 1000:6.1f} ms a day")


def _posted(bed: Bed) -> int:
    """Posted transfers between counties, each counted in both books."""
    statement = (
        "SELECT count(*) FROM resolutions JOIN transfers ON transfers.id = transfer_id"
        " WHERE state = 'posted' AND payer_county <> payee_county"
    )
    found = [county.cluster.ask("ledger", statement)[0][0] for county in bed.counties.values()]
    return sum(int(str(one)) for one in found)


@contextmanager
def _cpu_used(bed: Bed) -> Iterator[dict[str, float]]:
    """After the block: seconds of a core used within it, by kind of process."""
    before = _cpu(bed)
    used: dict[str, float] = {}
    yield used
    used |= {who: seconds - before[who] for who, seconds in _cpu(bed).items()}


def _cpu(bed: Bed) -> dict[str, float]:
    seconds: defaultdict[str, float] = defaultdict(float)
    for county in bed.counties.values():
        seconds["RabbitMQ"] += cpu_seconds_of_family(county.broker.pid)
        seconds["PostgreSQL"] += cpu_seconds_of_family(county.cluster.pid)
        for copy in county.copies:
            seconds[copy.service] += cpu_seconds_of_family(copy.child.pid)
    return seconds


def _calls(county: County, day: Day) -> None:
    command = ["calls", county.broker.url(vhost=county.slug), county.slug, day.host.id, str(CALLS)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.bare", *command], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    print_times("floor: a bare nameko echo", found["echo"])
    print_times("a call to the ledger for an account", found["account"], found["echo"])


def _pages(county: County, day: Day) -> None:
    port = free_port()
    bare = subprocess.Popen([sys.executable, "-m", "bench.bare", "page", str(port)])
    opener = build_opener(ProxyHandler({}))

    def get(url: str) -> Any:
        with opener.open(url, timeout=5) as answer:
            return answer.read()

    def is_up() -> bool:
        try:
            return bool(get(f"http://127.0.0.1:{port}/"))
        except OSError:
            return False

    try:
        wait_until(is_up)
        floor_seconds = [timed(lambda: get(f"http://127.0.0.1:{port}/")) for _ in range(PAGES)]
    finally:
        bare.kill()
        bare.wait()
    front = f"{county.gateways()[0]}/{county.slug}/"
    print_times("floor: a bare Flask page", floor_seconds)
    print_times("the sign-in page", [timed(lambda: get(front)) for _ in range(PAGES)], floor_seconds)
    account = [timed(lambda: day.host_client.get(f"accounts/{day.host.id}")) for _ in range(PAGES)]
    print_times("an account by the API, signed in, two calls behind it", account, floor_seconds)


def _side(county: County) -> floor.Side:
    broker = {
        "host": f"127.0.0.1:{county.broker.port}",
        "userid": ADMINISTRATOR,
        "password": PASSWORD,
        "virtual_host": county.slug,
    }
    owner = f"{county.slug}_owner"
    database = f"host=127.0.0.1 port={county.cluster.port} user={owner} dbname={county.slug}_gateway"
    return floor.Side(broker, database)


if __name__ == "__main__":
    sys.exit(main())
