"""Three counties with brokers, databases and processes of their own, on this machine, in a temporary folder.

python tests/federation/bed.py      starts them for a person to look at, until Ctrl-C
"""

import atexit
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path
from typing import Any

from county import County
from programs import Missing, install_missing
from rabbitmq import Erlang

from demo.accounts import PASSWORD
from demo.federation import load, sign_ins

COUNTIES = ("innlandet", "akershus", "trondelag")
NEEDED_OCTETS = 3 * 10**9
PREFIX = "byttebank-federation-"
PID_FILE = "pid"


class Bed:
    """The federation, and what one may do to it."""

    def __init__(self, *, is_durable: bool = False) -> None:
        """Nothing runs yet; `end` is called at the latest when the interpreter ends.

        `is_durable`: on a disk and waiting for it, as in production, where tests need not.
        """
        self._is_durable = is_durable
        place = (None if is_durable else _fast_folder()) or tempfile.gettempdir()
        _clear(place)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        (self.folder / PID_FILE).write_text(str(os.getpid()), encoding="utf-8")
        # PostgreSQL runs as another user, who must be able to reach its folder.
        self.folder.chmod(0o755)
        self.counties: dict[str, County] = {}
        self._erlang: Erlang | None = None
        atexit.register(self.end)

    def start(self, *, copies: int = 1, tell: Callable[[str], None] = lambda _line: None) -> "Bed":
        """Every service of every county works, and the demonstration is loaded."""
        began = time.monotonic()

        def say(what: str) -> None:
            tell(f"{time.monotonic() - began:5.1f} s  {what}")

        self._erlang = Erlang(self.folder / "erlang").start()
        self.counties = {
            slug: County(self.folder / slug, slug, self._erlang, is_durable=self._is_durable)
            for slug in COUNTIES
        }
        for county in self.counties.values():
            county.broker.start()
            county.cluster.start()
        self._each(lambda county: county.cluster.wait_until_ready())
        say("three PostgreSQL clusters")
        self._each(lambda county: county.make_databases())
        say("databases, roles and tables")
        self._load()
        say("the demonstration is loaded")
        self._each(lambda county: county.broker.wait_until_ready())
        say("three RabbitMQ brokers")
        self._each(lambda county: county.link([one for one in self.counties.values() if one is not county]))
        say("queues, users and links")
        self.start_services(copies)
        say(f"{sum(len(county.copies) for county in self.counties.values())} processes")
        return self

    def start_services(self, copies: int = 1) -> None:
        """So many copies of each service of each county work."""
        for county in self.counties.values():
            county.start_services(copies)
        for county in self.counties.values():
            county.wait_until_ready()

    def end(self) -> None:
        """Nothing runs, and the folder is gone."""
        atexit.unregister(self.end)
        for county in self.counties.values():
            county.end()
        if self._erlang is not None:
            self._erlang.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cut(self, one: str, other: str) -> None:
        """Nothing passes between the two counties, in either direction."""
        for source, target in permutations((one, other)):
            self.counties[source].wires[target].cut()

    def heal(self, one: str, other: str) -> None:
        """What waited passes, soon."""
        for source, target in permutations((one, other)):
            self.counties[source].wires[target].heal()

    def gateways(self) -> dict[str, list[str]]:
        """County to the addresses of its gateways."""
        return {slug: county.gateways() for slug, county in self.counties.items()}

    def unsettled(self) -> list[str]:
        """What is still under way, in any county or between them; empty when all is quiet."""
        return [line for county in self.counties.values() for line in _unsettled(county)]

    def wait_until_quiet(self, seconds: float = 60.0) -> float:
        """Seconds until nothing was under way any more. Fails with what still is."""
        began = time.monotonic()
        while found := self.unsettled():
            assert time.monotonic() - began < seconds, f"not quiet after {seconds:g} s: {found}"
            time.sleep(0.2)
        return time.monotonic() - began

    def logs(self) -> dict[str, str]:
        """The end of each process's log, by name."""
        copies = [copy for county in self.counties.values() for copy in county.copies]
        return {copy.name: copy.child.tail(20_000) for copy in copies}

    def _each(self, act: Callable[[County], Any]) -> None:
        pool = ThreadPoolExecutor(len(self.counties))
        try:
            list(pool.map(act, self.counties.values()))
        finally:
            # After Ctrl-C nobody waits for the others.
            pool.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> None:
        """As the services' own roles, so that their rights are tried too."""
        state = self.folder / "demonstration"
        load(state, only=COUNTIES, url_of=lambda county, service: self.counties[county].cluster.url(service))
        for slug, county in self.counties.items():
            shutil.copy2(state / slug / "signing-key.pem", county.state)


def _fast_folder() -> str | None:
    """The machine's memory, where it has room: fifteen databases are ten thousand files."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > NEEDED_OCTETS:
        return str(memory)
    return None


def _clear(place: str) -> None:
    """Folders of beds that were killed before they could remove them are gone."""
    for folder in Path(place).glob(f"{PREFIX}*"):
        pid = folder / PID_FILE
        if pid.exists() and not Path("/proc", pid.read_text(encoding="utf-8")).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _unsettled(county: County) -> Iterable[str]:
    for service in ("directory", "ledger", "matching"):
        ((waiting,),) = county.cluster.ask(service, "SELECT count(*) FROM outbox WHERE published_at IS NULL")
        ((sealed,),) = county.cluster.ask(
            service, "SELECT count(*) FROM sent_envelopes WHERE published_at IS NULL"
        )
        if waiting or sealed:
            yield f"{county.slug}.{service}: {waiting} to seal or tell, {sealed} to send"
    ((doubt,),) = county.cluster.ask(
        "ledger",
        "SELECT count(*) FROM prepares_sent AS sent"
        " WHERE NOT EXISTS (SELECT 1 FROM resolutions WHERE resolutions.transfer_id = sent.transfer_id)",
    )
    if doubt:
        yield f"{county.slug}.ledger: {doubt} in doubt"


def main() -> int:
    """Start the federation, say where it is, and end it with Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        install_missing("rabbitmq-server", "initdb")
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    bed = Bed()
    try:
        bed.start(tell=_say)
        for slug, county in bed.counties.items():
            _say(f"\n{slug}: {county.gateways()[0]}/{slug}/")
            _say(f"  broker's pages {county.broker.management_url}")
            for one in sign_ins(bed.folder / "demonstration"):
                if one["county"] == slug:
                    _say(f"  {one['email']}  {PASSWORD}  ({one['name']}, {one['library']})")
        _say(f"\nEverything is in {bed.folder}, and gone after Ctrl-C.")
        signal.pause()
    except KeyboardInterrupt:
        _say("Stopping ...")
    finally:
        bed.end()
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
