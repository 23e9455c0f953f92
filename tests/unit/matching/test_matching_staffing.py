"""So many must stay at home: what is proposed, answered, ranked and put into a round keeps to it."""

from datetime import date
from typing import Any

import pytest
from matching_cast import Matching, a_colleague, a_proposal, a_request, actor, an_id, carry, open_offers
from round_cast import begin, compute, publish, report, see

from byttebank.contracts.market_refusals import TooManyAway
from services.matching import operations
from services.matching.domain.staffing import Minimum, Staffing
from services.matching.operations import shortlists

Document = dict[str, Any]
GRUE = an_id("Grue")
STAFF = ("Siri", "Jonas", "Tor", "Else")
DAY = date(2026, 12, 9)
OTHER = {"dates": ["2026-12-10"]}


def staff_of_grue(county: Matching, minimum: int | None, *offering: str) -> None:
    """Four work at Grue; these offer help, and the first offer says how many must stay."""
    for name in ("Tor", "Else"):
        person = {"id": an_id(name), "library_id": GRUE, "name": name, "email": None, "version": 1}
        county.hear("ColleagueChanged", {**a_colleague("Jonas"), **person})
    for number, name in enumerate(offering):
        (one,) = open_offers("Jonas")
        named = {"id": an_id(f"offer{name}"), "colleague_id": an_id(name), "half_days": 20}
        county.hear("OfferChanged", {**one, **named, "min_at_home": minimum if number == 0 else None})


def agree(county: Matching, name: str, **changes: Any) -> Document:
    """Eidskog asks for the colleague, and she says yes."""
    proposal = {**a_proposal(f"e{name}"), "colleague_id": an_id(name), **changes}
    proposed: Document = county.do(operations.propose, proposal, actor("Kari"))
    county.do(operations.accept, proposed["id"], as_herself(name))
    return proposed


def as_herself(name: str) -> Document:
    return {"person_id": an_id(name), "library_id": GRUE, "role": "colleague", "name": name}


def candidates(county: Matching) -> dict[str, list[str]]:
    """Days by colleague's id."""
    found = county.ask(operations.candidates, an_id("request"))
    return {one["colleague_id"]: one["dates"] for one in found["candidates"]}


def test_the_refusal_names_the_date_and_how_many_are_away(innlandet: Matching) -> None:
    staff_of_grue(innlandet, 2, *STAFF)
    agree(innlandet, "Jonas")
    agree(innlandet, "Tor")
    proposal = {**a_proposal("third"), "colleague_id": an_id("Else")}
    with pytest.raises(TooManyAway) as refused:
        innlandet.do(operations.propose, proposal, actor("Kari"))
    assert refused.value.parameters == {
        "library_id": GRUE,
        "date": "2026-12-09",
        "away": 2,
        "colleagues": 4,
        "min_at_home": 2,
    }
    assert innlandet.do(operations.propose, {**proposal, **OTHER}, actor("Kari"))["state"] == "proposed"


def test_of_two_who_are_asked_for_the_last_place_one_can_say_yes(innlandet: Matching) -> None:
    staff_of_grue(innlandet, 3, *STAFF)
    for name in ("Jonas", "Tor"):
        proposal = {**a_proposal(f"e{name}"), "colleague_id": an_id(name)}
        innlandet.do(operations.propose, proposal, actor("Kari"))
    innlandet.do(operations.accept, an_id("eJonas"), as_herself("Jonas"))
    for who in (as_herself("Tor"), actor("Siri")):
        with pytest.raises(TooManyAway):
            innlandet.do(operations.accept, an_id("eTor"), who)
    innlandet.do(operations.decline, an_id("eJonas"), as_herself("Jonas"))
    innlandet.do(operations.accept, an_id("eTor"), as_herself("Tor"))


@pytest.mark.parametrize("place", ["home", "online"])
def test_who_helps_from_home_is_at_home(innlandet: Matching, place: str) -> None:
    staff_of_grue(innlandet, 3, *STAFF)
    agree(innlandet, "Jonas")
    assert agree(innlandet, "Tor", place=place)["state"] == "proposed"
    assert agree(innlandet, "Else", **OTHER)["state"] == "proposed"


def test_who_is_away_already_may_do_more_on_the_same_day(innlandet: Matching) -> None:
    staff_of_grue(innlandet, 3, *STAFF)
    agree(innlandet, "Jonas", half_days=1)
    again = {**a_proposal("again"), "colleague_id": an_id("Jonas"), "half_days": 1}
    assert innlandet.do(operations.propose, again, actor("Kari"))["state"] == "proposed"


def test_nobody_is_ranked_on_a_day_on_which_she_must_stay(innlandet: Matching) -> None:
    staff_of_grue(innlandet, 3, *STAFF)
    assert len(candidates(innlandet)[an_id("Else")]) == 5
    agree(innlandet, "Jonas")
    found = candidates(innlandet)
    for name in ("Siri", "Tor", "Else"):
        assert "2026-12-09" not in found[an_id(name)]
        assert "2026-12-10" in found[an_id(name)]
    innlandet.hear("RequestChanged", a_request(version=2, place="online"))
    assert innlandet.ask(operations.candidates, an_id("request"))["funnel"]["near"] == 0


def test_the_shortlist_of_very_many_keeps_to_it_too(
    innlandet: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff_of_grue(innlandet, 3, *STAFF)
    agree(innlandet, "Jonas")
    few = candidates(innlandet)
    monkeypatch.setattr(shortlists, "FEW_OFFERS", 0)
    assert candidates(innlandet) == few


def test_another_countys_library_judges_for_itself(innlandet: Matching, akershus: Matching) -> None:
    (one,) = open_offers("Per")
    for county in (innlandet, akershus):
        county.hear("OfferChanged", {**one, "min_at_home": 2})
    proposal = a_proposal(colleague="Per")
    innlandet.do(operations.propose, proposal, actor("Kari"))
    carry(innlandet, akershus)
    with pytest.raises(TooManyAway):
        akershus.do(operations.accept, proposal["id"], actor("Per"))


def test_a_round_has_nobody_where_everybody_must_stay(innlandet: Matching) -> None:
    staff_of_grue(innlandet, 4, *STAFF)
    gather(innlandet, 1)
    assert see(innlandet)["refusal"]["code"] == "nobody_offers"


def in_a_round(county: Matching, wanted: int) -> list[Document]:
    gather(county, wanted)
    compute(county)
    matches: list[Document] = see(county)["matches"]
    return matches


def gather(county: Matching, wanted: int) -> None:
    county.hear(
        "RequestChanged",
        a_request(version=2, half_days=2 * wanted, is_open=True, dates=["2026-12-09"]),
    )
    for number in range(wanted - 1):
        more = a_request(f"more{number}", half_days=2, is_open=True, dates=["2026-12-09"])
        county.hear("RequestChanged", more)
    begin(county)
    report(county)


@pytest.mark.parametrize(("minimum", "days"), [(None, 4), (3, 1), (2, 2)])
def test_no_plan_of_a_round_sends_more_than_may_go(
    innlandet: Matching, minimum: int | None, days: int
) -> None:
    staff_of_grue(innlandet, minimum, *STAFF)
    assert len(in_a_round(innlandet, 4)) == days
    seen = see(innlandet)
    assert seen["is_optimal"], "the bound is that of what may go"


def test_a_match_is_void_when_somebody_has_gone_meanwhile(innlandet: Matching) -> None:
    staff_of_grue(innlandet, 3, "Jonas")
    assert len(in_a_round(innlandet, 1)) == 1
    agree(innlandet, "Tor")
    publish(innlandet)
    (match,) = see(innlandet)["matches"]
    assert (match["state"], match["refusal"]["code"]) == ("void", "too_many_away")


def test_the_largest_number_of_the_offers_for_a_day_counts() -> None:
    minimums = (Minimum(1), Minimum(3, DAY, DAY))
    staffing = Staffing(GRUE, frozenset("abcd"), minimums, {DAY: frozenset("a")})
    assert staffing.room_on(DAY) == 0
    assert staffing.room_on(date(2026, 12, 10)) == 3
    assert Staffing(GRUE, frozenset("ab"), minimums[1:]).room_on(date(2026, 12, 10)) is None
    staffing.check("a", [DAY])
    with pytest.raises(TooManyAway):
        staffing.check("b", [DAY])
