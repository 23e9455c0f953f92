import json
import socket
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from byttebank.cli.app import app
from byttebank.cli.exits import EXIT_CODES
from byttebank.config import SERVICES_WITH_DATABASE, VARIABLES
from byttebank.federation.keys import generate_signing_key, save_signing_key

pytestmark = pytest.mark.simulation
"""Takes seconds: the command is started over again."""


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    assert "Traceback" not in result.output
    return result


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(f"BYTTEBANK_{name}", raising=False)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with one county whose databases are not made yet, save for an empty file."""
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    (folder / "ledger.sqlite").touch()
    save_signing_key(generate_signing_key(), folder / "signing-key.pem")
    return folder.parent


def test_help_names_the_exit_codes() -> None:
    for arguments in (["--help"], ["up", "--help"], ["migrate", "--help"], ["doctor", "--help"]):
        result = run(*arguments)
        assert result.exit_code == 0
        assert " ".join(EXIT_CODES.split())[:40] in " ".join(result.output.split())


def test_migrate_makes_all_databases_and_says_what_they_were(state: Path) -> None:
    first = json.loads(run("migrate", "--state", str(state), "--json").stdout)
    assert [row["service"] for row in first] == list(SERVICES_WITH_DATABASE)
    assert {row["county"] for row in first} == {"innlandet"}
    assert all(row["was"] is None and row["is"] for row in first)
    again = json.loads(run("migrate", "--state", str(state), "--json").stdout)
    assert all(row["was"] == row["is"] for row in again)
    assert "innlandet" in run("migrate", "--state", str(state)).stdout


def test_migrate_reads_the_environment_without_a_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYTTEBANK_COUNTY", "oslo")
    monkeypatch.setenv("BYTTEBANK_AMQP_URL", "amqp://localhost/oslo")
    monkeypatch.setenv("BYTTEBANK_STATE_DIR", str(tmp_path / "oslo"))
    result = run("migrate", "--json")
    assert {row["county"] for row in json.loads(result.stdout)} == {"oslo"}
    assert (tmp_path / "oslo" / "notify.sqlite").exists()


def test_a_missing_setting_is_one_line_and_exit_code_2() -> None:
    result = run("migrate")
    assert result.exit_code == 2
    assert result.stderr.startswith("byttebank: BYTTEBANK_STATE_DIR is missing.")
    assert result.stderr.count("\n") == 1


def test_a_folder_without_counties_is_exit_code_3(tmp_path: Path) -> None:
    result = run("migrate", "--state", str(tmp_path))
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "holds no counties" in result.stderr


def test_a_newer_database_is_refused_and_left_as_it_is(state: Path) -> None:
    run("migrate", "--state", str(state))
    with sqlite3.connect(state / "innlandet" / "ledger.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    result = run("migrate", "--state", str(state))
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "9999" in result.stderr
    assert "newer release" in result.stderr
    with sqlite3.connect(state / "innlandet" / "ledger.sqlite") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_a_file_that_is_no_database_is_refused(state: Path) -> None:
    (state / "innlandet" / "matching.sqlite").write_text("not a database at all" * 100)
    result = run("migrate", "--state", str(state))
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)
    assert "services.matching" in result.stderr


def test_the_doctor_finds_a_migrated_folder_well_and_changes_nothing(state: Path) -> None:
    run("migrate", "--state", str(state))
    before = {path: path.read_bytes() for path in sorted(state.rglob("*")) if path.is_file()}
    result = run("doctor", "--state", str(state), "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["is_well"] is True
    assert len(report["findings"]) == 2 + 1 + len(SERVICES_WITH_DATABASE)
    assert {path: path.read_bytes() for path in sorted(state.rglob("*")) if path.is_file()} == before


def test_the_doctor_names_each_fault_and_its_remedy(state: Path) -> None:
    run("migrate", "--state", str(state))
    county = state / "innlandet"
    (county / "signing-key.pem").chmod(0o644)
    (county / "notify.sqlite").unlink()
    with sqlite3.connect(county / "gateway.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("doctor", "--state", str(state), "--port", str(port), "--json")
    assert result.exit_code == 4
    faults = {
        one["what"]: one["advice"] for one in json.loads(result.stdout)["findings"] if not one["is_well"]
    }
    assert set(faults) == {
        "innlandet signing key",
        "innlandet notify database",
        "innlandet gateway database",
        f"port {port}",
    }
    assert all(faults.values())
    assert not (county / "notify.sqlite").exists()
    text = run("doctor", "--state", str(state)).output
    assert "fault  innlandet notify database: does not exist" in text


def test_the_doctor_says_of_a_folder_that_is_not_there_who_makes_it(tmp_path: Path) -> None:
    result = run("doctor", "--state", str(tmp_path / "none"))
    assert result.exit_code == 0
    assert "`byttebank up` makes it" in result.output
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("arguments", [["--port", "70000"], ["--log-level", "LOUD"], ["--port", "x"]])
def test_up_refuses_options_that_make_no_sense(tmp_path: Path, arguments: list[str]) -> None:
    assert run("up", "--state", str(tmp_path / "none"), *arguments).exit_code == 2
    assert not (tmp_path / "none").exists()
