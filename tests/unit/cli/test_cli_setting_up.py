"""A county's settings, keys and accounts on the command line, in the databases of two nodes."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.federation.keys import SigningKey, fingerprint, load_signing_key, save_signing_key
from byttebank.storage.engine import open_engine
from byttebank.storage.messages import waiting_outbox
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.directory import operations as directory

pytestmark = pytest.mark.simulation
"""Takes seconds: the command is started over again."""

COUNTIES = {"innlandet": SigningKey.from_seed(b"i" * 32), "akershus": SigningKey.from_seed(b"-" * 32)}
EXAMPLE = Path(__file__).parents[3] / "deploy" / "county.toml.example"
LIBRARY = "01a2032c-0000-7000-8000-000000000001"


@pytest.fixture(scope="session")
def two_nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two nodes that do not know each other, to copy; Innlandet has its county library."""
    state = tmp_path_factory.mktemp("two") / "state"
    for county, key in COUNTIES.items():
        (state / county).mkdir(parents=True)
        save_signing_key(key, state / county / "signing-key.pem")
    for service in ("directory", "gateway"):
        engine = open_engine(sqlite_url(state / "innlandet", service))
        migrate(engine, "gateway" if service == "gateway" else f"services.{service}")
        engine.dispose()
        if service == "directory":
            shutil.copy(state / "innlandet" / "directory.sqlite", state / "akershus" / "directory.sqlite")
    engine = open_engine(sqlite_url(state / "innlandet", "directory"))
    database = Database(engine, county="innlandet", service="directory")
    library = {
        "id": LIBRARY,
        "name": "Innlandet fylkesbibliotek",
        "short_name": "Fylkesbiblioteket",
        "kind": "county",
        "national_number": "2040000",
        "municipality_name": "Hamar",
    }
    actor = {"person_id": LIBRARY, "library_id": LIBRARY, "role": "county", "name": "Siri"}
    with database.work() as work:
        directory.write_library(work, library, actor)
    database.close()
    return state


@pytest.fixture
def state(two_nodes: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(two_nodes, tmp_path / "state"))


def run(state: Path, *arguments: str, county: str = "innlandet", code: int = 0) -> str:
    done = CliRunner().invoke(app, [*arguments, "--state", str(state), "--county", county])
    assert done.exit_code == code, done.output
    return done.output


def keys(state: Path, county: str) -> dict[str, list[str]]:
    """Fingerprints by county, as one county knows them."""
    found: dict[str, list[str]] = {}
    for one in json.loads(run(state, "keys", "list", "--json", county=county))[county]:
        found.setdefault(one["county"], []).append(one["fingerprint"])
    return found


def test_counties_compare_fingerprints_join_and_go_over_to_a_new_key(state: Path, tmp_path: Path) -> None:
    first = fingerprint(COUNTIES["innlandet"].public_key)
    text = COUNTIES["innlandet"].public_key.text
    assert f"fingerprint {first}" in run(state, "keys", "list")
    asked = run(state, "peers", "add", "innlandet", text, "--name", "Innlandet", county="akershus")
    assert first in asked
    assert "none" in run(state, "peers", "list", county="akershus"), "nothing is done without --yes"
    add = ("peers", "add", "innlandet", text, "--name", "Innlandet", "--fuse", "40", "--yes")
    assert "state active, fuse_half_days 40" in run(state, *add, county="akershus")

    statement = tmp_path / "rotation.json"
    told = run(state, "keys", "rotate", str(statement))
    next_file = state / "innlandet" / "signing-key-next.pem"
    second = fingerprint(load_signing_key(next_file).public_key)
    assert second in told
    for _ in range(2):
        assert second in run(state, "keys", "accept", str(statement), county="akershus")
    assert keys(state, "akershus")["innlandet"] == [first, second]
    assert keys(state, "innlandet") == {"innlandet": [first]}, "until the file has changed places"
    next_file.replace(state / "innlandet" / "signing-key.pem")
    assert keys(state, "innlandet") == {"innlandet": [second]}


def test_a_county_is_set_up_from_the_example_and_changed_by_saying_it_again(
    state: Path, tmp_path: Path
) -> None:
    assert "There is no county innlandet here" in run(state, "directory", "settings", code=3)
    text = EXAMPLE.read_text(encoding="utf-8")
    file = tmp_path / "county.toml"
    for limit in (10, 6):
        file.write_text(text.replace("limit_half_days = 10", f"limit_half_days = {limit}"), encoding="utf-8")
        for _ in range(2):
            assert f"limit_half_days = {limit}" in run(state, "directory", "settings", str(file))
    assert json.loads(run(state, "directory", "settings", "--json"))["limit_half_days"] == 6
    engine = open_engine(sqlite_url(state / "innlandet", "directory"))
    database = Database(engine, county="innlandet", service="directory")
    with database.reading() as work:
        assert len(directory.list_skills(work)) > 20
        told = [row.name for row in waiting_outbox(work.connection, limit=99, is_local=True)]
    database.close()
    assert told.count("CountyChanged") == 2


@pytest.mark.parametrize(
    ("line", "other", "why"),
    [
        ("limit_half_days = 10", "limit = 10", "limit is no setting of a county"),
        ("limit_half_days = 10", "", "limit_half_days"),
        ('"Europe/Oslo"', '"Europe"', "A time zone such as Europe/Oslo"),
        ('"nb"', '"de"', "One of nb, nn, en"),
        ('name = "Innlandet"', 'slug = "oslo"\nname = "Oslo"', "This is the node of innlandet"),
        ('name = "Innlandet"', "name =", "is not TOML"),
    ],
)
def test_settings_that_are_wrong_are_named_and_nothing_is_changed(
    state: Path, tmp_path: Path, line: str, other: str, why: str
) -> None:
    file = tmp_path / "county.toml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8").replace(line, other), encoding="utf-8")
    assert why in run(state, "directory", "settings", str(file), code=3)
    assert "There is no county" in run(state, "directory", "settings", code=3)


def test_a_second_new_key_replaces_nothing_and_leaves_no_statement(state: Path, tmp_path: Path) -> None:
    run(state, "keys", "rotate", str(tmp_path / "one.json"))
    made = (state / "innlandet" / "signing-key-next.pem").read_bytes()
    assert "there is a file already" in run(state, "keys", "rotate", str(tmp_path / "two.json"), code=3)
    assert not (tmp_path / "two.json").exists()
    assert "cannot be written" in run(state, "keys", "rotate", str(tmp_path / "one.json"), code=3)
    assert (state / "innlandet" / "signing-key-next.pem").read_bytes() == made


def test_a_statement_that_nobody_we_know_has_signed_is_refused_in_a_sentence(
    state: Path, tmp_path: Path
) -> None:
    run(state, "keys", "rotate", str(tmp_path / "one.json"))
    refused = run(state, "keys", "accept", str(tmp_path / "one.json"), county="akershus", code=3)
    assert "of innlandet here yet" in refused
    assert "cannot be read" in run(state, "keys", "accept", str(tmp_path / "no"), county="akershus", code=3)


def test_a_key_that_begins_with_a_dash_is_no_option(state: Path) -> None:
    seed = next(n for n in range(9999) if _key(n).public_key.text.startswith("-"))
    text = _key(seed).public_key.text
    run(state, "peers", "add", "oslo", text, "--name", "Oslo", "--yes")
    assert keys(state, "innlandet")["oslo"] == [fingerprint(_key(seed).public_key)]
    assert "is no public key" in run(state, "peers", "add", "oslo", "-x", code=3)


def _key(number: int) -> SigningKey:
    return SigningKey.from_seed(number.to_bytes(32))


def test_the_county_library_has_its_first_account_which_is_disabled_and_enabled(
    state: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("ni bøker på hylla\n", encoding="utf-8")
    add = ("users", "add", "siri@fylket.example", "--name", "Siri Dahl", "--password-file", str(secret))
    assert "There is no library" in run(state, *add, "--library", "nowhere", code=3)
    made = run(state, *add, "--library", "2040000")
    assert f"library_id {LIBRARY}" in made
    assert "email siri@fylket.example, name Siri Dahl, role county" in made
    assert "belongs to another account" in run(state, *add, "--library", LIBRARY, code=3)
    for act, is_disabled in (("disable", True), ("disable", True), ("enable", False)):
        assert f"is_disabled {is_disabled}" in run(state, "users", act, "siri@fylket.example")
        assert f"is_disabled {is_disabled}" in run(state, "users", "list")
    secret.write_text("kort", encoding="utf-8")
    reset = ("users", "reset", "siri@fylket.example", "--password-file", str(secret))
    assert "8 to 1000 characters" in run(state, *reset, code=3)
    secret.write_text("et annet passord", encoding="utf-8")
    assert re.search("is_disabled False", run(state, *reset))
    assert "No account has the address" in run(state, "users", "disable", "nobody@fylket.example", code=3)
