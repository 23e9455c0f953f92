"""`byttebank messages` lists what is parked, shows it, and asks for it to be redriven."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.storage import messages
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate

pytestmark = pytest.mark.simulation
"""Takes seconds: the command is started over again."""

WHEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """One county whose ledger has parked a message."""
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    for service in ("directory", "ledger", "matching", "notify"):
        engine = open_engine(sqlite_url(folder, service))
        migrate(engine, f"services.{service}")
        if service == "ledger":
            with engine.begin() as connection:
                messages.park(
                    connection,
                    queue="in.akershus.ledger",
                    sender="county-akershus",
                    reason_code="malformed",
                    reason="MalformedEnvelope: not JSON",
                    is_transient=False,
                    body=b"\x00words",
                    properties={},
                    now=WHEN,
                )
        engine.dispose()
    return tmp_path / "state"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["messages", *arguments])
    return result.exit_code, result.output


def test_what_is_parked_is_named_with_sender_time_and_reason(state: Path) -> None:
    code, said = run("parked", "--state", str(state))
    assert code == 0
    assert "ledger/1  2026-11-22T10:00:00.000000Z  in.akershus.ledger" in said
    assert "6 octets from county-akershus" in said
    assert "MalformedEnvelope: not JSON" in said
    assert "`byttebank messages redrive ledger/1`" in said


def test_programs_get_the_same(state: Path) -> None:
    code, said = run("parked", "--state", str(state), "--json")
    (one,) = json.loads(said)
    assert (code, one["name"], one["code"], one["octets"]) == (0, "ledger/1", "malformed", 6)


def test_its_octets_are_shown_as_they_came(state: Path) -> None:
    result = CliRunner().invoke(app, ["messages", "show", "ledger/1", "--state", str(state)])
    assert (result.exit_code, result.stdout_bytes) == (0, b"\x00words")


@pytest.mark.parametrize("which", [["ledger/1"], ["--all"]])
def test_what_is_asked_for_is_left_to_the_service(state: Path, which: list[str]) -> None:
    code, said = run("redrive", *which, "--state", str(state))
    assert (code, "1 of 1 to be redriven" in said) == (0, True)
    assert "is about to be redriven" in run("parked", "--state", str(state))[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["redrive", "ledger/2"], "no parked message ledger/2"),
        (["redrive", "ledger/1", "bookkeeping/1"], "no parked message bookkeeping/1"),
        (["redrive"], "Which messages?"),
        (["show", "ledger/2"], "no parked message ledger/2"),
    ],
)
def test_what_there_is_not_is_said_and_nothing_is_asked_for(
    state: Path, arguments: list[str], says: str
) -> None:
    code, said = run(*arguments, "--state", str(state))
    assert (code, says in said) == (3, True), said
    assert "waits for somebody" in run("parked", "--state", str(state))[1]


def test_where_nothing_is_parked_it_says_so(state: Path) -> None:
    engine = open_engine(sqlite_url(state / "innlandet", "ledger"))
    with engine.begin() as connection:
        connection.execute(messages.parked_messages.delete())
    engine.dispose()
    assert run("parked", "--state", str(state)) == (0, "Nothing is parked.\n")


def test_the_doctor_tells_of_messages_that_wait_for_somebody(state: Path) -> None:
    said = CliRunner().invoke(app, ["doctor", "--state", str(state)]).output
    assert "innlandet ledger database: parked messages: 1" in said
    assert "byttebank messages parked" in said
