"""`byttebank rounds list|show|run`: a county's own rounds from the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.federation.keys import SigningKey, save_signing_key
from byttebank.identifiers import new_id
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate

pytestmark = pytest.mark.simulation
"""Takes seconds: a node with its databases for each test."""

FIRST = datetime.now(UTC).date() + timedelta(days=10)
DATES = ["--from", FIRST.isoformat(), "--to", (FIRST + timedelta(days=9)).isoformat()]
DATES += ["--reply-by", (FIRST - timedelta(days=3)).isoformat()]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Innlandet's node, which knows nothing yet."""
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    save_signing_key(SigningKey.from_seed(b"1" * 32), folder / "signing-key.pem")
    engine = open_engine(sqlite_url(folder, "matching"))
    migrate(engine, "services.matching")
    engine.dispose()
    return tmp_path / "state"


def run(state: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["rounds", *arguments, "--state", str(state)])


def test_a_round_is_begun_listed_and_shown(state: Path) -> None:
    assert run(state, "list").stdout == "innlandet: no rounds\n"
    begun = json.loads(run(state, "run", "Uke 50", *DATES, "--json").stdout)
    assert (begun["stage"], begun["name"], begun["days_each"]) == ("gathering", "Uke 50", 5)
    assert json.loads(run(state, "list", "--json").stdout)["innlandet"][0]["id"] == begun["id"]
    assert f"{begun['id']} gathering" in run(state, "show", begun["id"]).stdout
    assert "There is no matching_round_input" in run(state, "show", begun["id"], "--instance").stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", " ", *DATES], "Say the name."),
        (["run", "x", *DATES[:-1], "2020-01-01"], "2020-01-01 has been."),
        (["run", "x", *DATES[:-1], "soon"], "That is not as agreed"),
        (["show", new_id()], "There is no matching_round"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(state: Path, arguments: list[str], said: str) -> None:
    done = run(state, *arguments)
    assert done.exit_code == 3
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_round_waits_for_the_first(state: Path) -> None:
    run(state, "run", "Uke 50", *DATES)
    assert "One at a time" in run(state, "run", "Uke 51", *DATES).stderr


def test_a_round_with_others_is_signed_with_the_nodes_key(state: Path) -> None:
    together = ["run", "Sammen", *DATES, "--with", "akershus"]
    assert "akershus is not a county that we exchange with" in run(state, *together).stderr
    engine = open_engine(sqlite_url(state / "innlandet", "matching"))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO peers (county, state, version) VALUES ('akershus', 'active', 1)"
        )
    engine.dispose()
    begun = json.loads(run(state, *together, "--json").stdout)
    assert begun["coordinator"] == "innlandet"
    said = run(state, "show", begun["id"]).stdout
    assert "akershus: invited" in said
