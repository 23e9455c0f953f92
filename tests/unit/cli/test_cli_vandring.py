"""`byttebank vandring list|show|plan`: a county's vandring rounds from the command line."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.cli.operating import do_at
from byttebank.config import sqlite_url
from byttebank.federation.keys import SigningKey, save_signing_key
from byttebank.identifiers import new_id
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from services.matching.storage.tables import libraries

FIRST = datetime.now(UTC).date() + timedelta(days=10)
ACTOR = {"person_id": new_id(), "library_id": new_id(), "role": "county", "name": "Ingrid"}
NAMES = ("Grue", "Os", "Tolga")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Innlandet's node with three libraries, which have all said yes to a vandring."""
    folder = tmp_path_factory.mktemp("vandring") / "innlandet"
    folder.mkdir()
    save_signing_key(SigningKey.from_seed(b"1" * 32), folder / "signing-key.pem")
    engine = open_engine(sqlite_url(folder, "matching"))
    migrate(engine, "services.matching")
    ids = {name: new_id() for name in NAMES}
    with engine.begin() as connection:
        for name, library_id in ids.items():
            row = {"id": library_id, "county": "innlandet", "short_name": name, "state": "open", "version": 1}
            connection.execute(libraries.insert(), {**row, "closed_dates": ""})
    engine.dispose()
    days = {"first_on": FIRST, "last_on": FIRST + timedelta(days=13), "reply_by_on": FIRST}
    terms = {"id": new_id(), "name": "Vinter", **{name: day.isoformat() for name, day in days.items()}}
    do_at(folder.parent, None, "matching", "create_vandring_round", terms, ACTOR)
    for library_id in ids.values():
        answer = {"takes_part": True}
        do_at(folder.parent, None, "matching", "answer_vandring", terms["id"], library_id, answer, ACTOR)
    return folder.parent


def run(state: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["vandring", *arguments, "--state", str(state)])


def test_a_round_is_listed_planned_and_shown(state: Path) -> None:
    (one,) = json.loads(run(state, "list", "--json").stdout)["innlandet"]
    assert run(state, "list").stdout.endswith("Vinter, 3 of 3 take part, 0 visits\n")
    planned = run(state, "plan", one["id"])
    assert planned.exit_code == 0
    assert f"{one['id']} planned" in planned.stdout
    shown = run(state, "show", one["id"]).stdout
    assert shown.count(" visits ") == 3
    assert "no day yet" in shown
    assert len(json.loads(run(state, "show", one["id"], "--json").stdout)["innlandet"]["visits"]) == 3


@pytest.mark.parametrize("command", ["show", "plan"])
def test_a_round_that_is_not_there_is_said_in_a_line(state: Path, command: str) -> None:
    done = run(state, command, new_id())
    assert done.exit_code == 3
    assert "There is no vandring_round" in done.stderr
