"""The directory on PostgreSQL: the same board as on SQLite by every filter, and what else its SQL does."""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.market import COUNTY, make_libraries, make_offers, make_requests, receive, settle_in, words
from bench.search import FILTERS
from byttebank.clock import FixedClock
from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.identifiers import new_id
from byttebank.storage import messages
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.registers.record import Record
from services.directory.registers.travel_times import Timed
from services.directory.storage.travel_times import ids_by_name

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ledger"))
from throwaway_postgresql import throwaway_postgresql

Document = dict[str, Any]
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HERE, KARI = new_id(), new_id()
MANAGER = {"person_id": KARI, "library_id": HERE, "role": "library_manager", "name": "Kari"}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Database]]:
    """One county's directory on PostgreSQL and on SQLite, with the same from its peers."""
    chance = random.Random(7)
    libraries = make_libraries(chance, 60)
    skills = ["weeding", "music", "games", "web", "dissemination"]
    offers, requests = (list(make(chance, libraries, skills, 250)) for make in (make_offers, make_requests))
    said = [{"own_words": words(chance)} for _ in range(250)]
    with throwaway_postgresql() as url:
        databases = []
        for one in (url, f"sqlite:///{tmp_path_factory.mktemp('directory')}/directory.sqlite"):
            database = Database(open_engine(one), county=COUNTY, service="directory", clock=FixedClock(NOW))
            migrate(database.engine, "services.directory")
            settle_in(database, HERE)
            with database.work() as work:
                kari = {"id": KARI, "library_id": HERE, "name": "Kari", "can": skills[:2]}
                operations.add_colleague(work, {**kari, "sharing": "all"})
            receive(database, "LibraryPublished", libraries, [{}] * 60)
            receive(database, "OfferPublished", offers, said)
            receive(database, "RequestOpened", requests, said)
            databases.append(database)
        yield databases
        for database in databases:
            database.close()


def pages(database: Database, wanted: Document) -> list[str]:
    """The ids of the whole board by this filter, page after page."""
    found: list[str] = []
    cursor: str | None = None
    for _ in range(100):
        with database.reading() as work:
            page = operations.board(work, HERE, **wanted, cursor=cursor, limit=50)
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_both_databases_show_the_same_board(both: list[Database], name: str) -> None:
    on_postgresql, on_sqlite = (pages(database, FILTERS[name]) for database in both)
    assert on_postgresql == on_sqlite
    assert len(set(on_postgresql)) == len(on_postgresql)
    assert on_postgresql or name in ("free text, found nowhere", "within 2 km")


@pytest.mark.parametrize("text", ["' | !x", "a:* & b", "\\", "čáppa 📚", "kassere)"])
def test_no_text_is_an_operator(both: list[Database], text: str) -> None:
    on_postgresql, on_sqlite = (pages(database, {"text": text}) for database in both)
    assert on_postgresql == on_sqlite


def test_both_databases_go_by_the_same_travel_times(both: list[Database]) -> None:
    asked = ("everything", "offers", "within 50 km", "only what one can take", "free text: kassere")
    before = [pages(both[0], FILTERS[name]) for name in asked]
    for database in both:
        with database.work() as work:
            names = ids_by_name(work.connection, COUNTY).values()
            others = sorted({one for one in names if one is not None and one != HERE})
            times = [Timed("", HERE, one, 30 + number * 7, number) for number, one in enumerate(others[:60])]
            assert operations.import_travel_times(work, times).new == 60
            assert operations.import_travel_times(work, times).same == 60
    on_postgresql, on_sqlite = ([pages(database, FILTERS[name]) for name in asked] for database in both)
    assert on_postgresql == on_sqlite
    assert on_postgresql != before


def test_what_an_own_library_does_works_as_on_sqlite(both: list[Database]) -> None:
    for database in both:
        request = {
            "id": new_id(),
            "library_id": HERE,
            "skills": ["weeding"],
            "first_on": "2026-12-01",
            "last_on": "2026-12-04",
            "half_days": 2,
            "host_contact_id": KARI,
            "is_open": True,
            "reach": "county",
        }
        offer = {
            "id": new_id(),
            "library_id": HERE,
            "colleague_id": KARI,
            "skills": ["music"],
            "half_days": 2,
        }
        with database.work() as work:
            operations.create_request(work, request, MANAGER)
            operations.create_offer(work, {**offer, "weekdays": [2]}, MANAGER)
        later = FixedClock(NOW + timedelta(days=4))
        with Database(database.engine, county=COUNTY, service="directory", clock=later).work() as work:
            assert operations.widen_requests(work) == 1
            assert operations.renew_offer(work, offer["id"], MANAGER)["expires_on"] == "2027-05-27"
        with database.work() as work:
            records = [Record("line 2", "2042300", {"name": "Grue", "short_name": "Grue", "kind": "public"})]
            assert operations.import_libraries(work, records).new == 1
            assert operations.import_libraries(work, records).same == 1
        with database.work() as work:
            erased = operations.erase_person(work, KARI, MANAGER)
            assert len(erased) == 16
            assert operations.mapping(work)["places"][0]["libraries"] == 2
        with database.work() as work:
            assert operations.place_missing(work) == 0
            operations.leave_peer(work, "fylke7")
        assert pages(database, {"county": "fylke7"}) == []


def test_a_library_comes_in_and_accepts_on_both_databases(both: list[Database]) -> None:
    county = {**MANAGER, "role": "county"}
    accepted = {"version": PARTICIPATION_VERSION, "capacity": "delegate"}
    for database in both:
        invitation_id, token = new_id(), new_id() * 2
        invited = {"id": invitation_id, "library_id": HERE, "name": "Ny", "email": "ny@x.example"}
        with database.work() as work:
            operations.invite_library(work, {**invited, "token": token}, county)
        with database.work() as work:
            operations.join_library(work, token, {"name": "Ny", "acceptance": accepted})
        with database.work() as work:
            waiting = messages.waiting_outbox(work.connection, limit=10_000, is_local=True)
            messages.mark_published(work.connection, [row.id for row in waiting], work.now)
            assert operations.forget_links(work) == 1
            assert operations.open_invitation(work, token)["state"] == "used"
            seen = {one["library_id"]: one for one in operations.participations(work, county)}
        assert (seen[HERE]["is_accepted"], seen[HERE]["person_id"]) == (True, invitation_id)
