"""What the directory and the ledger tell is remembered once, the newest last, in whatever order it comes."""

from typing import Any

import pytest
from matching_cast import Matching, a_colleague, a_library, a_peer, a_request, an_id, an_offer, posted
from sqlalchemy import select

from services.matching.domain.names import Person
from services.matching.storage import index, market, tables


def rows(county: Matching, table: Any) -> list[tuple[Any, ...]]:
    return county.ask(lambda work: [tuple(row) for row in work.connection.execute(select(table)).all()])


def test_the_highest_version_counts_whatever_the_order(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=3, half_days=6))
    innlandet.hear("RequestChanged", a_request(version=2, half_days=4))
    found = innlandet.ask(lambda work: index.request(work.connection, an_id("request")))
    assert (found["version"], found["half_days"]) == (3, 6)


def test_of_one_version_the_withdrawn_one_counts(innlandet: Matching) -> None:
    for state in ("open", "withdrawn", "open"):
        innlandet.hear("OfferChanged", an_offer("offer", "Jonas", state=state))
        found = innlandet.ask(lambda work: index.offer(work.connection, an_id("offer")))
    assert found["state"] == "withdrawn"


def test_an_older_offer_leaves_the_skills_of_the_newer_one_alone(innlandet: Matching) -> None:
    innlandet.hear(
        "OfferChanged",
        an_offer("offer", "Jonas", version=2, skills=["storytime"], reach="counties", counties=["akershus"]),
    )
    innlandet.hear("OfferChanged", an_offer("offer", "Jonas", version=1, skills=["weeding", "cataloguing"]))
    assert rows(innlandet, tables.offer_skills) == [("storytime", an_id("offer"))]
    assert rows(innlandet, tables.offer_counties) == [(an_id("offer"), "akershus")]
    innlandet.hear("OfferChanged", an_offer("offer", "Jonas", version=3, skills=["weeding"]))
    assert rows(innlandet, tables.offer_skills) == [("weeding", an_id("offer"))]
    assert rows(innlandet, tables.offer_counties) == []


def test_single_days_of_an_offer_are_its_bounds(innlandet: Matching) -> None:
    dates = ["2026-12-09", "2026-12-01", "2026-12-09"]
    innlandet.hear("OfferChanged", an_offer("offer", "Jonas", dates=dates))
    found = innlandet.ask(lambda work: index.offer(work.connection, an_id("offer")))
    assert found["dates"] == "2026-12-01 2026-12-09"
    assert (str(found["first_on"]), str(found["last_on"])) == ("2026-12-01", "2026-12-09")


def test_people_and_counties_are_kept_up_to_date(innlandet: Matching) -> None:
    innlandet.hear("ColleagueChanged", a_colleague("Jonas", sharing="all", version=2))
    innlandet.hear("PeerChanged", a_peer("akershus", state="frozen", version=2))
    people = innlandet.ask(lambda work: index.people(work.connection, [an_id("Jonas"), an_id("Per")]))
    assert people == {an_id("Jonas"): Person("Jonas", an_id("Grue"), "all")}
    assert innlandet.ask(lambda work: index.peer_state(work.connection, "akershus")) == "frozen"
    assert innlandet.ask(lambda work: index.peer_state(work.connection, "troms")) is None


ORDER = {
    "transfer_id": an_id("transfer"),
    "engagement_id": an_id("unheard-of"),
    "amount_half_days": 3,
    "payer_library_id": an_id("Eidskog"),
    "payee_library_id": an_id("Grue"),
    "payee_county": "innlandet",
    "skill": "weeding",
    "work_date": "2026-11-20",
}


def test_posted_days_count_once_in_both_balances(innlandet: Matching) -> None:
    for _ in range(3):
        innlandet.hear("DaysPosted", posted(ORDER))
    assert sorted(rows(innlandet, tables.balances)) == sorted(
        [(an_id("Grue"), 3, 0), (an_id("Eidskog"), 0, 3)]
    )


@pytest.mark.parametrize("order", [("2026-11-20", "2026-10-02"), ("2026-10-02", "2026-11-20")])
def test_the_last_visit_is_the_latest_whatever_the_order(innlandet: Matching, order: tuple[str, str]) -> None:
    for number, work_date in enumerate(order):
        innlandet.hear(
            "DaysPosted", posted({**ORDER, "transfer_id": an_id(str(number)), "work_date": work_date})
        )
    visits = rows(innlandet, tables.visits)
    assert {(one, other): str(day) for one, other, day in visits} == {
        (an_id("Eidskog"), an_id("Grue")): "2026-11-20",
        (an_id("Grue"), an_id("Eidskog")): "2026-11-20",
    }


def test_a_reversal_the_other_way_evens_the_balance(innlandet: Matching) -> None:
    innlandet.hear("DaysPosted", posted(ORDER))
    back = {
        **ORDER,
        "transfer_id": an_id("reversal"),
        "payer_library_id": an_id("Grue"),
        "payee_library_id": an_id("Eidskog"),
    }
    innlandet.hear("DaysPosted", {**posted(back), "engagement_id": None})
    assert all(given == received for _, given, received in rows(innlandet, tables.balances))


def test_a_county_that_leaves_takes_what_it_published_along_and_comes_back_with_what_it_sends(
    innlandet: Matching,
) -> None:
    innlandet.hear("PeerChanged", a_peer("akershus", version=20))
    innlandet.hear("LibraryChanged", a_library("Nes", "akershus", version=20))
    theirs = an_offer("theirs", "Per", county="akershus", library_id=an_id("Nes"), skills=["weeding"])
    innlandet.hear("OfferChanged", theirs)
    innlandet.hear("OfferChanged", an_offer("ours", "Jonas"))
    innlandet.hear("RequestChanged", a_request("wish", "Nes", county="akershus"))
    asked = a_request("asked", skills=["weeding"])
    innlandet.hear("RequestChanged", asked)
    known = innlandet.ask(lambda work: market.known(work.connection, work.county, work.today))
    innlandet.hear("PeerChanged", a_peer("akershus", state="left", version=21))
    for table in (tables.offers, tables.requests, tables.libraries):
        counties = innlandet.ask(
            lambda work, table=table: set(work.connection.execute(select(table.c.county)).scalars())
        )
        assert counties <= {"innlandet"}, table.name
    assert all(row[1] != an_id("theirs") for row in rows(innlandet, tables.offer_skills))
    again = innlandet.ask(lambda work: market.known(work.connection, work.county, work.today))
    assert again is not known, "the memory still holds what is gone"
    innlandet.hear("PeerChanged", a_peer("akershus", version=20))
    assert innlandet.ask(lambda work: index.peer_state(work.connection, "akershus")) == "left"
    innlandet.hear("PeerChanged", a_peer("akershus", version=22))
    innlandet.hear("OfferChanged", theirs)
    assert innlandet.ask(lambda work: index.offer(work.connection, an_id("theirs")))["state"] == "open"
