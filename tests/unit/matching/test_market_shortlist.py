"""Among very many offers the same are found as by reading them all, and what changes is seen at once."""

import subprocess
import sys
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from matching_cast import (
    LIBRARY_OF,
    NOW,
    Matching,
    a_colleague,
    a_library,
    a_peer,
    a_proposal,
    a_request,
    actor,
    an_acceptance,
    an_id,
    an_offer,
)
from sqlalchemy import delete, insert, select, update

from byttebank.contracts.participation import PARTICIPATION_VERSION
from services.matching import operations
from services.matching.domain.weights import NAMES
from services.matching.operations import shortlists
from services.matching.storage import changes, market
from services.matching.storage.tables import balances, engagements, index_changes, visits

pytestmark = pytest.mark.simulation
"""Thousands of offers are made."""

Document = dict[str, Any]
MONDAY = NOW.date()
SKILLS = ["weeding", "music", "games"]
COUNTIES = ["innlandet", "akershus", "troms"]


def _both_ways(
    county: Matching, monkeypatch: pytest.MonkeyPatch, limit: int = 10
) -> tuple[Document, Document]:
    """What is answered by reading every offer, and by a shortlist."""
    answers = []
    for few in (10**6, 0):
        monkeypatch.setattr(shortlists, "FEW_OFFERS", few)
        answers.append(county.ask(operations.candidates, an_id("request"), limit))
    return answers[0], answers[1]


def _a_day(random: Random) -> date:
    return MONDAY + timedelta(days=random.randint(-5, 40))


def _something_happens(county: Matching, random: Random, version: int) -> None:
    """An offer, a library, a person, a peer or the request is as it was not before."""
    library, number = f"L{random.randint(0, 5)}", random.randint(0, 11)
    where = COUNTIES[int(library[1]) % 3]
    what = random.choice(["offer"] * 6 + ["library", "colleague", "peer", "request", "acceptance"])
    if what == "offer":
        first, last = sorted((_a_day(random), _a_day(random)))
        dates = sorted({_a_day(random).isoformat() for _ in range(random.randint(1, 4))})
        span = {"first_on": first.isoformat(), "last_on": last.isoformat()}
        when = random.choice([{}, span, {"dates": dates}, {"first_on": first.isoformat()}])
        reach = random.choice(["all", "all", "county", "counties"])
        offer = an_offer(f"offer{number}", "Jonas", version=version, **when)
        offer |= {"library_id": an_id(library), "county": where, "colleague_id": an_id(f"c{number // 2}")}
        offer |= {"skills": random.sample(SKILLS, random.randint(2, 3)), "reach": reach}
        offer |= {"counties": random.sample(COUNTIES, 2) if reach == "counties" else []}
        offer |= {"places": random.choice([["host"], ["online"], ["host", "online"]])}
        offer |= {
            "max_km": random.choice([None, None, 60, 100]),
            "state": random.choice(["open"] * 5 + ["withdrawn"]),
        }
        offer |= {"purpose": random.choice(["help"] * 5 + ["hospitering"])}
        county.hear("OfferChanged", offer)
    elif what == "library":
        place = (None, None) if random.random() < 0.2 else (60 + random.random(), 11 + random.random())
        state = random.choice(["open"] * 9 + ["withdrawn"])
        changed = a_library(
            library, where, latitude=place[0], longitude=place[1], state=state, version=version
        )
        county.hear("LibraryChanged", changed)
    elif what == "acceptance":
        innlandets = an_acceptance(f"L{random.choice([0, 3])}", random.choice([0, PARTICIPATION_VERSION]))
        county.hear("ParticipationAccepted", innlandets)
    elif what == "colleague":
        taught = random.sample(SKILLS, random.randint(0, 2))
        person = a_colleague("Jonas", id=an_id(f"c{random.randint(0, 5)}"), can_teach=taught, version=version)
        county.hear("ColleagueChanged", person)
    elif what == "peer":
        state = random.choice(["active"] * 5 + ["frozen"])
        county.hear("PeerChanged", a_peer(random.choice(COUNTIES[1:]), state=state, version=version))
    else:
        first = MONDAY + timedelta(days=random.randint(-3, 12))
        last = first + timedelta(days=random.randint(0, 25))
        changed = a_request(
            skills=random.sample(SKILLS, random.choice([1, 1, 1, 2])),
            first_on=first.isoformat(),
            last_on=last.isoformat(),
            half_days=random.randint(1, 8),
            place=random.choice(["host", "host", "online"]),
            version=version,
        )
        county.hear("RequestChanged", changed)


def test_a_shortlist_answers_as_reading_every_offer_does_whatever_happens(
    innlandet: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(5)
    for number in range(6):
        innlandet.hear(
            "LibraryChanged", a_library(f"L{number}", COUNTIES[number % 3], longitude=11 + number / 9)
        )
    innlandet.hear("ParticipationAccepted", an_acceptance("L0"))
    with innlandet.database.work() as work:
        row = {"library_id": an_id("L0"), "given_half_days": 2, "received_half_days": 7}
        work.connection.execute(insert(balances).values(row))
        row = {"library_id": an_id("Eidskog"), "other_library_id": an_id("L1"), "last_on": date(2026, 9, 1)}
        work.connection.execute(insert(visits).values(row))
    found = 0
    for version in range(2, 240):
        if version % 40 == 0:
            weights = {name: Random(f"{name} {version}").randint(1, 99) for name in NAMES}
            innlandet.do(operations.set_ranking_weights, weights, {**actor("Kari"), "role": "county"})
        _something_happens(innlandet, random, version)
        if version % 3 == 0:
            by_reading, by_shortlist = _both_ways(innlandet, monkeypatch, random.choice([1, 2, 10]))
            assert by_shortlist == by_reading
            found += len(by_reading["candidates"])
    assert found > 60


def test_who_is_taken_elsewhere_is_free_on_fewer_days(
    innlandet: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    innlandet.hear("OfferChanged", an_offer("jonas", "Jonas"))
    first, _ = _both_ways(innlandet, monkeypatch)
    dates = first["candidates"][0]["dates"]
    innlandet.do(operations.propose, a_proposal(dates=dates[:3], half_days=6), actor("Kari"))
    with innlandet.database.work() as work:
        work.connection.execute(update(engagements).values(takes_time=True))
    by_reading, by_shortlist = _both_ways(innlandet, monkeypatch)
    assert by_shortlist == by_reading
    assert by_shortlist["candidates"][0]["dates"] == dates[3:]


def test_days_in_the_books_count_at_once(innlandet: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    innlandet.hear("OfferChanged", an_offer("jonas", "Jonas"))
    _both_ways(innlandet, monkeypatch)
    body = {"transfer_id": an_id("t"), "engagement_id": an_id("e"), "amount_half_days": 4, "skill": None}
    body |= {"payer_county": "innlandet", "payee_county": "innlandet", "work_date": "2026-11-20"}
    body |= {"payer_library_id": an_id(LIBRARY_OF["Jonas"]), "payee_library_id": an_id("Eidskog")}
    innlandet.hear("DaysPosted", body)
    by_reading, by_shortlist = _both_ways(innlandet, monkeypatch)
    assert by_shortlist == by_reading
    assert "owes" in {one["code"] for one in by_shortlist["candidates"][0]["reasons"]}


def test_what_is_asked_beyond_the_dates_in_memory_is_read_from_the_database(
    innlandet: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    innlandet.hear("OfferChanged", an_offer("jonas", "Jonas", dates=["2028-11-20"]))
    innlandet.hear("RequestChanged", a_request(first_on="2028-11-20", last_on="2028-11-24", version=2))
    by_reading, by_shortlist = _both_ways(innlandet, monkeypatch)
    assert by_shortlist == by_reading
    assert by_shortlist["candidates"]


def test_a_market_that_is_old_or_far_behind_is_read_anew(
    innlandet: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    innlandet.hear("OfferChanged", an_offer("jonas", "Jonas"))
    with innlandet.database.reading() as work:
        first = market.known(work.connection, "innlandet", MONDAY)
        assert market.known(work.connection, "innlandet", MONDAY + timedelta(days=14)) is first
        assert market.known(work.connection, "innlandet", MONDAY + timedelta(days=15)) is not first
        second = market.known(work.connection, "innlandet", MONDAY)
    monkeypatch.setattr(changes, "KEPT", 4)
    for version in range(2, 6):
        innlandet.hear("OfferChanged", an_offer("jonas", "Jonas", version=version))
    with innlandet.database.reading() as work:
        assert market.known(work.connection, "innlandet", MONDAY) is not second


def test_a_change_that_is_shown_late_is_not_missed(innlandet: Matching) -> None:
    """As on PostgreSQL, where a transaction with a lower number may be committed after one with a higher."""
    with innlandet.database.reading() as work:
        place = changes.place_now(work.connection)
    with innlandet.database.work() as work:
        rows = [{"id": place.last + n, "kind": "offer", "key": f"k{n}"} for n in (2, 4)]
        work.connection.execute(insert(index_changes), rows)
    with innlandet.database.reading() as work:
        assert changes.changed_since(work.connection, place) == {("offer", "k2"), ("offer", "k4")}
        assert changes.changed_since(work.connection, place) == set()
    with innlandet.database.work() as work:
        work.connection.execute(insert(index_changes).values(id=place.last - 3, kind="peer", key="k1"))
    with innlandet.database.reading() as work:
        assert changes.changed_since(work.connection, place) == {("peer", "k1")}


def test_old_changes_are_swept(innlandet: Matching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "KEPT", 5)
    monkeypatch.setattr(changes, "SWEEP_EVERY", 10)
    with innlandet.database.work() as work:
        work.connection.execute(delete(index_changes))
        for number in range(20):
            changes.note(work.connection, "offer", str(number))
        kept = work.connection.execute(select(index_changes.c.key)).scalars().all()
    assert 5 <= len(kept) <= 15
    assert kept[-1] == "19"


@pytest.mark.simulation
def test_a_service_that_holds_no_round_and_few_offers_carries_no_arrays_and_no_solver() -> None:
    heavy = "{'numpy', 'ortools', 'highspy'}"
    look = f"import sys, services.matching.service; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
