"""A migrated store of the gateway, a clock that stands still, and gateways with fake services."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import eidskog
import pytest
from api_program import Program
from eidskog_services import backend_of_eidskog
from fake_backend import FakeBackend
from flask import Flask
from gateway_browser import Browser
from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from byttebank.clock import FixedClock
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from gateway import storage
from gateway.accounts import User, hash_password
from gateway.app import create_app
from gateway.auth.guard import TOKEN
from gateway.auth.sessions import open_session
from gateway.here import EXTENSION, Gateway
from gateway.known_names import KnownNames
from gateway.settings import GatewaySettings, SignIn
from gateway.speech import Speech, speak

MONDAY_MORNING = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)
"""Monday 23 November 2026, 08.14 in Norway."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store of this release, to be copied."""
    path = tmp_path_factory.mktemp("gateway") / "migrated.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, "gateway")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def kept_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One for all tests, so that statements stay compiled."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('gateway')}/gateway.sqlite")
    yield engine
    engine.dispose()


@pytest.fixture
def database(kept_engine: Engine, migrated: Path, clock: FixedClock) -> Iterator[Database]:
    database = Database(kept_engine, county="innlandet", service="gateway", clock=clock)
    file = Path(str(kept_engine.url.database))
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    shutil.copy(migrated, file)
    yield database
    database.close()


PREFIXES = ("/innlandet", "/a/deep-er/path", "")


@dataclass
class Node:
    """A gateway with its fake services, and who may sign in."""

    app: Flask
    backend: FakeBackend
    users: dict[str, User]
    prefix: str
    database: Database
    clock: FixedClock

    def browser(self, who: str | None = None) -> Browser:
        """A browser, signed in as one of the cast."""
        browser = Browser(self.app, self.prefix)
        if who is not None:
            with self.database.work() as work:
                token = open_session(work, self.users[who].user_id)
            browser.keep_session({TOKEN: token})
        return browser


def make_node(database: Database, clock: FixedClock, prefix: str, **changes: Any) -> Node:
    """A gateway on that Monday."""
    backend = backend_of_eidskog(clock)
    settings = GatewaySettings(
        **{
            "county": "innlandet",
            "prefix": prefix,
            "public_url": f"http://localhost{prefix}",
            "is_demo": True,
            "database": database,
            "secret_key": b"k" * 32,
            "sign_ins": [
                SignIn("innlandet", place, name, role, eidskog.email(name), eidskog.PASSWORD)
                for name, place, role in eidskog.SIGN_INS
            ],
            "pause": lambda _seconds: None,
            "run_in_thread": lambda _check, _hash, password: password == eidskog.PASSWORD,
            **changes,
        }
    )
    app = _app(backend, settings, is_usual=not changes)
    return Node(app, backend, _cast(database), prefix, database, clock)


def _cast(database: Database) -> dict[str, User]:
    """Those who may sign in, as `add_cast` has written them the first time: writing them takes a while."""
    if not _CAST:
        users = eidskog.add_cast(database)
        with database.reading() as work:
            rows = [dict(row) for row in work.connection.execute(select(storage.users)).mappings()]
        _CAST.update(users=users, rows=rows)
    else:
        with database.work() as work:
            work.connection.execute(insert(storage.users).on_conflict_do_nothing(), _CAST["rows"])
    return dict(_CAST["users"])


_CAST: dict[str, Any] = {}


def _app(backend: FakeBackend, settings: GatewaySettings, *, is_usual: bool) -> Flask:
    """A new application, or the one of an earlier test with this one's services: making one takes a while."""
    if not is_usual:
        return create_app(backend, settings)
    if settings.prefix not in _APPS:
        _APPS[settings.prefix] = create_app(backend, settings)
    app = _APPS[settings.prefix]
    names = KnownNames(backend.directory, settings.database.clock, settings.county)
    app.extensions[EXTENSION] = Gateway(backend, settings, names)
    return app


_APPS: dict[str, Flask] = {}


@pytest.fixture
def node(database: Database, clock: FixedClock) -> Node:
    """A gateway under `/innlandet`."""
    return make_node(database, clock, "/innlandet")


@pytest.fixture(
    params=[PREFIXES[0], *(pytest.param(one, marks=pytest.mark.simulation) for one in PREFIXES[1:])]
)
def any_node(request: pytest.FixtureRequest, database: Database, clock: FixedClock) -> Node:
    """A gateway under one path after the other."""
    return make_node(database, clock, request.param)


@pytest.fixture(autouse=True)
def _spoken_to(clock: FixedClock) -> None:
    """Sentences are said on that Monday, in bokmål, as far as names are known."""
    speak(Speech("nb", MONDAY_MORNING.date()))


@pytest.fixture(autouse=True)
def _one_password_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is slow on purpose; one hash does for the whole cast."""
    monkeypatch.setattr(eidskog, "hash_password", lambda _password: PASSWORD_HASH)


PASSWORD_HASH = hash_password(eidskog.PASSWORD)


@pytest.fixture
def program(node: Node) -> Program:
    """Kari's program."""
    return Program(node)
