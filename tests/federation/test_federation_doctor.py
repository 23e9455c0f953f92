"""What keeps a node from running is one line that names the thing and says what to do."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bed import Bed
from county import County, ServiceCopy
from programs import free_port, wait_for
from rabbitmq import PASSWORD

ROLE = "careful"
NOTICED_SECONDS = 60.0


@pytest.fixture
def county(bed: Bed) -> County:
    return bed.counties["innlandet"]


@pytest.fixture
def careful_role(county: County) -> Iterator[str]:
    """The URL of the ledger's database for a role that must have a password."""
    access = county.cluster.folder / "data" / "pg_hba.conf"
    kept = access.read_text(encoding="utf-8")
    access.write_text(f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n{kept}", encoding="utf-8")
    county.cluster.change("ledger", "SELECT 1")
    superuser(county, f"CREATE ROLE {ROLE} LOGIN PASSWORD 'right'")
    superuser(county, "SELECT pg_reload_conf()")
    yield f"postgresql+psycopg2://{ROLE}:{{}}@127.0.0.1:{county.cluster.port}/{county.slug}_ledger"
    superuser(county, f"DROP ROLE {ROLE}")
    access.write_text(kept, encoding="utf-8")
    superuser(county, "SELECT pg_reload_conf()")


def superuser(county: County, statement: str) -> None:
    """The statement has had its effect, as PostgreSQL's own user may."""
    script = county.folder / "statement.sql"
    script.write_text(f"{statement};\n", encoding="utf-8")
    county.cluster.psql("postgres", "postgres", script)


def faults_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What `doctor --json` complains of, as one text each."""
    assert (done.returncode, "Traceback" in done.stderr) == (4, False), done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    found = json.loads(done.stdout)["findings"]
    return [f"{one['what']}: {one['detail']}. {one['advice']}" for one in found if not one["is_well"]]


def test_the_doctor_finds_nothing_in_a_node_that_is_well(county: County) -> None:
    done = county.try_to_run("doctor", BYTTEBANK_MANAGEMENT_URL=county.broker.management_url)
    assert done.returncode == 0, done.stdout
    assert "innlandet broker" in done.stdout
    assert "innlandet ledger database" in done.stdout


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"BYTTEBANK_AMQP_PASSWORD_FILE": "{wrong}"},
         ["innlandet broker: cannot be used", "refuses user 'byttebank'", "BYTTEBANK_AMQP_PASSWORD_FILE"]),
        ({"BYTTEBANK_AMQP_URL": "amqp://byttebank@127.0.0.1:{broker}/nothing"},
         ["no virtual host 'nothing'", "byttebank init"]),
        ({"BYTTEBANK_AMQP_URL": "amqp://byttebank@127.0.0.1:{nobody}/innlandet"},
         ["innlandet broker: does not answer", "BYTTEBANK_AMQP_URL"]),
        ({"BYTTEBANK_LEDGER_DATABASE_URL": "postgresql+psycopg2://x@127.0.0.1:{nobody}/ledger"},
         ["innlandet ledger database: does not answer", "BYTTEBANK_LEDGER_DATABASE_URL"]),
        ({"BYTTEBANK_NOTIFY_DATABASE_URL": "postgresql+psycopg2://postgres@127.0.0.1:{cluster}/nothing"},
         ["innlandet notify database: cannot be used", '"nothing" does not exist', "NOTIFY_DATABASE_URL"]),
        ({"BYTTEBANK_GATEWAY_DATABASE_URL": "postgresql+psycopg2://postgres@127.0.0.1:{cluster}/postgres"},
         ["innlandet gateway database: cannot be used", "byttebank migrate"]),
        ({"BYTTEBANK_SIGNING_KEY_FILE": "/nowhere/key.pem"}, ["innlandet signing key", "/nowhere/key.pem"]),
        ({"BYTTEBANK_MANAGEMENT_URL": "http://administrator:no@127.0.0.1:{management}"},
         ["innlandet broker: management", "BYTTEBANK_MANAGEMENT_URL"]),
    ],
)  # fmt: skip
def test_the_doctor_names_the_one_thing_that_is_wrong(
    county: County, tmp_path: Path, changed: dict[str, str], says: list[str]
) -> None:
    done = county.try_to_run("doctor", "--json", **filled_in(county, tmp_path, changed))
    (fault,) = faults_of(done)
    for text in says:
        assert text in fault


@pytest.mark.parametrize("command", ["doctor", "run"])
def test_a_wrong_database_password_is_said_to_be_one(county: County, careful_role: str, command: str) -> None:
    arguments = ["run", "ledger"] if command == "run" else ["doctor"]
    done = county.try_to_run(
        *arguments,
        BYTTEBANK_LEDGER_DATABASE_URL=careful_role.format("wrong"),
        BYTTEBANK_METRICS_LISTEN="127.0.0.1:0",
    )
    said = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in said) == ({"run": 3, "doctor": 4}[command], False)
    assert f'password authentication failed for user "{ROLE}"' in said
    assert "BYTTEBANK_LEDGER_DATABASE_URL" in said
    assert "wrong@" not in said


@pytest.mark.parametrize(
    ("changed", "code", "says"),
    [
        (
            {"BYTTEBANK_MANAGEMENT_URL": "http://administrator:no@127.0.0.1:{management}"},
            3,
            "refuses the user",
        ),
        ({"BYTTEBANK_MANAGEMENT_URL": "http://administrator@127.0.0.1:{nobody}"}, 3, "does not answer"),
        ({"BYTTEBANK_MANAGEMENT_URL": ""}, 2, "BYTTEBANK_MANAGEMENT_URL is missing"),
        ({"BYTTEBANK_PEERS_FILE": "/nowhere/peers.toml"}, 2, "BYTTEBANK_PEERS_FILE=/nowhere/peers.toml"),
        ({"BYTTEBANK_AMQP_PASSWORD_FILE": "/nowhere/password"}, 2, "/nowhere/password cannot be read"),
        ({"BYTTEBANK_SIGNING_KEY_FILE": "{state}/another.pem"}, 3, "has a book already"),
    ],
)
def test_init_says_in_one_line_what_is_wrong(
    county: County, tmp_path: Path, changed: dict[str, str], code: int, says: str
) -> None:
    settings = {
        "BYTTEBANK_MANAGEMENT_URL": county.broker.management_url,
        "BYTTEBANK_PEERS_FILE": str(county.state / "peers.toml"),
        **filled_in(county, tmp_path, changed),
    }
    done = county.try_to_run("init", **settings)
    said = done.stdout + done.stderr
    assert (done.returncode, "Traceback" in said) == (code, False), said
    assert says in said
    assert len(said.strip().splitlines()) == 1, said


def test_a_database_that_is_down_at_the_start_is_waited_for_and_readyz_says_so(
    county: County,
) -> None:
    county.cluster.kill()
    copy = ServiceCopy(county, "ledger", 9)
    copy.child.start()
    try:
        wait_for(
            lambda: "not ready: The database of services.ledger" in copy.readiness()[1],
            NOTICED_SECONDS,
            lambda: str(copy.readiness()),
        )
        assert "does not answer" in copy.readiness()[1]
        county.cluster.start()
        county.cluster.wait_until_ready()
        wait_for(copy.is_ready, NOTICED_SECONDS, lambda: str(copy.readiness()))
    finally:
        county.cluster.start()
        county.cluster.wait_until_ready()
        copy.child.kill()
    county.wait_until_ready()


def filled_in(county: County, tmp_path: Path, changed: dict[str, str]) -> dict[str, str]:
    """The settings with the county's ports, and the file of a wrong password, put in."""
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password", encoding="utf-8")
    values = {
        "broker": county.broker.port,
        "cluster": county.cluster.port,
        "management": county.broker.management_port,
        "nobody": free_port(),
        "state": county.state,
        "wrong": wrong,
    }
    return {name: text.format(**values) for name, text in changed.items()}
