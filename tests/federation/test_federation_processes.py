"""How `byttebank run` starts, waits and refuses: one line that says what to do, and never a traceback."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from bed import Bed
from county import County
from postgresql import ROOT
from programs import Child, free_port, wait_for
from rabbitmq import PASSWORD

PATIENCE_SECONDS = 60


@pytest.fixture
def county(bed: Bed) -> County:
    return bed.counties["innlandet"]


@pytest.mark.parametrize(
    ("changed", "service", "code", "says"),
    [
        ({}, "bookkeeping", 2, "directory, ledger, matching, notify, gateway"),
        ({"BYTTEBANK_COLOUR": "red"}, "ledger", 2, "BYTTEBANK_COLOUR is not a setting"),
        ({"BYTTEBANK_AMQP_URL": "embedded://innlandet/", "BYTTEBANK_AMQP_PASSWORD_FILE": ""}, "ledger", 2,
         "needs a RabbitMQ"),
        ({"BYTTEBANK_METRICS_LISTEN": "{taken}"}, "notify", 2, "BYTTEBANK_METRICS_LISTEN"),
        ({"BYTTEBANK_SIGNING_KEY_FILE": "/nowhere/key.pem"}, "ledger", 3, "byttebank init"),
        ({"BYTTEBANK_AMQP_URL": "{broker}/innlandet", "BYTTEBANK_AMQP_PASSWORD_FILE": "{wrong}"}, "ledger", 3,
         "refuses user 'byttebank'"),
        ({"BYTTEBANK_AMQP_URL": "{broker}/nothing"}, "ledger", 3, "no virtual host 'nothing'"),
        ({"BYTTEBANK_LEDGER_DATABASE_URL": "{cluster}/nothing"}, "ledger", 3, '"nothing" does not exist'),
        ({"BYTTEBANK_LEDGER_DATABASE_URL": "{cluster}/postgres"}, "ledger", 3, "byttebank migrate"),
        ({"BYTTEBANK_LEDGER_DATABASE_URL": "mysql://here/x"}, "ledger", 3, "postgresql"),
    ],
)  # fmt: skip
def test_what_a_person_must_mend_is_one_line(
    county: County, tmp_path: Path, changed: Mapping[str, str], service: str, code: int, says: str
) -> None:
    (tmp_path / "wrong").write_text("not the password")
    words = {
        "{taken}": f"127.0.0.1:{county.broker.port}",
        "{wrong}": str(tmp_path / "wrong"),
        "{broker}": f"amqp://byttebank@127.0.0.1:{county.broker.port}",
        "{cluster}": f"postgresql+psycopg2://postgres@127.0.0.1:{county.cluster.port}",
    }
    environment = environment_of(county)
    for name, value in changed.items():
        for word, meaning in words.items():
            value = value.replace(word, meaning)
        environment[name] = value
    done = subprocess.run(
        [sys.executable, "-m", "byttebank", "run", service],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    said = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in said) == (code, False), said
    assert says in said
    assert PASSWORD not in said
    assert len(said.strip().splitlines()) == 1, said


@pytest.mark.parametrize(
    ("name", "url", "waits_for"),
    [
        ("LEDGER_DATABASE_URL", "postgresql+psycopg2://ledger@127.0.0.1:{port}/ledger", "services.ledger"),
        ("AMQP_URL", "amqp://byttebank@127.0.0.1:{port}/innlandet", "The broker at amqp://byttebank@"),
    ],
)
def test_a_server_that_is_down_is_waited_for_and_named(
    county: County, tmp_path: Path, name: str, url: str, waits_for: str
) -> None:
    environment = environment_of(county)
    environment[f"BYTTEBANK_{name}"] = url.format(port=free_port())
    command = [sys.executable, "-m", "byttebank", "run", "ledger"]
    child = Child(command, log=tmp_path / "log", environment=environment, folder=ROOT)
    child.start()
    try:
        wait_for(lambda: child.tail().count('"Waiting"') > 1, PATIENCE_SECONDS, child.tail)
        line = json.loads(child.tail().splitlines()[0])
        assert waits_for in line["reason"]
        assert child.stop(5, signal.SIGTERM) == 0, child.tail()
        assert "Traceback" not in child.tail()
    finally:
        child.kill()


def test_metrics_and_readiness_are_served(bed: Bed, county: County) -> None:
    for copy in county.copies:
        assert copy.is_ready()
    ledger = next(copy for copy in county.copies if copy.service == "ledger")
    assert 'byttebank_messages_handled_total{county="innlandet",message="from_peer"' in ledger.metrics()
    assert 'byttebank_ledger_imbalance_half_days{county="innlandet"} 0.0' in ledger.metrics()


def environment_of(county: County) -> dict[str, str]:
    """A copy's settings, with a free port for its metrics."""
    return county.environment() | {"BYTTEBANK_METRICS_LISTEN": "127.0.0.1:0"}
