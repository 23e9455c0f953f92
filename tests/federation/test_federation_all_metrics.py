"""What Prometheus sees of three counties with the deployed configuration: what is named is there."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from bed import COUNTIES, Bed
from county import SERVICES, County
from postgresql import Cluster
from programs import program, wait_for
from watching import Prometheus, dashboard_expressions, deployed_names, rules

from byttebank.contracts.peer import FEDERATED_SERVICES

PATIENCE_SECONDS = 120
QUIET_SECONDS = 660
"""A channel on which nothing moves says every ten minutes what it holds."""
OURS = '{__name__=~"byttebank_.*"}'
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture(scope="module")
def prometheus(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    bed.start_services(copies=1)
    watcher = Prometheus(tmp_path_factory.mktemp("prometheus") / "prometheus", bed)
    try:
        watcher.start()
        watcher.wait_until("count(up == 1) == scalar(count(up)) and count(up) > 17", PATIENCE_SECONDS)
        yield watcher
    finally:
        watcher.end()


def has_series(prometheus: Prometheus, name: str) -> bool:
    return bool(prometheus.query(f'count({{__name__="{name}"}})'))


def wait_for_none(missing: Callable[[], list[str]]) -> None:
    wait_for(lambda: not missing(), PATIENCE_SECONDS, lambda: f"missing: {missing()}")


def test_every_process_and_every_broker_of_every_county_is_scraped(prometheus: Prometheus) -> None:
    wanted = {(county, what) for county in COUNTIES for what in (*SERVICES, "broker")}

    def is_down() -> list[str]:
        up = {
            (labels["county"], labels.get("service", "broker"))
            for labels, value in prometheus.query("up")
            if value
        }
        return sorted(map(str, wanted ^ up))

    wait_for_none(is_down)


def test_every_metric_that_is_named_is_there(prometheus: Prometheus) -> None:
    names = deployed_names()
    assert len(names) > 40
    # Some are read from the database now and then, and rates need two scrapes.
    wait_for_none(lambda: [name for name in names if not has_series(prometheus, name)])


def test_an_invented_metric_is_not_there(prometheus: Prometheus) -> None:
    assert not has_series(prometheus, "byttebank_invented_seconds")
    assert prometheus.query("max(byttebank_invented_seconds)") == []
    with pytest.raises(AssertionError, match="parse error"):
        prometheus.query("max by (byttebank_invented_seconds")


@pytest.mark.parametrize("county", COUNTIES)
def test_everything_on_the_dashboard_has_something_to_show(prometheus: Prometheus, county: str) -> None:
    expressions = dashboard_expressions(county)
    assert len(expressions) > 30
    wait_for_none(lambda: [one for one in expressions if not prometheus.query(one)])


def test_every_rule_is_loaded_and_can_be_evaluated(prometheus: Prometheus) -> None:
    loaded = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert {rule["name"] for rule in loaded} == {rule.get("alert") or rule["record"] for rule in rules()}
    assert {rule["name"]: rule["lastError"] for rule in loaded if rule.get("lastError")} == {}
    assert {rule["health"] for rule in loaded} == {"ok"}


def test_no_metric_names_a_library_or_a_person(bed: Bed, prometheus: Prometheus) -> None:
    labels = set(prometheus.ask("labels", **{"match[]": OURS}))
    assert labels <= {
        "__name__", "county", "service", "method", "message", "peer", "outcome", "reason", "kind", "status",
        "state", "table", "le", "version", "job", "instance",
    }  # fmt: skip
    values = {
        value for label in labels for value in prometheus.ask(f"label/{label}/values", **{"match[]": OURS})
    }
    assert len(values) > 50
    assert {value for value in values if "@" in value or UUID.search(value)} == set()
    rows = bed.counties["innlandet"].cluster.ask("directory", "SELECT name, short_name FROM libraries")
    assert rows
    assert values.isdisjoint(name for row in rows for name in row)


def test_what_a_process_exposes_is_as_prometheus_wants_it(bed: Bed) -> None:
    for copy in bed.counties["innlandet"].copies:
        done = subprocess.run(
            [program("promtool"), "check", "metrics"],
            input=copy.metrics(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = [line for line in (done.stdout + done.stderr).splitlines() if "byttebank" in line]
        # promtool takes half-days for a time; they are what the books are kept in.
        assert [line for line in said if not re.match(r"byttebank_\w+_half_days use base unit", line)] == []


def test_at_rest_books_balance_and_every_peer_says_that_it_holds_everything(
    bed: Bed, prometheus: Prometheus
) -> None:
    bed.wait_until_quiet()
    balanced = "count(county:byttebank_ledger_imbalance_half_days:max == 0)"
    prometheus.wait_until(f"{balanced} == {len(COUNTIES)}", PATIENCE_SECONDS)
    channels = len(COUNTIES) * (len(COUNTIES) - 1) * len(FEDERATED_SERVICES)
    prometheus.wait_until(
        f'count(byttebank_channel_state{{state="open"}} == 1) == {channels}', PATIENCE_SECONDS
    )
    prometheus.wait_until("max(byttebank_peer_oldest_waiting_seconds) == 0", QUIET_SECONDS)
    for slug, county in bed.counties.items():
        seen = f'county:byttebank_parked_messages:sum{{county="{slug}"}} == {parked(county)}'
        prometheus.wait_until(seen, PATIENCE_SECONDS)
    prometheus.wait_until('absent(ALERTS{alertstate="firing"})', PATIENCE_SECONDS)


def parked(county: County) -> int:
    """How many messages lie parked, as the databases have it."""
    count = "SELECT count(*) FROM parked_messages WHERE redriven_at IS NULL"
    services = [service for service in SERVICES if service != "gateway"]
    return sum(int(str(county.cluster.ask(service, count)[0][0])) for service in services)


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_database_that_does_not_answer_is_seen_and_no_scrape_waits_for_it(
    bed: Bed, prometheus: Prometheus, how: str
) -> None:
    down = 'byttebank_database_up{county="akershus", service="ledger"} == 0'
    assert prometheus.query(down) == []
    with gone(bed.counties["akershus"].cluster, how):
        prometheus.wait_until(down, PATIENCE_SECONDS)
        assert len(prometheus.query('up{job="byttebank", county="akershus"} == 1')) == len(SERVICES)
        prometheus.wait_until(
            'ALERTS{alertname="ByttebankDatabaseDown", county="akershus"}', PATIENCE_SECONDS
        )
    prometheus.wait_until('count(byttebank_database_up{county="akershus"} == 1) == 5', PATIENCE_SECONDS)


@contextmanager
def gone(cluster: Cluster, how: str) -> Iterator[None]:
    """The databases are killed, or hang so that questions to them are never answered; then they are back."""
    frozen = [] if how == "killed" else [cluster.pid, *children(cluster.pid)]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    if not frozen:
        cluster.kill()
    try:
        yield
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
        cluster.start()
        cluster.wait_until_ready()


def children(parent: int) -> list[int]:
    """The processes that one has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
