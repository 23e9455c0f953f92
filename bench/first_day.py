"""How long things take in the embedded federation, measured from outside by HTTP.

    python -m bench.first_day [--days 200]

Prints: seconds until the first page of a fresh federation and of a second start, idle CPU and memory, and the
time from the second "it happened" to both counties' books. The peer beside it is the floor: a page that asks
nobody. Fails only when the books are wrong at the end.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from byttebank.storage.work import TIME_ZONE
from demo.accounts import PASSWORD
from demo.client import Client, Refused
from demo.parties import caretaker
from demo.people import people_of
from demo.reference import COUNTIES, DemoLibrary, read_libraries

PORT = 8199
URL = f"http://127.0.0.1:{PORT}"
IDLE_SECONDS = 20.0
QUIET_SECONDS = 3.0
PATIENCE_SECONDS = 300.0


def main() -> int:
    """Measure and print. 1 when the books do not agree at the end."""
    parser = argparse.ArgumentParser(prog="python -m bench.first_day", description=__doc__)
    parser.add_argument("--days", type=int, default=200, help="how many days to confirm")
    days = parser.parse_args().days
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        federation, seconds = start(state)
        print(f"first page of a fresh federation after {seconds:.1f} s")
        settled = wait_until(books_agree)
        print(f"all books agree after {seconds + settled:.1f} s")
        print(f"all counties have heard everything after {seconds + settled + quiet(federation.pid):.1f} s")
        print(f"stopped in {stop(federation):.1f} s")
        federation, seconds = start(state)
        print(f"second start, first page after {seconds:.1f} s")
        wait_until(books_agree)
        quiet(federation.pid)
        idle, megabytes = rest(federation.pid)
        print(f"idle: {idle:.1f} % of a core over {IDLE_SECONDS:.0f} s, {megabytes:.0f} MB")
        print_times("a page that asks nobody", [timed(live) for _ in range(200)])
        print_times(f"confirm to both books, {days} days", confirm_many(days))
        wait_until(books_agree)
        stop(federation)
    print("the books agree")
    return 0


def start(state: Path) -> tuple[subprocess.Popen[bytes], float]:
    """The federation, and the seconds until every county was ready."""
    command = [sys.executable, "-m", "byttebank", "up", "--state", str(state), "--port", str(PORT)]
    command += ["--metrics-port", "-1", "--log-level", "WARNING"]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for county in COUNTIES:
        while not answers(f"{URL}/{county}/readyz"):
            if process.poll() is not None:
                raise SystemExit("the federation did not start")
            time.sleep(0.02)
    return process, time.monotonic() - began


def stop(process: subprocess.Popen[bytes]) -> float:
    """Ctrl-C; the seconds it took."""
    began = time.monotonic()
    process.terminate()
    process.wait(30)
    return time.monotonic() - began


def answers(url: str) -> bool:
    """Whether the address answers with 200."""
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def live() -> None:
    """One request that touches no service."""
    assert answers(f"{URL}/innlandet/livez")


def quiet(pid: int) -> float:
    """Seconds until the process does next to nothing for a while: nobody has anything more to say."""
    began = time.monotonic()
    while True:
        before = cpu_seconds(pid)
        time.sleep(QUIET_SECONDS)
        if cpu_seconds(pid) - before < QUIET_SECONDS / 10:
            return time.monotonic() - began - QUIET_SECONDS


def rest(pid: int) -> tuple[float, float]:
    """Per cent of a core while nothing happens, and megabytes in memory."""
    before = cpu_seconds(pid)
    time.sleep(IDLE_SECONDS)
    busy = (cpu_seconds(pid) - before) / IDLE_SECONDS * 100
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return busy, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def books_agree() -> bool:
    """Every book is balanced, and every pair of counties says the same with nothing under way."""
    clients = {county: caretaker(URL, county) for county in COUNTIES}
    try:
        if any(client.get("trial-balance")["imbalance_days"] for client in clients.values()):
            raise SystemExit("a book is out of balance")
        positions = {
            county: {one["county"]: one for one in client.get("positions")["items"]}
            for county, client in clients.items()
        }
    except Refused:
        return False
    return all(
        position["owed_to_us_days"] == positions[peer][county]["owed_by_us_days"]
        and position["channel_state"] == "open"
        and not position["in_doubt_count"]
        for county, mine in positions.items()
        for peer, position in mine.items()
    )


def confirm_many(days: int) -> list[float]:
    """Seconds from the second "it happened" until both accounts show it, one day after the other."""
    libraries = {county: [one for one in read_libraries() if one.county == county] for county in COUNTIES}
    pairs = cycle((host, lender) for host in COUNTIES for lender in COUNTIES if host != lender)
    hosts = {county: signed_in(libraries[county][0]) for county in COUNTIES}
    free = {county: iter([one for one in found for _ in range(2)]) for county, found in libraries.items()}
    lenders: dict[str, Client] = {}
    times: list[float] = []
    while len(times) < days:
        host_county, lender_county = next(pairs)
        lender = next(free[lender_county], None)
        if lender is None:
            if all(next(rest_, None) is None for rest_ in free.values()):
                raise SystemExit(f"only {len(times)} colleagues are free today")
            continue
        if lender.id not in lenders:
            lenders[lender.id] = signed_in(lender)
        times.append(one_day(libraries[host_county][0], hosts[host_county], lender, lenders[lender.id]))
    return times


def one_day(host: DemoLibrary, host_client: Client, lender: DemoLibrary, lender_client: Client) -> float:
    """Agree on half a day today, confirm it, and time the way into both books."""
    contact, visitor = people_of(host)[0], people_of(lender)[0]
    proposal = {
        "host_library_id": host.id,
        "lender_library_id": lender.id,
        "colleague_id": visitor.id,
        "dates": [datetime.now(ZoneInfo(TIME_ZONE)).date().isoformat()],
        "days": 0.5,
        "host_contact_id": contact.id,
        "host_contact_name": contact.name,
    }
    path = f"engagements/{host_client.post('engagements', proposal)['id']}"
    wait_until(lambda: state_of(lender_client, path) == "proposed")
    lender_client.post(f"{path}/accept")
    wait_until(lambda: state_of(lender_client, path) == "agreed")
    host_client.post(f"{path}/confirm", {"happened": True})
    wait_until(lambda: state_of(lender_client, path) == "carried_out")
    received = host_client.get(f"accounts/{host.id}")["received_days"]
    given = lender_client.get(f"accounts/{lender.id}")["given_days"]
    began = time.monotonic()
    lender_client.post(f"{path}/confirm", {"happened": True})
    wait_until(lambda: lender_client.get(f"accounts/{lender.id}")["given_days"] > given)
    wait_until(lambda: host_client.get(f"accounts/{host.id}")["received_days"] > received)
    return time.monotonic() - began


def state_of(client: Client, path: str) -> str:
    """The engagement's state as the client's county shows it, or empty before it has heard of it."""
    try:
        return str(client.get(path)["state"])
    except Refused:
        return ""


def signed_in(library: DemoLibrary) -> Client:
    """The library's manager."""
    client = Client(URL, library.county)
    client.sign_in(people_of(library)[0].email, PASSWORD)
    return client


def wait_until(question: Callable[[], bool]) -> float:
    """Seconds until the answer was yes."""
    began = time.monotonic()
    while not question():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise SystemExit("waited too long")
        time.sleep(0.002)
    return time.monotonic() - began


def timed(act: Callable[[], Any]) -> float:
    """Seconds that the act takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began


def print_times(what: str, seconds: list[float]) -> None:
    """The median and the 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    print(f"{what}: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
