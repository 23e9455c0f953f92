"""`byttebank clearing`: rounds are begun, shown, ended and proven from the command line."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.federation.keys import SigningKey, save_signing_key
from byttebank.storage.channels import add_key
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: a node with its databases for each test."""

COUNTIES = ("akershus", "innlandet", "oslo")
OF_OLD = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Innlandet's node, which knows Akershus and Oslo."""
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    keys = {county: SigningKey.from_seed(bytes([n]) * 32) for n, county in enumerate(COUNTIES, start=1)}
    save_signing_key(keys["innlandet"], folder / "signing-key.pem")
    engine = open_engine(sqlite_url(folder, "ledger"))
    migrate(engine, "services.ledger")
    database = Database(engine, county="innlandet", service="ledger")
    with database.work() as work:
        for county, key in keys.items():
            add_key(work.connection, county, key.public_key, OF_OLD)
            peer = {"county": county, "name": county, "state": "active", "fuse_half_days": 200}
            operations.peer_changed(work, {**peer, "keys": [], "version": 1})
    database.close()
    return tmp_path / "state"


def run(state: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["clearing", *arguments, "--state", str(state)])


def test_a_round_is_begun_shown_and_proven(state: Path) -> None:
    assert json.loads(run(state, "show", "--json").stdout) == {"innlandet": []}
    begun = json.loads(run(state, "run", "--json").stdout)
    assert (begun["stage"], begun["coordinator"], begun["counties"]) == (
        "stated",
        "innlandet",
        list(COUNTIES),
    )
    shown = run(state, "show")
    assert f"{begun['id']} stated, by innlandet, 0 of 0 half-days struck out" in shown.stdout
    assert json.loads(run(state, "show", begun["id"], "--json").stdout)["innlandet"][0] == begun
    lines = run(state, "documents", begun["id"]).stdout.splitlines()
    assert [sorted(json.loads(line)) for line in lines] == [["payload", "protected", "signature"]] * 2


def test_a_refusal_says_what_to_do(state: Path) -> None:
    begun = json.loads(run(state, "run", "--json").stdout)
    again = run(state, "run")
    assert again.exit_code != 0
    assert "Only one can be." in again.output
    waits = run(state, "close", begun["id"])
    assert waits.exit_code != 0
    assert "Wait until after that." in waits.output
    unknown = run(state, "show", "01a2032c-0000-7000-8000-000000000009")
    assert unknown.exit_code != 0
    assert "There is no clearing_round" in unknown.output


def test_one_node_is_meant(state: Path) -> None:
    assert "There is no node of oslo here" in run(state, "run", "--county", "oslo").output
