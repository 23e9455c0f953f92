import importlib
import importlib.metadata
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY, Gauge, Histogram

from byttebank import telemetry


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    structlog.contextvars.clear_contextvars()
    yield capsys
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    root.handlers = handlers
    root.setLevel(level)


def lines(logged: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in logged.readouterr().err.splitlines()]


def test_our_lines_and_the_libraries_lines_look_the_same(logged: pytest.CaptureFixture[str]) -> None:
    telemetry.set_up_logging("INFO", as_json=True)
    with telemetry.bound(county="innlandet", request_id="1", transfer_id=None):
        telemetry.logger("a").info("Posted", half_days=2)
        logging.getLogger("library").warning("Careful: %s", "hot")
    ours, theirs = lines(logged)
    assert (ours["event"], ours["half_days"], ours["level"]) == ("Posted", 2, "info")
    assert (theirs["event"], theirs["level"]) == ("Careful: hot", "warning")
    for line in (ours, theirs):
        assert (line["county"], line["request_id"]) == ("innlandet", "1")
        assert "transfer_id" not in line
        assert str(line["timestamp"]).endswith("Z")


def test_what_was_bound_in_a_block_is_forgotten_after_it(logged: pytest.CaptureFixture[str]) -> None:
    telemetry.set_up_logging(as_json=True)
    telemetry.bind(county="innlandet")
    with telemetry.bound(message_id="1"):
        pass
    telemetry.logger("a").info("After")
    (line,) = lines(logged)
    assert ("message_id" in line, line["county"]) == (False, "innlandet")


def test_an_error_is_one_line_with_its_traceback(logged: pytest.CaptureFixture[str]) -> None:
    telemetry.set_up_logging(as_json=True)
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        telemetry.logger("a").error("Failed", exc_info=error)
    (line,) = lines(logged)
    assert "ZeroDivisionError" in str(line["exception"])


def test_a_terminal_gets_keys_and_values(logged: pytest.CaptureFixture[str]) -> None:
    telemetry.set_up_logging(as_json=False)
    telemetry.logger("a").info("Posted", county="innlandet")
    assert "level='info' event='Posted' county='innlandet'" in logged.readouterr().err


def test_lines_below_the_level_and_refusals_as_nameko_sees_them_are_left_out(
    logged: pytest.CaptureFixture[str],
) -> None:
    telemetry.set_up_logging("WARNING", as_json=True)
    telemetry.logger("a").info("Quiet")
    logging.getLogger("nameko.containers").warning("(expected) error handling worker %s: %s", 1, 2)
    logging.getLogger("nameko.containers").error("error handling worker")
    assert [line["event"] for line in lines(logged)] == ["error handling worker"]


def test_only_agreed_ids_travel() -> None:
    carried = {"request_id": "1", "engagement_id": 7, "cookie": "secret", "transfer_id": "x" * 500}
    assert telemetry.read_trace(carried) == {"request_id": "1", "transfer_id": "x" * 80}
    with telemetry.bound(request_id="1", county="innlandet"):
        assert telemetry.current_trace() == {"request_id": "1"}
    assert telemetry.current_trace() == {}


def test_metrics_are_served_on_their_path_only() -> None:
    telemetry.RPC_CALLS.labels("innlandet", "ledger", "account", "ok").inc()
    answers = []

    def ask(path: str) -> str:
        body = telemetry.metrics_app({"PATH_INFO": path}, lambda status, headers: answers.append(status))
        return b"".join(body).decode()

    text = ask("/metrics")
    assert (
        'byttebank_rpc_calls_total{county="innlandet",method="account",outcome="ok",service="ledger"}' in text
    )
    assert ask("/") == ""
    assert answers == ["200 OK", "404 Not Found"]


LABELS = {
    "county",
    "service",
    "method",
    "message",
    "peer",
    "outcome",
    "reason",
    "kind",
    "status",
    "state",
    "table",
}
UNITS = ("_seconds", "_days", "_half_days", "_ratio")
COUNTED = ("_messages", "_mails", "_transfers", "_claims", "_disputes", "_rounds", "_erasures", "_visits")
"""A gauge without a unit says of what it is the number, in the plural."""
FACTS = (
    "byttebank_database_up",
    "byttebank_channel_state",
    "byttebank_build",
    "byttebank_matching_round_running",
)


def metrics() -> dict[str, Any]:
    """Every metric of every process, by its name without `_total`."""
    for process in (
        "services.directory",
        "services.ledger",
        "services.matching",
        "services.notify",
        "gateway",
    ):
        importlib.import_module(f"{process}.service")
    found = {metric._name: metric for metric in set(REGISTRY._names_to_collectors.values()) if named(metric)}
    assert len(found) > 30
    return found


def named(metric: Any) -> bool:
    return getattr(metric, "_name", "").startswith("byttebank_")


def faults(metric: Any) -> list[str]:
    """What is wrong with the metric's name and labels."""
    name, kind = metric._name, metric._type
    wrong = []
    if not re.fullmatch(r"byttebank(_[a-z]+)+", name):
        wrong.append(f"{name} is not words in lower case")
    if name.endswith(("_total", "_count", "_sum", "_bucket", "_info")):
        wrong.append(f"{name} ends as only Prometheus ends names")
    if kind == "histogram" and not name.endswith("_seconds"):
        wrong.append(f"{name} measures no base unit")
    if kind == "gauge" and name not in FACTS and not name.endswith((*UNITS, *COUNTED)):
        wrong.append(f"{name} has no base unit")
    wrong += [f"{name} has the label {label}" for label in metric._labelnames if label not in LABELS]
    return wrong


def test_metrics_have_base_units_and_name_no_library_or_person() -> None:
    assert [fault for metric in metrics().values() for fault in faults(metric)] == []


@pytest.mark.parametrize(
    ("metric", "fault"),
    [
        (Gauge("byttebank_waiting_milliseconds", "-", registry=None), "no base unit"),
        (Gauge("byttebank_days_count", "-", registry=None), "as only Prometheus"),
        (Gauge("byttebank_Waiting_seconds", "-", registry=None), "lower case"),
        (Gauge("byttebank_waiting_seconds", "-", ["library"], registry=None), "the label library"),
        (Histogram("byttebank_waiting", "-", registry=None), "measures no base unit"),
    ],
)
def test_a_metric_that_breaks_the_rule_is_named(metric: Any, fault: str) -> None:
    assert fault in " ".join(faults(metric))


def test_a_service_is_counted_from_zero() -> None:
    telemetry.begin_at_zero("nordland", "ledger", methods=["account"], messages=["PostDays", "from_peer"])

    def value(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"county": "nordland", "service": "ledger", **labels})

    for outcome in ("ok", "refused", "failed", "expired"):
        assert value("byttebank_rpc_calls_total", method="account", outcome=outcome) == 0
    assert value("byttebank_rpc_seconds_count", method="account") == 0
    for outcome in ("applied", "duplicate", "parked"):
        assert value("byttebank_messages_handled_total", message="PostDays", outcome=outcome) == 0
    assert value("byttebank_messages_handled_total", message="PostDays", outcome="frozen") is None
    assert value("byttebank_messages_handled_total", message="from_peer", outcome="frozen") == 0
    assert value("byttebank_message_seconds_count", message="from_peer") == 0
    assert value("byttebank_outbox_published_total", kind="peer") == 0


def test_the_release_that_runs_is_told() -> None:
    telemetry.tell_release()
    labels = {"version": importlib.metadata.version("byttebank")}
    assert REGISTRY.get_sample_value("byttebank_build_info", labels) == 1
