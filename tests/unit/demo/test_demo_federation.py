"""The loaded federation: whole after a kill in the middle, the same when loaded again, and in balance."""

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byttebank.config import SERVICES_WITH_DATABASE
from byttebank.federation.keys import load_signing_key
from byttebank.storage import messages
from demo.accounts import PASSWORD
from demo.federation import COUNTIES, load, sign_ins
from demo.marker import FILE_NAME, StateUnusable
from demo.reference import read_libraries
from gateway import storage as gateway_storage
from gateway.accounts import password_fits
from services.directory import operations as directory
from services.ledger import operations as ledger
from services.matching.storage import engagements

pytestmark = pytest.mark.simulation
"""Loading takes seconds."""

Reading = Callable[[str, str], Any]
LIBRARIES = read_libraries()
EIDSKOG = next(one for one in LIBRARIES if one.short_name == "Eidskog")
KARI = {"person_id": EIDSKOG.id, "library_id": EIDSKOG.id, "role": "library_manager", "name": "Kari Moen"}


def test_every_county_has_a_key_of_its_own_and_five_databases(state_dir: Path) -> None:
    keys = {load_signing_key(state_dir / county / "signing-key.pem").key_id for county in COUNTIES}
    assert len(keys) == len(COUNTIES)
    for county in COUNTIES:
        for service in SERVICES_WITH_DATABASE:
            assert (state_dir / county / f"{service}.sqlite").stat().st_size > 0


def test_every_county_knows_the_keys_of_all_others(state_dir: Path, reading: Reading) -> None:
    keys = {county: load_signing_key(state_dir / county / "signing-key.pem").key_id for county in COUNTIES}
    for county in COUNTIES:
        with reading(county, "directory") as work:
            peers = directory.list_peers(work)
            rows = messages.waiting_outbox(work.connection, limit=10_000, is_local=True)
        assert [peer["county"] for peer in peers] == sorted(set(COUNTIES) - {county})
        assert all(peer["state"] == "active" and peer["fuse_half_days"] == 200 for peer in peers)
        told = {row.name for row in rows}
        assert {"CountyChanged", "PeerChanged", "LibraryChanged", "ColleagueChanged", "OfferChanged"} <= told
        assert all(
            keys[peer] in "".join(row.body for row in rows if row.name == "PeerChanged")
            for peer in keys
            if peer != county
        )


def test_a_loading_that_was_killed_goes_on_without_doing_anything_twice(reading: Reading) -> None:
    for county in COUNTIES:
        own = [one for one in LIBRARIES if one.county == county]
        with reading(county, "directory") as work:
            listed = directory.list_libraries(work, county=county, limit=200)["items"]
            rows = messages.waiting_outbox(work.connection, limit=10_000, is_local=True)
        assert len(listed) == len(own)
        assert all(library["version"] == 1 for library in listed)
        assert sum(row.name == "LibraryChanged" for row in rows) == len(own)


def test_a_whole_federation_is_left_alone_at_once(state_dir: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in state_dir.rglob("*") if path.is_file()}
    began = time.perf_counter()
    load(state_dir)
    assert time.perf_counter() - began < 0.1
    assert {path: path.stat().st_mtime_ns for path in state_dir.rglob("*") if path.is_file()} == before


def test_the_market_is_open_in_every_county(reading: Reading) -> None:
    for county in COUNTIES:
        with reading(county, "directory") as work:
            assert directory.list_offers(work)["items"], county
    with reading("innlandet", "directory") as work:
        items = directory.board(work, EIDSKOG.id)["items"]
        colleagues = directory.list_colleagues(work, EIDSKOG.id, KARI)
    assert {"need", "offer"} == {item["kind"] for item in items}
    assert any(item["is_possible"] for item in items)
    assert any(not item["is_possible"] for item in items)
    assert [one["name"] for one in colleagues] == ["Kari Moen", "Jonas Berg"]


def test_the_offers_of_a_federation_of_some_counties_name_no_other(tmp_path: Path) -> None:
    """Akershus has neighbours that are not there."""
    some = ("akershus", "innlandet", "trondelag")
    load(tmp_path, only=some)
    named: set[str] = set()
    for county in some:
        with sqlite3.connect(tmp_path / county / "directory.sqlite") as connection:
            for (body,) in connection.execute("SELECT body FROM outbox WHERE name = 'OfferChanged'"):
                named.update(json.loads(body)["counties"])
    assert named <= set(some)
    assert "innlandet" in named


def test_every_service_knows_the_country_of_every_library_and_so_its_public_holidays(
    reading: Reading,
) -> None:
    with reading("innlandet", "matching") as work:
        known = work.connection.exec_driver_sql("SELECT DISTINCT country FROM libraries").scalars().all()
    assert known == ["NO"]


def test_the_books_of_every_county_keep_their_rules(reading: Reading) -> None:
    for county in COUNTIES:
        with reading(county, "ledger") as work:
            assert ledger.verify(work) == []
            assert ledger.trial_balance(work)["imbalance_half_days"] == 0


def test_the_statement_of_eidskog_is_that_of_the_design(reading: Reading) -> None:
    """Nes and Stjørdal are in other counties: their days come when the federation runs."""
    with reading("innlandet", "ledger") as work:
        lines = ledger.statement(work, EIDSKOG.id)["lines"]
        account = ledger.account(work, EIDSKOG.id)
    said = [(line["work_date"], line["other_library_name"], line["half_days"]) for line in reversed(lines)]
    assert said == [
        ("2026-02-05", "Ringsaker folkebibliotek", 2),
        ("2026-03-10", "Hamar bibliotek", -2),
        ("2026-04-16", "Tolga bibliotek", -2),
        ("2026-06-18", "Grue folkebibliotek", 2),
        ("2026-10-08", "Grue folkebibliotek", -1),
        ("2026-10-20", "Tolga bibliotek", 2),
        ("2026-11-05", "Ringsaker folkebibliotek", -2),
    ]
    assert (account["balance_half_days"], account["limit_half_days"]) == (-1, 10)


def test_days_between_counties_wait_to_be_settled_for_real(reading: Reading) -> None:
    waiting = {}
    for county in COUNTIES:
        with reading(county, "ledger") as work:
            for peer in COUNTIES:
                if peer != county:
                    rows = messages.waiting_outbox(work.connection, limit=100, is_local=False, peer=peer)
                    waiting[county, peer] = [row.name for row in rows]
    assert waiting["akershus", "innlandet"] == ["PREPARE"]
    assert waiting["trondelag", "innlandet"] == ["PREPARE"] * 4
    assert sum(map(len, waiting.values())) == 15


def test_nobody_waits_for_the_answers_that_the_loader_has_had(reading: Reading) -> None:
    for county in COUNTIES:
        with reading(county, "ledger") as work:
            rows = messages.waiting_outbox(work.connection, limit=1000, is_local=True)
        assert {row.name for row in rows} <= {"DaysPosted"}


def test_the_engagement_behind_each_line_is_known_at_both_counties(reading: Reading) -> None:
    with reading("innlandet", "matching") as work:
        found = engagements.of_library(work.connection, EIDSKOG.id, "settled")
    assert len(found) == 9
    with reading("akershus", "matching") as work:
        nes = next(one for one in found if one.host_library_name == "Nes")
        assert engagements.find(work.connection, nes.id) == nes


def test_everybody_can_sign_in_with_the_one_password(state_dir: Path, reading: Reading) -> None:
    for entry in sign_ins(state_dir):
        with reading(entry["county"], "gateway") as work:
            row = gateway_storage.find_user_by_email(work.connection, entry["email"])
        assert row is not None
        assert (row["role"], row["name"]) == (entry["role"], entry["name"])
        assert entry["url_path"] == f"/{entry['county']}/"
    assert password_fits(row["password_hash"], PASSWORD)


def test_there_are_no_sign_ins_before_anything_is_loaded(tmp_path: Path) -> None:
    assert sign_ins(tmp_path / "nowhere") == []


def test_a_folder_with_a_broken_marker_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    with pytest.raises(StateUnusable, match="Delete the state folder"):
        load(tmp_path)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StateUnusable, match="--state"):
        load(tmp_path / "file" / "state")
