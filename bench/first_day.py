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
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench.days import Days, seconds_to_both_books
from bench.measuring import cpu_seconds, print_times, timed, wait_until
from demo.client import Client, Refused
from demo.parties import caretaker
from demo.reference import COUNTIES

PORT = 8199
URL = f"http://127.0.0.1:{PORT}"
IDLE_SECONDS = 20.0
QUIET_SECONDS = 3.0


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
        floor = [timed(live) for _ in range(200)]
        print_times("a page that asks nobody", floor)
        agreed = Days(lambda county: Client(URL, county), COUNTIES)
        times = [seconds_to_both_books(agreed.agree()) for _ in range(days)]
        print_times(f"confirm to both books, {days} days", times, floor)
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


if __name__ == "__main__":
    sys.exit(main())
