"""The rules that watch a node, as files. `tests/federation` runs them in Prometheus."""

import re

import pytest
from deployed import PROMETHEUS, ROOT, alerts, load, node_at_a_glance, recordings, unknown

from byttebank.messaging.containers import SERVICES

pytestmark = pytest.mark.simulation
"""Takes seconds: every metric and alert beside the whole code."""

TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
DOCUMENTS = ("docs/operator.md", "deploy/prometheus/README.md", "deploy/rabbitmq/README.md")


def anchors(name: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", alerts())
def test_an_alert_says_what_is_wrong_what_to_do_and_where_to_read_on(name: str) -> None:
    alert = alerts()[name]
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["for"]
    notes = alert["annotations"]
    assert set(notes) == {"summary", "description", "runbook"}
    document, _, anchor = notes["runbook"].partition("#")
    assert anchor == name.lower()
    assert anchor in anchors(document)
    if alert["labels"]["severity"] == "ticket" and name != "ByttebankNotMeasured":
        assert "Tonight" in notes["description"], "whoever is woken must learn that it can wait"


def test_every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    firing, silent = set(), set()
    for file in TESTS:
        for test in load(file)["tests"]:
            for one in test["alert_rule_test"]:
                (firing if one["exp_alerts"] else silent).add(one["alertname"])
    assert firing == set(alerts())
    assert silent == set(alerts())


def test_every_metric_in_a_rule_is_one_that_the_code_has() -> None:
    expressions = [*recordings().values(), *(alert["expr"] for alert in alerts().values())]
    assert {name for expression in expressions for name in unknown(expression)} == set()


def test_an_invented_metric_is_noticed() -> None:
    assert unknown("max(byttebank_invented_seconds) + up") == {"byttebank_invented_seconds"}
    assert unknown("county:byttebank_invented:max > 1") == {"county:byttebank_invented:max"}
    assert unknown('rate(byttebank_rpc_calls_total{outcome="ok"}[5m])') == set()


def test_every_recorded_series_is_used() -> None:
    dashboard = node_at_a_glance.expressions(node_at_a_glance.document())
    expressions = [*dashboard, *(alert["expr"] for alert in alerts().values())]
    used = {name for expression in expressions for name in node_at_a_glance.metric_names(expression)}
    assert set(recordings()) <= used


def test_every_process_of_a_node_is_a_target_of_its_own() -> None:
    entries = load(PROMETHEUS / "targets" / "byttebank.yml")
    assert [entry["labels"]["service"] for entry in entries] == list(SERVICES)
    addresses = [target for entry in entries for target in entry["targets"]]
    assert len(set(addresses)) == len(SERVICES)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_metric_in_a_document_is_one_that_the_code_has(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = {one for one in re.findall(r"`([^`]+)`", text) if one.startswith("byttebank_")}
    assert named, "the document names metrics"
    assert {fault for one in named for fault in unknown(one)} == set()
