"""Vandring rounds in the product: invited to, planned, published, left, refused."""

import pytest
from matching_cast import Matching, a_library, an_id
from vandring_cast import (
    COUNTY,
    PLACES,
    ROUND,
    Document,
    a_round,
    agree,
    begin,
    carry_out,
    leader,
    plan_of,
    propose_all,
    published,
    say,
    see,
    settle,
    told,
    visit_by,
)

from byttebank.contracts.fields import load
from byttebank.contracts.refusals import (
    DateOrder,
    DatePast,
    FieldMissing,
    NotFound,
    NotYourRole,
    SameKeyOtherBody,
)
from byttebank.contracts.vandring import VandringRound
from byttebank.contracts.vandring_refusals import (
    AnswerLate,
    DayClosed,
    NoVisitPossible,
    TooFewLibraries,
    VandringClosed,
    VandringOpen,
    VandringTooLong,
    VisitAgreed,
)
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: many libraries answer."""


def test_every_open_library_is_invited_and_sees_its_own_answer_only(innlandet: Matching) -> None:
    settle(innlandet)
    begun = begin(innlandet)
    load(VandringRound, begun)
    assert (begun["stage"], begun["invited_count"], begun["yes_count"]) == ("inviting", 5, 0)
    assert sorted(told(innlandet, "vandring_invited")) == sorted(PLACES)
    seen = say(innlandet, "Tolga", names=True)
    load(VandringRound, seen)
    assert [(one["library_name"], one["answer"]) for one in seen["libraries"]] == [("Tolga", True)]
    assert seen["libraries"][0]["colleague_id"] == an_id("cTolga")
    assert see(innlandet)["yes_count"] == 1
    (listed,) = innlandet.ask(operations.library_vandrings, an_id("Grue"))
    load(VandringRound, listed)
    assert listed["libraries"][0]["answer"] is None


def test_the_plan_is_a_draft_until_it_is_published_and_then_everybody_is_told(innlandet: Matching) -> None:
    settle(innlandet)
    begin(innlandet)
    for library in PLACES:
        say(innlandet, library)
    planned = innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    load(VandringRound, planned)
    plan = plan_of(planned)
    assert sorted(plan) == sorted(plan.values()) == sorted(PLACES)
    assert all(one != other for one, other in plan.items())
    assert planned["is_shortest"]
    assert innlandet.ask(operations.library_vandring, ROUND, an_id("Grue"))["visits"] == []
    assert told(innlandet, "vandring_published") == []
    innlandet.do(operations.publish_vandring_round, ROUND, COUNTY)
    innlandet.do(operations.publish_vandring_round, ROUND, COUNTY)
    assert sorted(told(innlandet, "vandring_published")) == sorted(PLACES)
    (news,) = [one for one in innlandet.told("VandringTold") if one["key"] == "vandring_published"][:1]
    assert {news["host"], news["lender"]} <= set(PLACES)
    assert news["season"] == "Vinter 2027"
    own = innlandet.ask(operations.library_vandring, ROUND, an_id("Grue"))
    load(VandringRound, own)
    assert len(own["visits"]) == 2
    assert {one["visitor_library_name"] for one in own["swap_with"]} <= set(PLACES) - {"Grue"}


def test_a_visit_whose_visitor_is_named_is_proposed_by_itself_and_moves_no_days(innlandet: Matching) -> None:
    seen = published(innlandet, names=True)
    visit = visit_by(seen, "Grue")
    assert (visit["engagement_state"], visit["dates"]) == ("proposed", [visit["week_on"]])
    engagement = innlandet.ask(operations.get_engagement, visit["engagement_id"], leader("Grue"))
    assert (engagement["purpose"], engagement["consents"]) == ("vandring", {})
    agree(innlandet, visit)
    assert visit_by(see(innlandet), "Grue")["engagement_state"] == "agreed"
    assert innlandet.told("ReserveDays") == []


def test_a_library_that_named_nobody_says_later_who_comes_and_when(innlandet: Matching) -> None:
    visit = visit_by(published(innlandet), "Grue")
    assert visit["engagement_id"] is None
    arguments = (visit["id"], an_id("proposed"), an_id("cGrue"))
    with pytest.raises(DayClosed):
        innlandet.do(operations.propose_visit, *arguments, "2027-01-16", leader("Grue"))
    with pytest.raises(NotYourRole):
        innlandet.do(operations.propose_visit, *arguments, "2027-01-13", leader("Tolga"))
    for _ in range(2):
        innlandet.do(operations.propose_visit, *arguments, "2027-01-13", leader("Grue"))
    seen = visit_by(see(innlandet), "Grue")
    assert (seen["engagement_state"], seen["dates"]) == ("proposed", ["2027-01-13"])
    with pytest.raises(VisitAgreed):
        innlandet.do(
            operations.propose_visit, visit["id"], an_id("p2"), an_id("cGrue"), "2027-01-14", leader("Grue")
        )


def test_a_week_in_which_a_library_is_closed_is_avoided(innlandet: Matching) -> None:
    away = [f"2027-01-{day}" for day in (*range(11, 16), *range(18, 23), *range(25, 30))]
    settle(innlandet, Grue={"closed_dates": away})
    begin(innlandet, closed_dates=["2027-02-01", "2027-02-02"])
    for library in PLACES:
        say(innlandet, library, names=True)
    innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    innlandet.do(operations.publish_vandring_round, ROUND, COUNTY)
    propose_all(innlandet)
    seen = see(innlandet)
    of_grue = [
        one for one in seen["visits"] if "Grue" in (one["visitor_library_name"], one["host_library_name"])
    ]
    assert {one["week_on"] for one in of_grue} == {"2027-02-01"}
    assert {one["dates"][0] for one in of_grue} == {"2027-02-03"}


def test_a_library_drops_out_and_the_rest_stands(innlandet: Matching) -> None:
    seen = published(innlandet, names=True)
    before = plan_of(seen)
    for visit in seen["visits"]:
        agree(innlandet, visit)
    visitor = next(one for one, host in before.items() if host == "Grue")
    innlandet.do(operations.leave_vandring, ROUND, an_id("Grue"), leader("Grue"))
    after = plan_of(see(innlandet))
    assert "Grue" not in {*after, *after.values()}
    untouched = {name: host for name, host in before.items() if "Grue" not in (name, host)}
    assert {name: after[name] for name in untouched} == untouched
    assert after[visitor] == before["Grue"] if visitor != before["Grue"] else visitor not in after
    for one in (visit_by(seen, "Grue"), visit_by(seen, visitor)):
        engagement = innlandet.ask(
            operations.get_engagement, one["engagement_id"], leader(one["visitor_library_name"])
        )
        assert engagement["state"] == "cancelled"
    assert set(told(innlandet, "vandring_changed")) == {visitor, before["Grue"]}
    assert innlandet.ask(operations.library_vandring, ROUND, an_id("Grue"))["libraries"][0]["has_left"]
    assert (see(innlandet)["yes_count"], see(innlandet)["no_count"]) == (4, 1)
    innlandet.do(operations.leave_vandring, ROUND, an_id("Grue"), leader("Grue"))
    assert plan_of(see(innlandet)) == after


def test_a_visit_that_has_taken_place_stays_when_its_visitor_drops_out(innlandet: Matching) -> None:
    visit = visit_by(published(innlandet, names=True), "Grue")
    agree(innlandet, visit)
    carry_out(innlandet, visit)
    innlandet.do(operations.leave_vandring, ROUND, an_id("Grue"), leader("Grue"))
    seen = see(innlandet)
    assert plan_of(seen)["Grue"] == visit["host_library_name"]
    assert list(plan_of(seen).values()).count(visit["host_library_name"]) == 1
    assert "Grue" not in plan_of(seen).values()


def test_nobody_visits_the_same_place_in_the_next_round(innlandet: Matching) -> None:
    first = plan_of(published(innlandet))
    following = a_round(
        id=an_id("second"),
        name="Vår 2027",
        first_on="2027-03-01",
        last_on="2027-03-26",
        reply_by_on="2027-02-01",
    )
    innlandet.do(operations.create_vandring_round, following, COUNTY)
    for library in PLACES:
        innlandet.do(
            operations.answer_vandring, an_id("second"), an_id(library), {"takes_part": True}, leader(library)
        )
    second = plan_of(innlandet.do(operations.plan_vandring_round, an_id("second"), COUNTY))
    assert len(second) == 5
    assert not set(first.items()) & set(second.items())


def test_an_answer_makes_the_plan_void_and_after_the_last_day_only_the_county_answers(
    innlandet: Matching,
) -> None:
    settle(innlandet)
    begin(innlandet)
    for library in PLACES:
        say(innlandet, library)
    innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    say(innlandet, "Tolga", False)
    assert (see(innlandet)["stage"], see(innlandet)["visits"]) == ("inviting", [])
    with pytest.raises(TooFewLibraries):
        innlandet.do(operations.publish_vandring_round, ROUND, COUNTY)
    innlandet.let_time_pass("2026-12-19")
    with pytest.raises(AnswerLate):
        say(innlandet, "Tolga")
    innlandet.do(operations.answer_vandring, ROUND, an_id("Tolga"), {"takes_part": True}, COUNTY)
    assert see(innlandet)["yes_count"] == 5
    with pytest.raises(NotYourRole):
        innlandet.do(operations.answer_vandring, ROUND, an_id("Tolga"), {"takes_part": True}, leader("Grue"))
    with pytest.raises(NotFound):
        innlandet.do(
            operations.answer_vandring,
            ROUND,
            an_id("Grue"),
            {"takes_part": True, "colleague_id": an_id("cTolga")},
            COUNTY,
        )
    innlandet.do(operations.discard_vandring_round, ROUND, COUNTY)
    with pytest.raises(VandringClosed):
        innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, FieldMissing),
        ({"last_on": "2027-01-10"}, DateOrder),
        ({"reply_by_on": "2027-02-06"}, DateOrder),
        ({"first_on": "2026-11-22"}, DatePast),
        ({"reply_by_on": "2026-11-22"}, DatePast),
        ({"last_on": "2028-01-12"}, VandringTooLong),
        ({"library_ids": [an_id("Grue"), an_id("Tolga")]}, TooFewLibraries),
        ({"library_ids": [an_id("Grue"), an_id("Tolga"), an_id("Nes")]}, NotFound),
    ],
)
def test_a_round_that_makes_no_sense_is_refused(
    innlandet: Matching, changes: Document, refusal: type[Exception]
) -> None:
    settle(innlandet)
    with pytest.raises(refusal):
        begin(innlandet, **changes)
    assert innlandet.ask(operations.vandring_rounds) == []


def test_a_second_round_waits_and_the_same_one_sent_twice_is_one(innlandet: Matching) -> None:
    settle(innlandet)
    begin(innlandet)
    begin(innlandet)
    with pytest.raises(SameKeyOtherBody):
        begin(innlandet, name="Noe annet")
    with pytest.raises(SameKeyOtherBody):
        begin(innlandet, library_ids=[an_id("Grue"), an_id("Tolga"), an_id("Alvdal")])
    begin(innlandet, library_ids=[an_id(name) for name in PLACES])
    with pytest.raises(VandringOpen) as refused:
        begin(innlandet, id=an_id("second"))
    assert refused.value.parameters["name"] == "Vinter 2027"
    assert len(told(innlandet, "vandring_invited")) == 5


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"max_km": 1}, "too_far"),
        ({"sizes": "different"}, "wrong_size"),
        ({"closed_dates": [f"2027-01-{day}" for day in range(11, 32)]}, "always_closed"),
    ],
)
def test_a_plan_without_any_visit_says_why(innlandet: Matching, changes: Document, why: str) -> None:
    settle(innlandet, **{name: {"size_class": "small"} for name in PLACES})
    begin(innlandet, **({"last_on": "2027-01-29"} if why == "always_closed" else {}), **changes)
    for library in ("Eidskog", "Grue"):
        say(innlandet, library)
    with pytest.raises(TooFewLibraries):
        innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    say(innlandet, "Tolga")
    with pytest.raises(NoVisitPossible) as refused:
        innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    assert refused.value.parameters == {"sits_out": why}


def test_who_sits_out_is_shown_with_the_reason(innlandet: Matching) -> None:
    settle(
        innlandet,
        **{name: {"size_class": "small"} for name in ("Eidskog", "Grue", "Tynset")},
        Tolga={"size_class": "large"},
    )
    begin(innlandet, sizes="same")
    for library in PLACES:
        say(innlandet, library)
    seen = innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    why = {one["library_name"]: one["sits_out"] for one in seen["libraries"] if one["sits_out"]}
    assert why == {"Tolga": "wrong_size", "Alvdal": "size_unknown"}
    assert seen["without_visitor"] == ["Alvdal", "Tolga"]


def test_a_withdrawn_library_takes_no_part(innlandet: Matching) -> None:
    settle(innlandet)
    begin(innlandet)
    for library in PLACES:
        say(innlandet, library)
    innlandet.hear("LibraryChanged", a_library("Tolga", "innlandet", state="withdrawn", version=9))
    seen = innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    assert sorted(plan_of(seen)) == sorted(set(PLACES) - {"Tolga"})
