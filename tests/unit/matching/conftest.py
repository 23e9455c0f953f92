"""Two counties' matching to test with, migrated once and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from matching_cast import NOW, Matching, a_proposal, a_request, actor, carry, settle_in
from round_cast import begin, compute, offer, report

from byttebank.clock import FixedClock
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from services.matching import operations


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as the migrations make it, to copy: migrating takes longer than a test."""
    path = tmp_path_factory.mktemp("matching") / "migrated.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, "services.matching")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def settled_in(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each county a database that knows the cast, to copy."""
    folder = tmp_path_factory.mktemp("settled")
    files = {}
    for county in ("innlandet", "akershus"):
        files[county] = folder / f"{county}.sqlite"
        files[county].write_bytes(migrated.read_bytes())
        matching = Matching(f"sqlite:///{files[county]}", county, FixedClock(NOW))
        settle_in(matching)
        with matching.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        matching.close()
    return files


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def _copy(file: Path, county: str, folder: Path, clock: FixedClock) -> Matching:
    path = folder / f"{county}.sqlite"
    path.write_bytes(file.read_bytes())
    return Matching(f"sqlite:///{path}", county, clock)


@pytest.fixture
def innlandet(settled_in: dict[str, Path], tmp_path: Path, clock: FixedClock) -> Iterator[Matching]:
    """The host's county."""
    matching = _copy(settled_in["innlandet"], "innlandet", tmp_path, clock)
    yield matching
    matching.close()


@pytest.fixture
def akershus(settled_in: dict[str, Path], tmp_path: Path, clock: FixedClock) -> Iterator[Matching]:
    """The other county."""
    matching = _copy(settled_in["akershus"], "akershus", tmp_path, clock)
    yield matching
    matching.close()


@pytest.fixture
def empty(migrated: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Matching]:
    """Innlandet before anybody has told it anything."""
    (tmp_path / "empty").mkdir()
    matching = _copy(migrated, "innlandet", tmp_path / "empty", clock)
    yield matching
    matching.close()


@pytest.fixture
def asked(innlandet: Matching, akershus: Matching) -> tuple[Matching, Matching]:
    """Kari has asked for Per, and Akershus has heard of it."""
    proposal = a_proposal(colleague="Per", own_words="Kom gjerne kl. 9")
    innlandet.do(operations.propose, proposal, actor("Kari"))
    carry(innlandet, akershus)
    return innlandet, akershus


@pytest.fixture
def offered(innlandet: Matching, akershus: Matching) -> tuple[Matching, Matching]:
    """Nora has offered Per; Innlandet has not heard of it yet."""
    proposal = a_proposal(
        colleague="Per", own_words="Vi kan komme", host_contact_id=None, host_contact_name=None
    )
    akershus.do(operations.propose, proposal, actor("Nora"))
    return innlandet, akershus


@pytest.fixture
def computed(innlandet: Matching) -> Matching:
    """Eidskog asks for two days on the board; Jonas in Grue and Per in Akershus offer."""
    innlandet.hear("RequestChanged", a_request(version=2, half_days=4, is_open=True))
    offer(innlandet, "Jonas", "Per")
    begin(innlandet)
    report(innlandet)
    compute(innlandet)
    return innlandet
