"""`byttebank ledger verify` says what is wrong with a book, and only that."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    (folder / "signing-key.pem").touch()
    engine = open_engine(sqlite_url(folder, "ledger"))
    migrate(engine, "services.ledger")
    engine.dispose()
    return tmp_path / "state"


def test_a_book_that_is_right_is_said_to_be(state: Path) -> None:
    result = CliRunner().invoke(app, ["ledger", "verify", "--state", str(state), "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"innlandet": []})


def test_a_book_that_was_tampered_with_is_named_with_the_broken_rule(state: Path) -> None:
    engine = open_engine(sqlite_url(state / "innlandet", "ledger"))
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO accounts (id, kind, unit, opened_at)"
                " VALUES ('peer:akershus', 'peer', 'half_day', '2026-11-22T10:00:00.000000Z')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO balances (account_id, debits_posted, credits_posted, debits_pending,"
                " credits_pending) VALUES ('peer:akershus', 3, 0, 0, 0)"
            )
        )
    engine.dispose()
    result = CliRunner().invoke(app, ["ledger", "verify", "--state", str(state)])
    assert result.exit_code == 4
    assert "innlandet" in result.stdout


def test_a_folder_without_counties_is_told_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["ledger", "verify", "--state", str(tmp_path)])
    assert result.exit_code == 3
    assert "no counties" in result.output
