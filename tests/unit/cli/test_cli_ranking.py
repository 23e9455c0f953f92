"""`byttebank ranking show|set`: what counts most in a county, from the command line."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.federation.keys import SigningKey, save_signing_key
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate

pytestmark = pytest.mark.simulation
"""Takes seconds: a node with its databases for each test."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    save_signing_key(SigningKey.from_seed(b"1" * 32), folder / "signing-key.pem")
    engine = open_engine(sqlite_url(folder, "matching"))
    migrate(engine, "services.matching")
    engine.dispose()
    return tmp_path / "state"


def run(state: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["ranking", *arguments, "--state", str(state)])


def test_weights_are_shown_changed_and_an_earlier_version_found_again(state: Path) -> None:
    assert run(state, "show").stdout.startswith("innlandet: version 0, can_teach 10, ")
    changed = run(state, "set", "can_teach=30", "first_visit=0")
    assert changed.stdout.startswith("version 1, can_teach 30, ")
    assert "version 1, can_teach 30" in run(state, "show").stdout
    assert "version 0, can_teach 10" in run(state, "show", "--version", "0").stdout


def test_what_is_no_weight_is_said_and_nothing_changes(state: Path) -> None:
    assert run(state, "set", "can_teach").exit_code == 2
    assert run(state, "set", "luck=3").exit_code == 3
    assert run(state, "set", "can_teach=5000").exit_code == 3
    assert "version 0" in run(state, "show").stdout
