"""What Prometheus sees of three counties with the deployed configuration: what is named is there."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from bed import COUNTIES, Bed
from county import SERVICES
from programs import program
from watching import Prometheus, dashboard_expressions, deployed_names, rules

PATIENCE_SECONDS = 120
OURS = '{__name__=~"byttebank_.*"}'
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture(scope="module")
def prometheus(bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    watcher = Prometheus(tmp_path_factory.mktemp("prometheus") / "prometheus", bed)
    try:
        watcher.start()
        # The last group of rules rests on rates, which need two scrapes.
        watcher.wait_until("count(up == 1) == scalar(count(up)) and count(up) > 17", PATIENCE_SECONDS)
        watcher.wait_until("county_service:byttebank_message_seconds:p99_5m", PATIENCE_SECONDS)
        yield watcher
    finally:
        watcher.end()


def has_series(prometheus: Prometheus, name: str) -> bool:
    return bool(prometheus.query(f'count({{__name__="{name}"}})'))


def test_every_process_and_every_broker_of_every_county_is_scraped(prometheus: Prometheus) -> None:
    up = {
        (labels["county"], labels.get("service", "broker"))
        for labels, value in prometheus.query("up")
        if value
    }
    assert up == {(county, what) for county in COUNTIES for what in (*SERVICES, "broker")}


def test_every_metric_that_is_named_is_there(prometheus: Prometheus) -> None:
    names = deployed_names()
    assert len(names) > 40
    assert {name for name in names if not has_series(prometheus, name)} == set()


def test_an_invented_metric_is_not_there(prometheus: Prometheus) -> None:
    assert not has_series(prometheus, "byttebank_invented_seconds")
    assert prometheus.query("max(byttebank_invented_seconds)") == []
    with pytest.raises(AssertionError, match="parse error"):
        prometheus.query("max by (byttebank_invented_seconds")


@pytest.mark.parametrize("county", COUNTIES)
def test_everything_on_the_dashboard_has_something_to_show(prometheus: Prometheus, county: str) -> None:
    expressions = dashboard_expressions(county)
    assert len(expressions) > 30
    assert [one for one in expressions if not prometheus.query(one)] == []


def test_every_rule_is_loaded_and_can_be_evaluated(prometheus: Prometheus) -> None:
    loaded = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert {rule["name"] for rule in loaded} == {rule.get("alert") or rule["record"] for rule in rules()}
    assert {rule["name"]: rule["lastError"] for rule in loaded if rule.get("lastError")} == {}
    assert {rule["health"] for rule in loaded} == {"ok"}


def test_no_metric_names_a_library_or_a_person(bed: Bed, prometheus: Prometheus) -> None:
    labels = set(prometheus.ask("labels", **{"match[]": OURS}))
    assert labels <= {
        "__name__", "county", "service", "method", "message", "peer", "outcome", "reason", "kind", "status",
        "state", "le", "version", "job", "instance",
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
    assert {value for _, value in prometheus.query("county:byttebank_ledger_imbalance_half_days:max")} == {0}
    assert {value for _, value in prometheus.query("county:byttebank_parked_messages:sum")} == {0}
    prometheus.wait_until("max(byttebank_peer_oldest_waiting_seconds) == 0", PATIENCE_SECONDS)
    open_channels = prometheus.query('byttebank_channel_state{state="open"} == 1')
    assert len(open_channels) == len(COUNTIES) * (len(COUNTIES) - 1) * 3
    firing = {labels["alertname"] for labels, _ in prometheus.query('ALERTS{alertstate="firing"}')}
    assert firing == set()


def test_a_database_that_is_down_is_seen_within_half_a_minute_and_a_scrape_never_waits_for_it(
    bed: Bed, prometheus: Prometheus
) -> None:
    county = bed.counties["akershus"]
    down = 'byttebank_database_up{county="akershus", service="ledger"} == 0'
    assert prometheus.query(down) == []
    county.cluster.kill()
    try:
        prometheus.wait_until(down, 30)
        assert len(prometheus.query('up{job="byttebank", county="akershus"} == 1')) == len(SERVICES)
        prometheus.wait_until('ALERTS{alertname="ByttebankDatabaseDown", county="akershus"}', 30)
    finally:
        county.cluster.start()
        county.cluster.wait_until_ready()
    prometheus.wait_until('count(byttebank_database_up{county="akershus"} == 1) == 5', 60)
