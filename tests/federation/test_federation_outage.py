"""A database or a broker that is gone for long while days are agreed and confirmed: none parked, none lost.

BYTTEBANK_TEST_OUTAGE_SECONDS says how long; a minute takes a minute more for each.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from bed import Bed
from books import held_days, lost_messages, settled_books, transfers
from county import County
from load import Load
from programs import wait_for
from telling import AnyGateway, told_to

OUTAGE_SECONDS = float(os.environ.get("BYTTEBANK_TEST_OUTAGE_SECONDS", "20"))
DAYS_BEFORE = 4
BEFORE_SECONDS = 60.0
AFTER_SECONDS = 4.0
CAUGHT_UP_SECONDS = 120.0
GONE = "akershus"


@contextmanager
def database_gone(county: County) -> Iterator[None]:
    """SIGKILL to the whole cluster of five databases; afterwards it recovers from its log."""
    county.cluster.kill()
    try:
        yield
    finally:
        county.cluster.start()
        county.cluster.wait_until_ready()


@contextmanager
def broker_gone(county: County) -> Iterator[None]:
    """SIGKILL to the broker."""
    county.broker.kill()
    try:
        yield
    finally:
        county.broker.start()
        county.broker.wait_until_ready()


@pytest.mark.parametrize(
    ("gone", "says"),
    [(database_gone, "database"), (broker_gone, "broker")],
    ids=["database", "broker"],
)
def test_an_outage_under_load_parks_and_loses_nothing(
    bed: Bed,
    capsys: pytest.CaptureFixture[str],
    gone: Callable[[County], Iterator[None]],
    says: str,
) -> None:
    before = settled_books(bed)
    county = bed.counties[GONE]
    AnyGateway.failures.clear()
    with told_to(bed.gateways()):
        load = Load(bed).start()
        wait_for(lambda: len(load.days) >= DAYS_BEFORE, BEFORE_SECONDS, lambda: f"{load.days} {load.errors}")
        early = len(load.days)
        with gone(county):
            began = time.monotonic()
            ledger = next(copy for copy in county.copies if copy.service == "ledger")
            wait_for(lambda: says in ledger.readiness()[1], OUTAGE_SECONDS, lambda: str(ledger.readiness()))
            time.sleep(max(OUTAGE_SECONDS - (time.monotonic() - began), 0))
            during = len(load.days) - early
        healed = time.monotonic()
        county.wait_until_ready()
        ready = time.monotonic() - healed
        time.sleep(AFTER_SECONDS)
        load.finish()
        after = settled_books(bed, CAUGHT_UP_SECONDS)
        caught_up = time.monotonic() - healed
        missing = [line for day in load.days for line in day.missing()]
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{says} of {GONE} gone for {OUTAGE_SECONDS:g} s: {len(load.settled())} days,"
            f" {early} begun before and {during} meanwhile; ready {ready:.1f} s and all settled"
            f" {caught_up:.1f} s after; gateways' failures {dict(AnyGateway.failures)}"
        )
    assert missing == []
    assert transfers(after) - transfers(before) == 2 * len(load.settled())
    assert held_days(after) == 0
    assert lost_messages(bed) == []
    assert set(AnyGateway.failures) <= {0, 503, 504}, "not now, or not known; never broken"
