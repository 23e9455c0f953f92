"""Candidates of a request out of what the index knows."""

from typing import Any

import pytest
from matching_cast import (
    Matching,
    a_library,
    a_peer,
    a_proposal,
    a_request,
    actor,
    an_id,
    an_offer,
    posted,
)

from byttebank.contracts.fields import load
from byttebank.contracts.refusals import NotFound
from byttebank.contracts.resources import Candidate
from services.matching import operations

Document = dict[str, Any]


def ask(county: Matching, request: str = "request", **named: Any) -> Document:
    answer: Document = county.ask(operations.candidates, an_id(request), **named)
    for candidate in answer["candidates"]:
        load(Candidate, candidate)
    return answer


def funnel(county: Matching) -> tuple[int, ...]:
    return tuple(ask(county)["funnel"].values())


def names(county: Matching) -> list[str]:
    return [candidate["library_name"] for candidate in ask(county)["candidates"]]


@pytest.fixture
def market(innlandet: Matching) -> Matching:
    """Jonas at Grue and Per at Nes can weed."""
    innlandet.hear("OfferChanged", an_offer("jonas", "Jonas"))
    innlandet.hear("OfferChanged", an_offer("per", "Per", colleague_name="Per"))
    return innlandet


def test_candidates_here_and_in_another_county_with_their_reasons(market: Matching) -> None:
    answer = ask(market)
    assert answer["request_id"] == an_id("request")
    assert answer["funnel"] == {"libraries": 2, "can": 2, "free": 2, "near": 2}
    grue, nes = answer["candidates"]
    assert (grue["library_name"], grue["distance_km"], grue["colleague_name"]) == ("Grue", 50, None)
    assert (nes["library_name"], nes["county"], nes["colleague_name"]) == ("Nes", "akershus", "Per")
    assert grue["dates"] == [f"2026-12-{day:02}" for day in (7, 8, 9, 10, 11)]
    assert grue["score"] == sum(reason["score"] for reason in grue["reasons"])


def test_a_request_nobody_has_heard_of_is_not_found(market: Matching) -> None:
    with pytest.raises(NotFound) as refused:
        ask(market, "another")
    assert refused.value.parameters == {"kind": "request", "id": an_id("another")}


@pytest.mark.parametrize(
    "changes",
    [
        {"skills": ["storytime"]},
        {"purpose": "hospitering"},
        {"state": "withdrawn"},
        {"reach": "counties", "counties": ["troms"]},
    ],
)
def test_who_cannot_is_not_counted(market: Matching, changes: Document) -> None:
    market.hear("OfferChanged", an_offer("per", "Per", version=2, **changes))
    assert funnel(market) == (2, 1, 1, 1)
    assert names(market) == ["Grue"]


def test_an_offer_for_the_own_county_only_reaches_nobody_else(market: Matching) -> None:
    market.hear("OfferChanged", an_offer("per", "Per", version=2, reach="county"))
    market.hear("OfferChanged", an_offer("jonas", "Jonas", version=2, reach="county"))
    assert names(market) == ["Grue"]


def test_an_offer_for_named_counties_reaches_those(market: Matching) -> None:
    market.hear("OfferChanged", an_offer("per", "Per", version=2, reach="counties", counties=["innlandet"]))
    assert names(market) == ["Grue", "Nes"]


def test_all_skills_of_the_request_must_be_in_one_offer(market: Matching) -> None:
    market.hear("OfferChanged", an_offer("jonas", "Jonas", version=2, skills=["weeding", "cataloguing"]))
    market.hear("OfferChanged", an_offer("other", "Per", skills=["cataloguing"]))
    market.hear("RequestChanged", a_request(version=2, skills=["weeding", "cataloguing"]))
    assert names(market) == ["Grue"]


def test_a_request_without_skills_may_be_helped_by_anybody(market: Matching) -> None:
    market.hear("RequestChanged", a_request(version=2, skills=[]))
    assert sorted(names(market)) == ["Grue", "Nes"]


def test_the_own_library_is_left_out(market: Matching) -> None:
    market.hear("OfferChanged", an_offer("ola", "Ola"))
    assert sorted(names(market)) == ["Grue", "Nes"]


@pytest.mark.parametrize("state", ["frozen", "left"])
def test_a_county_we_do_not_exchange_with_now_is_not_asked(market: Matching, state: str) -> None:
    market.hear("PeerChanged", a_peer("akershus", state=state, version=2))
    assert funnel(market) == (1, 1, 1, 1)


def test_a_library_that_has_left_is_not_asked(market: Matching) -> None:
    market.hear("LibraryChanged", a_library("Grue", version=2, state="withdrawn"))
    assert funnel(market) == (1, 1, 1, 1)


def test_a_colleague_who_has_agreed_elsewhere_is_not_free(market: Matching) -> None:
    market.hear("RequestChanged", a_request(version=2, last_on="2026-12-07"))
    other = a_proposal(dates=["2026-12-07"])
    market.do(operations.propose, other, actor("Kari"))
    assert funnel(market) == (2, 2, 2, 2)
    market.do(operations.accept, an_id("engagement"), actor("Jonas"))
    assert funnel(market) == (2, 2, 1, 1)


def test_a_request_for_single_days_is_not_for_those_between(market: Matching) -> None:
    asked = ["2026-12-07", "2026-12-10"]
    market.hear("RequestChanged", a_request(version=2, dates=asked, first_on=asked[0], last_on=asked[1]))
    assert [candidate["dates"] for candidate in ask(market)["candidates"]] == [asked, asked]
    market.hear("OfferChanged", an_offer("jonas", "Jonas", version=2, dates=["2026-12-08", "2026-12-10"]))
    assert ["2026-12-10"] in [candidate["dates"] for candidate in ask(market)["candidates"]]
    market.hear("OfferChanged", an_offer("jonas", "Jonas", version=3, dates=["2026-12-08", "2026-12-09"]))
    assert names(market) == ["Nes"]


def test_too_far_is_not_near(market: Matching) -> None:
    market.hear("OfferChanged", an_offer("jonas", "Jonas", version=2, max_km=49))
    assert funnel(market) == (2, 2, 2, 1)


def test_those_who_owe_in_our_books_come_first_and_foreign_books_are_not_guessed(market: Matching) -> None:
    order = {
        "engagement_id": None,
        "amount_half_days": 4,
        "payee_library_id": an_id("Eidskog"),
        "payee_county": "innlandet",
        "skill": None,
        "work_date": "2026-09-21",
    }
    for payer in ("Grue", "Nes"):
        market.hear(
            "DaysPosted",
            posted({**order, "transfer_id": an_id(f"t{payer}"), "payer_library_id": an_id(payer)}),
        )
    reasons = {
        candidate["library_name"]: {one["code"]: one["parameters"] for one in candidate["reasons"]}
        for candidate in ask(market)["candidates"]
    }
    assert reasons["Grue"]["owes"] == {"half_days": 4}
    assert reasons["Grue"]["last_visit"] == {"months": 2}
    assert "owes" not in reasons["Nes"]
    assert reasons["Nes"]["last_visit"] == {"months": 2}


def test_what_the_colleague_can_teach_and_who_our_neighbours_are(market: Matching) -> None:
    from matching_cast import a_colleague

    market.hear("ColleagueChanged", a_colleague("Jonas", can_teach=["weeding"], version=2))
    market.hear(
        "CountyChanged",
        {
            "slug": "innlandet",
            "name": "Innlandet",
            "code": "NO-34",
            "country": "NO",
            "time_zone": "Europe/Oslo",
            "language": "nb",
            "neighbours": ["akershus"],
            "limit_half_days": 10,
            "version": 1,
        },
    )
    grue, nes = ask(market)["candidates"]
    assert {
        "code": "can_teach",
        "parameters": {"skill": "weeding"},
        "is_favourable": True,
        "score": 10,
    } in grue["reasons"]
    (county,) = [one for one in nes["reasons"] if one["code"] == "other_county"]
    assert county["score"] == 5


def test_never_more_candidates_than_asked_for_and_at_least_one(market: Matching) -> None:
    assert len(ask(market, limit=1)["candidates"]) == 1
    assert len(ask(market, limit=0)["candidates"]) == 1
    assert len(ask(market, limit=10_000)["candidates"]) == 2


def test_nobody_is_suggested_for_a_public_holiday_or_a_day_on_which_the_host_is_closed(
    market: Matching,
) -> None:
    closed = {"country": "NO", "closed_dates": ["2026-12-28"]}
    market.hear("LibraryChanged", a_library("Eidskog", version=2, **closed))
    market.hear("RequestChanged", a_request(version=2, first_on="2026-12-23", last_on="2026-12-29"))
    market.hear("OfferChanged", an_offer("jonas", "Jonas", version=2, dates=["2026-12-25", "2026-12-29"]))
    dates = {one["library_name"]: one["dates"] for one in ask(market)["candidates"]}
    assert dates == {"Grue": ["2026-12-29"], "Nes": ["2026-12-23", "2026-12-24", "2026-12-29"]}
