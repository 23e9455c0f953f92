"""A broker that is there and does not do what it should: no room on its disk, or another password."""

import contextlib
import json
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from bed import Bed
from books import held_days, lost_messages, settled_books, transfers
from county import County, ServiceCopy
from load import Load
from programs import wait_for
from rabbitmq import PASSWORD
from telling import AnyGateway, told_to

SLUG = "trondelag"
NOTICED_SECONDS = 60.0
ALARM_SECONDS = 12.0
HEALED_SECONDS = 120.0


def copy_of(county: County, service: str) -> ServiceCopy:
    """The first copy of a service."""
    return next(copy for copy in county.copies if copy.service == service)


@contextmanager
def disk_full(county: County) -> Iterator[None]:
    """The broker believes that its disk is full, and takes nothing from publishers."""
    county.broker.control("set_disk_free_limit", "1000000GB")
    try:
        yield
    finally:
        county.broker.control("set_disk_free_limit", "50MB")


def test_a_broker_without_room_is_waited_for_and_named_and_nothing_is_lost(bed: Bed) -> None:
    before = settled_books(bed)
    county = bed.counties[SLUG]
    gateway = copy_of(county, "gateway")
    AnyGateway.failures.clear()
    with told_to(bed.gateways()):
        load = Load(bed).start()
        time.sleep(3)
        with disk_full(county):
            wait_for(
                lambda: "short of disk or memory" in gateway.readiness()[1],
                NOTICED_SECONDS,
                lambda: str(gateway.readiness()),
            )
            # The management interface hears of an alarm some seconds after the publishers do.
            wait_for(lambda: doctor_of(county).returncode == 4, NOTICED_SECONDS, lambda: "no alarm")
            faults = [one for one in json.loads(doctor_of(county).stdout)["findings"] if not one["is_well"]]
            assert [one["what"] for one in faults] == [f"{SLUG} broker: alarms"], faults
            assert "short of disk" in faults[0]["detail"]
            time.sleep(ALARM_SECONDS)
            assert connections(county) < 200, "trying again leaves no connections behind"
        county.wait_until_ready()
        load.finish()
        after = settled_books(bed, HEALED_SECONDS)
        missing = [line for day in load.days for line in day.missing()]
    assert missing == []
    assert transfers(after) - transfers(before) == 2 * len(load.settled())
    assert held_days(after) == 0
    assert lost_messages(bed) == []
    assert AnyGateway.failures[503] > 0, "people are told: not now"
    assert set(AnyGateway.failures) <= {0, 503, 504}


def test_a_password_that_is_changed_under_way_is_named_and_waited_for(bed: Bed) -> None:
    county = bed.counties[SLUG]
    settled_books(bed)
    ledger = copy_of(county, "ledger")
    county.broker.ask("users/byttebank", "PUT", {"password": "another", "tags": ""})
    try:
        hang_up(county)
        wait_for(
            lambda: "ACCESS_REFUSED" in ledger.readiness()[1],
            NOTICED_SECONDS,
            lambda: str(ledger.readiness()),
        )
        assert PASSWORD not in ledger.readiness()[1]
        doctor = county.try_to_run("doctor")
        assert doctor.returncode == 4
        assert "refuses user 'byttebank'" in doctor.stdout
        assert "BYTTEBANK_AMQP_PASSWORD_FILE" in doctor.stdout
    finally:
        county.broker.ask("users/byttebank", "PUT", {"password": PASSWORD, "tags": ""})
    county.wait_until_ready()
    settled_books(bed)
    assert lost_messages(bed) == []


def doctor_of(county: County) -> "subprocess.CompletedProcess[str]":
    """What `byttebank doctor` says of the county."""
    return county.try_to_run("doctor", "--json", BYTTEBANK_MANAGEMENT_URL=county.broker.management_url)


def connections(county: County) -> int:
    """How many connections the broker holds."""
    return len(county.broker.ask("connections"))


def hang_up(county: County) -> None:
    """The broker ends every connection of our services."""
    for one in county.broker.ask("connections"):
        if one.get("user") == "byttebank":
            with contextlib.suppress(urllib.error.HTTPError):
                county.broker.ask(f"connections/{quote(one['name'])}", "DELETE")
