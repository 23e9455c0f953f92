import json
import logging
from collections.abc import Iterator

import pytest
import structlog

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


def test_metrics_have_base_units_and_name_no_library_or_person() -> None:
    allowed = {"county", "service", "method", "message", "peer", "outcome", "reason", "kind", "status"}
    metrics = [value for value in vars(telemetry).values() if hasattr(value, "_labelnames")]
    assert len(metrics) > 10
    for metric in metrics:
        assert metric._name.startswith("byttebank_")
        assert set(metric._labelnames) <= allowed
