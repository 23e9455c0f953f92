"""What an operator does about other counties, on the command line, in the node's own databases."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.keys import SigningKey
from byttebank.storage.engine import open_engine
from byttebank.storage.messages import create_message_tables, waiting_outbox
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.directory import operations as directory
from services.ledger import operations as ledger

pytestmark = pytest.mark.simulation
"""Takes seconds: the command is started over again."""

KEY = SigningKey.from_seed(b"a" * 32).public_key
TRANSFER = "01a2032c-0000-7000-8000-000000000101"
LIBRARIES = {
    "innlandet": "01a2032c-0000-7000-8000-000000000001",
    "akershus": "01a2032c-0000-7000-8000-000000000011",
}


def _database(state: Path, service: str) -> Database:
    engine = open_engine(sqlite_url(state / "innlandet", service))
    return Database(engine, county="innlandet", service=service)


@pytest.fixture
def state(node_template: Path, tmp_path: Path) -> Path:
    """A node that exchanges with Akershus and has sent it one day."""
    return Path(shutil.copytree(node_template, tmp_path / "state"))


@pytest.fixture(scope="session")
def node_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that node, to copy."""
    tmp_path = tmp_path_factory.mktemp("node")
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    (folder / "signing-key.pem").touch()
    for service in ("directory", "ledger", "matching"):
        engine = open_engine(sqlite_url(folder, service))
        migrate(engine, f"services.{service}")
        engine.dispose()
    engine = open_engine(sqlite_url(folder, "notify"))
    with engine.begin() as connection:
        create_message_tables(connection)
    engine.dispose()
    state = tmp_path / "state"
    key = {"key_id": KEY.key_id, "public_key": KEY.text, "valid_from_at": "2026-11-22T09:00:00.000000Z"}
    database = _database(state, "directory")
    with database.work() as work:
        directory.add_peer(work, "akershus", "Akershus", None, [key], 200)
        told = [json.loads(row.body) for row in waiting_outbox(work.connection, limit=9, is_local=True)]
    database.close()
    database = _database(state, "ledger")
    with database.work() as work:
        ledger.peer_changed(work, told[0])
        for county, library_id in LIBRARIES.items():
            library = {
                "id": library_id,
                "county": county,
                "name": county,
                "short_name": county,
                "kind": "public",
                "version": 1,
            }
            ledger.library_changed(work, library)
        body: dict[str, Any] = {
            "transfer_id": TRANSFER,
            "engagement_id": TRANSFER,
            "payer_library_id": LIBRARIES["innlandet"],
            "payee_library_id": LIBRARIES["akershus"],
            "payee_county": "akershus",
            "amount_half_days": 2,
            "work_date": work.today.isoformat(),
        }
        assert "code" not in ledger.reserve_days(work, body)
        ledger.post_days(work, {"transfer_id": TRANSFER, "amount_half_days": 2})
    database.close()
    return state


def run(state: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*arguments, "--state", str(state)])
    assert result.exit_code == code, result.output
    return result.output


def sent(state: Path) -> list[str]:
    database = _database(state, "ledger")
    with database.reading() as work:
        rows = waiting_outbox(work.connection, limit=9, is_local=False, peer="akershus")
    database.close()
    return [row.name for row in rows]


def test_a_county_is_frozen_and_thawed_and_its_fuse_set(state: Path) -> None:
    assert "county akershus" in run(state, "peers", "list")
    assert "state frozen" in run(state, "peers", "freeze", "akershus")
    assert "state frozen" in run(state, "peers", "list")
    assert "state active" in run(state, "peers", "thaw", "akershus")
    found = json.loads(run(state, "peers", "fuse", "akershus", "40", "--json"))
    assert found["fuse_half_days"] == 40


def test_thawing_a_county_that_is_active_makes_its_channels_recover(state: Path) -> None:
    database = _database(state, "directory")
    with database.reading() as work:
        before = len(waiting_outbox(work.connection, limit=99, is_local=True))
    run(state, "peers", "thaw", "akershus")
    with database.reading() as work:
        rows = waiting_outbox(work.connection, limit=99, is_local=True)
    database.close()
    assert [row.name for row in rows[before:]] == ["PeerChanged"]


def test_an_unknown_county_and_a_bad_fuse_are_refused_with_what_to_do(state: Path) -> None:
    assert "peers list" in run(state, "peers", "freeze", "finnmark", code=3)
    assert "from 0 to" in run(state, "peers", "fuse", "akershus", "99999999", code=3)


def test_what_is_in_doubt_is_listed_and_the_other_county_asked_to_decide_no(state: Path) -> None:
    assert json.loads(run(state, "ledger", "doubts", "--json")) == {"innlandet": []}
    run(state, "ledger", "cancel", TRANSFER)
    assert sent(state) == ["PREPARE", "CANCEL"]
    assert "no transfer" in run(state, "ledger", "cancel", LIBRARIES["akershus"], code=3)


def test_books_are_compared_on_demand_and_the_findings_shown(state: Path) -> None:
    run(state, "ledger", "reconcile", "akershus")
    assert sent(state) == ["PREPARE", "RECONCILE"]
    assert "none" in run(state, "ledger", "reconciliations")
    assert "none" in run(state, "ledger", "disputes")
    assert "no message" in run(state, "ledger", "proof", "akershus", "innlandet", "1", code=3)


def _reject(state: Path) -> None:
    """Akershus has decided no about the day that was sent."""
    database = _database(state, "ledger")
    with database.work() as work:
        ledger.reject(
            work,
            ReceivedMessage(
                "akershus",
                "REJECT",
                1,
                {"transfer_id": TRANSFER, "code": "cancelled"},
                "0" * 64,
                TRANSFER,
                1,
            ),
        )
    database.close()


def test_what_is_owed_moves_to_the_county_that_has_taken_over(state: Path) -> None:
    merge = ("peers", "merge", "akershus")
    assert "agreed or on their way" in run(state, *merge, "innlandet", "--reason", "Slått sammen", code=3)
    assert "peers list" in run(state, *merge, "vestfold", "--reason", "Slått sammen", code=3)
    run(state, *merge, "innlandet", code=2)
    _reject(state)
    done = json.loads(run(state, *merge, "innlandet", "--reason", "Slått sammen", "--json"))
    assert (done["county"], done["successor"], done["half_days"]) == ("akershus", "innlandet", 0)
    again = run(state, *merge, "innlandet", "--reason", "Slått sammen", code=3)
    assert "moved before" in again


def test_a_county_leaves_when_nothing_is_unfinished_and_it_is_said_twice(state: Path) -> None:
    leave = ("peers", "leave", "akershus", "--yes")
    assert "0 half-days are owed, 2 agreed" in run(state, *leave, code=3)
    _reject(state)
    assert "0 half-days are owed, 2 agreed" in run(state, *leave, code=3), "a claim is somebody's day"
    _add_oslo(state)
    assert "--yes" in run(state, "peers", "leave", "oslo")
    assert "state active" in run(state, "peers", "list").splitlines()[1]
    assert json.loads(run(state, "peers", "leave", "oslo", "--yes", "--json"))["state"] == "left"
    assert "peers list" in run(state, "peers", "leave", "vestfold", code=3)


def _add_oslo(state: Path) -> None:
    key = {"key_id": KEY.key_id, "public_key": KEY.text, "valid_from_at": "2026-11-22T09:00:00.000000Z"}
    database = _database(state, "directory")
    with database.work() as work:
        directory.add_peer(work, "oslo", "Oslo", None, [key], 200)
        told = [json.loads(row.body) for row in waiting_outbox(work.connection, limit=99, is_local=True)]
    database.close()
    database = _database(state, "ledger")
    with database.work() as work:
        ledger.peer_changed(work, next(one for one in told if one.get("county") == "oslo"))
    database.close()


def test_reasons_are_kept_and_shown(state: Path) -> None:
    run(state, "peers", "freeze", "akershus", "--reason", "Nøkkelen er på avveie")
    run(state, "peers", "thaw", "akershus")
    opened, stopped = json.loads(run(state, "peers", "acts", "--json"))["innlandet"]
    assert (stopped["what"], stopped["reason"], stopped["role"]) == (
        "freeze",
        "Nøkkelen er på avveie",
        "operator",
    )
    assert (opened["what"], opened["reason"]) == ("thaw", "")


def test_where_there_are_several_nodes_one_must_be_named(state: Path) -> None:
    (state / "akershus").mkdir()
    (state / "akershus" / "ledger.sqlite").touch()
    assert "--county" in run(state, "peers", "freeze", "oslo", code=3)
    assert "county akershus" in run(state, "peers", "list", "--county", "innlandet")
    assert "no node of oslo" in run(state, "peers", "list", "--county", "oslo", code=3)
