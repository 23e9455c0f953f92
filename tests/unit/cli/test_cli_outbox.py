"""`byttebank outbox` says what waits, and tells again what a restored service may have forgotten."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.config import sqlite_url
from byttebank.storage import messages
from byttebank.storage.engine import open_engine
from byttebank.storage.erasing import ERASED

pytestmark = pytest.mark.simulation
"""Takes seconds: a node with its databases for each test."""

WHEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SERVICES = ("directory", "ledger", "matching", "notify")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Matching told the ledger something at nine, ten and eleven, and Akershus at eleven; one waits."""
    folder = tmp_path / "state" / "innlandet"
    folder.mkdir(parents=True)
    for service in SERVICES:
        engine = open_engine(sqlite_url(folder, service))
        with engine.begin() as connection:
            messages.create_message_tables(connection)
            if service == "matching":
                for hours, peer in ((-1, None), (0, None), (1, None), (1, "akershus"), (2, None)):
                    _tell(connection, WHEN + timedelta(hours=hours), peer, is_published=hours < 2)
        engine.dispose()
    return tmp_path / "state"


def _tell(connection: messages.Connection, at: datetime, peer: str | None, *, is_published: bool) -> None:
    connection.execute(
        messages.outbox.insert().values(
            message_id=f"{at:%H}-{peer}",
            peer=peer,
            name="PostDays",
            version=1,
            routing_key="ledger",
            body=json.dumps({"at": f"{at:%H}"}),
            created_at=at,
            published_at=at if is_published else None,
        )
    )


def run(state: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["outbox", *arguments, "--state", str(state)])
    return result.exit_code, result.output


def waiting(state: Path) -> list[str]:
    engine = open_engine(sqlite_url(state / "innlandet", "matching"))
    with engine.connect() as connection:
        rows = messages.waiting_outbox(connection, limit=10, is_local=True)
    engine.dispose()
    return [row.message_id for row in rows]


def test_it_is_said_what_waits_and_how_far_back_resending_reaches(state: Path) -> None:
    code, said = run(state, "list", "--json")
    assert code == 0
    found = {one["service"]: one for one in json.loads(said)}
    assert list(found) == list(SERVICES)
    assert found["matching"] == {
        "service": "matching",
        "waiting": 1,
        "oldest_at": "2026-11-22T12:00:00.000000Z",
        "kept_from_at": "2026-11-22T09:00:00.000000Z",
    }
    assert "matching: 1 waiting, the oldest since 2026-11-22T12:00:00.000000Z" in run(state, "list")[1]
    assert found["ledger"]["waiting"] == 0


def test_what_was_told_since_then_waits_with_the_id_it_had_and_peers_are_not_told(state: Path) -> None:
    code, said = run(state, "resend", "--since", "2026-11-22T10:00")
    assert code == 0
    assert "matching: 2 messages since 2026-11-22T10:00:00.000000Z are told again" in said
    assert waiting(state) == ["10-None", "11-None", "12-None"]
    assert "before" not in said


def test_what_was_erased_of_a_person_is_not_told_again(state: Path) -> None:
    engine = open_engine(sqlite_url(state / "innlandet", "matching"))
    with engine.begin() as connection:
        connection.execute(
            messages.outbox.update().where(messages.outbox.c.message_id == "10-None").values(body=ERASED)
        )
    engine.dispose()
    run(state, "resend", "--since", "2026-11-22T10:00")
    assert waiting(state) == ["11-None", "12-None"]


def test_one_service_alone_can_tell_again(state: Path) -> None:
    code, said = run(state, "resend", "--since", "2026-11-22T10:00+00:00", "--service", "ledger")
    assert code == 0
    assert waiting(state) == ["12-None"]
    assert "matching" not in said


def test_what_is_not_kept_any_more_is_said(state: Path) -> None:
    _, said = run(state, "resend", "--since", "2026-11-01T10:00")
    assert "nothing is kept from before 2026-11-22T09:00:00.000000Z: compare that by hand" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--since", "yesterday"), "yesterday is no time; write it like 2026-11-22T10:00Z."),
        (
            ("--since", "2026-11-22", "--service", "gateway"),
            "No service gateway tells anything",
        ),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    state: Path, arguments: tuple[str, ...], words: str
) -> None:
    code, said = run(state, "resend", *arguments)
    assert code == 2
    assert words in " ".join(said.split())
    assert waiting(state) == ["12-None"]
