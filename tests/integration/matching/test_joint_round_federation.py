"""A round of three counties that really run: containers, signed channels, brokers, processes that compute."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import eventlet
import pytest

from byttebank.clock import FixedClock, format_time
from byttebank.messaging.runner import EmbeddedFederation

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COUNTIES = ("akershus", "innlandet", "oslo")
PATIENCE_SECONDS = 60.0
ROUND = "01a2032c-0000-7000-8000-000000009001"
Document = dict[str, Any]


def number(kind: int, county: str) -> str:
    return f"01a2032c-0000-7000-8000-{kind:06d}{COUNTIES.index(county):06d}"


def librarian(county: str) -> Document:
    library = number(1, county)
    return {"person_id": number(9, county), "library_id": library, "role": "county", "name": "Siri Dahl"}


def things_of(county: str) -> list[tuple[str, Document]]:
    """Each county has one library that asks for a day, and one colleague who offers some."""
    library = {
        "id": number(1, county),
        "county": county,
        "name": f"{county} bibliotek",
        "short_name": county,
        "kind": "public",
        "latitude": 60.0,
        "longitude": 11.0 + COUNTIES.index(county) / 10,
        "version": 1,
    }
    offer = {
        "id": number(3, county),
        "county": county,
        "library_id": library["id"],
        "colleague_id": number(2, county),
        "skills": ["weeding"],
        "half_days": 10,
        "first_on": "2026-12-01",
        "last_on": "2026-12-20",
        "reach": "all",
        "version": 1,
    }
    request = {
        "id": number(4, county),
        "county": county,
        "library_id": library["id"],
        "skills": ["weeding"],
        "first_on": "2026-12-07",
        "last_on": "2026-12-11",
        "half_days": 2,
        "is_open": True,
        "host_contact_id": number(5, county),
        "host_contact_name": "Kari",
        "version": 1,
    }
    return [("LibraryChanged", library), ("OfferChanged", offer), ("RequestChanged", request)]


def colleagues_of(county: str) -> list[Document]:
    return [
        {
            "id": number(kind, county),
            "library_id": number(1, county),
            "name": name,
            "email": f"{name.lower()}@example.no",
            "is_manager": name == "Kari",
            "sharing": "all",
            "version": 1,
        }
        for kind, name in ((2, "Per"), (5, "Kari"))
    ]


class Counties:
    """The three of them, asked over RPC as a gateway would."""

    def __init__(self, state: Path) -> None:
        self.running = EmbeddedFederation(
            state, list(COUNTIES), port=None, clock=FixedClock(NOW), services=["ledger", "matching"]
        )

    def begin(self) -> "Counties":
        self.running.start()
        for county, node in self.running.nodes.items():
            with node.database("ledger").work() as work:
                work.emit("CountyChanged", self._county(county))
                for other in COUNTIES:
                    if other != county:
                        work.emit("PeerChanged", self._peer(other))
                    for name, body in things_of(other):
                        work.emit(name, body)
                accepted = {"library_id": number(1, county), "version": 1}
                work.emit("ParticipationAccepted", {**accepted, "accepted_at": format_time(NOW)})
                for colleague in colleagues_of(county):
                    work.emit("ColleagueChanged", colleague)
        self.running.wait_until_quiet(PATIENCE_SECONDS)
        return self

    def matching(self, county: str) -> Any:
        return self.running.rpc(county).matching

    def stages(self) -> dict[str, str]:
        found = {}
        for county in COUNTIES:
            for one in self.matching(county).matching_rounds():
                found[county] = one["stage"]
        return found

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.stages()
            eventlet.sleep(0.1)

    def _county(self, county: str) -> Document:
        return {
            "slug": county,
            "name": county.title(),
            "code": "NO-00",
            "country": "NO",
            "time_zone": "Europe/Oslo",
            "language": "nb",
            "limit_half_days": 10,
            "version": 1,
        }

    def _peer(self, peer: str) -> Document:
        key = self.running.nodes[peer].key
        assert key is not None
        valid_from_at = format_time(NOW - timedelta(days=1))
        known = {
            "key_id": key.key_id,
            "public_key": key.public_key.text,
            "valid_from_at": valid_from_at,
        }
        return {
            "county": peer,
            "name": peer.title(),
            "state": "active",
            "fuse_half_days": 200,
            "keys": [known],
            "version": 1,
        }


@pytest.fixture
def counties(tmp_path: Path) -> Iterator[Counties]:
    found = Counties(tmp_path / "state")
    try:
        yield found.begin()
    finally:
        found.running.stop()


@pytest.mark.simulation
def test_three_counties_that_run_compute_agree_and_propose_across_their_borders(counties: Counties) -> None:
    asked = {
        "id": ROUND,
        "name": "Sammen",
        "first_on": "2026-12-07",
        "last_on": "2026-12-18",
        "reply_by_on": "2026-12-02",
        "counties": ["akershus", "oslo"],
    }
    counties.matching("innlandet").create_matching_round(asked, librarian("innlandet"))
    counties.wait_for(lambda: set(counties.stages().values()) == {"computed"} and len(counties.stages()) == 3)
    counties.wait_for(
        lambda: all(counties.matching(one).matching_round(ROUND)["is_settled"] for one in COUNTIES)
    )
    shown = {county: counties.matching(county).matching_round(ROUND) for county in COUNTIES}
    assert len({(one["input_hash"], one["plan_hash"]) for one in shown.values()}) == 1
    assert shown["oslo"]["days_served"] == 3
    for county in COUNTIES:
        counties.matching(county).publish_matching_round(ROUND, librarian(county))
    counties.wait_for(lambda: set(counties.stages().values()) == {"published"})
    counties.running.wait_until_quiet(PATIENCE_SECONDS)
    for county in COUNTIES:
        (match,) = counties.matching(county).matching_round(ROUND)["matches"]
        assert match["state"] == "proposed"
        lender = match["lender_county"]
        known = counties.matching(lender).list_engagements(match["lender_library_id"])
        assert match["engagement_id"] in {one["id"] for one in known}
