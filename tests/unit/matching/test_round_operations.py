"""Rounds of matching in the product: gathered, computed, looked at, published."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from matching_cast import Matching, a_library, a_proposal, a_request, actor, an_id, open_offers

from byttebank.contracts.fields import load
from byttebank.contracts.market_refusals import RoundOpen
from byttebank.contracts.matching_rounds import MatchingRound, PublishedRound
from byttebank.contracts.refusals import (
    DateOrder,
    DatePast,
    FieldMissing,
    NotFound,
    NotNow,
    NotYourRole,
    SameKeyOtherBody,
)
from byttebank.storage.work import Work
from services.matching import operations
from services.matching.domain.checker import violations
from services.matching.domain.instance import PlannedDay
from services.matching.domain.participants import Standing, Wanted
from services.matching.domain.round import hash_of, matches_of, plan_hash
from services.matching.domain.round_input import round_input
from services.matching.rounds.reading import read_content
from services.matching.rounds.solving import solve
from services.matching.storage import rounds

pytestmark = pytest.mark.simulation
"""Takes seconds: rounds are gathered, computed and published."""

Document = dict[str, Any]
ROUND = an_id("round")
COUNTY = {**actor("Kari"), "role": "county"}


def a_round(**changes: Any) -> Document:
    return {
        "id": ROUND,
        "name": "Uke 50",
        "first_on": "2026-12-07",
        "last_on": "2026-12-18",
        "reply_by_on": "2026-12-02",
        **changes,
    }


def begin(county: Matching, **changes: Any) -> Document:
    begun: Document = county.do(operations.create_matching_round, a_round(**changes), COUNTY)
    return begun


def report(
    county: Matching, round_id: str = ROUND, counties: list[Document] | None = None, **available: int
) -> None:
    """The ledger answers: nobody has given or received, and five days are the limit."""
    accounts = [
        {
            "library_id": an_id(name),
            "balance_half_days": 0,
            "available_half_days": available.get(name, 10),
        }
        for name in ("Eidskog", "Grue")
    ]
    told = {"round_id": round_id, "accounts": accounts}
    county.do(operations.accounts_reported, told | ({"counties": counties} if counties else {}))


def see(county: Matching, round_id: str = ROUND) -> Document:
    found: Document = county.ask(operations.matching_round, round_id)
    load(MatchingRound, found)
    return found


def compute(county: Matching, round_id: str = ROUND) -> None:
    """As the process does it, in this one."""
    run, text = county.do(operations.begin_computing, round_id)
    outcome = solve(read_content(text.encode()).instance)
    plan = [
        {"request": day.request, "colleague": day.colleague, "date": day.date.isoformat()}
        for day in outcome.plan
    ]
    unmet = [{"request": one.request, "reason": one.reason, "text": one.text} for one in outcome.unmet]
    said = {"status": outcome.status, "bound": outcome.bound, "plan": plan, "unmet": unmet}
    county.do(operations.computed, round_id, run, said)


def offer(county: Matching, *colleagues: str) -> None:
    for one in open_offers(*colleagues):
        county.hear("OfferChanged", {**one, "half_days": 20})


def publish(county: Matching, round_id: str = ROUND) -> None:
    county.do(operations.publish_matching_round, round_id, COUNTY)
    while county.do(operations.publish_next, round_id):
        pass


@pytest.fixture
def computed(innlandet: Matching) -> Matching:
    """Eidskog asks for two days on the board; Jonas in Grue and Per in Akershus offer."""
    innlandet.hear("RequestChanged", a_request(version=2, half_days=4, is_open=True))
    offer(innlandet, "Jonas", "Per")
    begin(innlandet)
    report(innlandet)
    compute(innlandet)
    return innlandet


def test_a_round_asks_the_ledger_first_and_then_waits_to_be_computed(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, is_open=True))
    offer(innlandet, "Jonas")
    assert begin(innlandet)["stage"] == "gathering"
    assert innlandet.told("ReportAccounts") == [{"round_id": ROUND}]
    assert innlandet.ask(operations.round_at_work) is None
    report(innlandet)
    seen = see(innlandet)
    assert (seen["stage"], seen["request_count"], seen["days_wanted"]) == ("waiting", 1, 1)
    assert innlandet.ask(operations.round_at_work)["stage"] == "waiting"


def test_the_preview_shows_matches_and_effects_and_sends_nothing(computed: Matching) -> None:
    seen = see(computed)
    assert (seen["stage"], seen["days_served"], seen["bound"], seen["is_optimal"]) == ("computed", 2, 2, True)
    assert {one["host_library_name"] for one in seen["matches"]} == {"Eidskog"}
    assert sum(one["half_days"] for one in seen["matches"]) == 4
    (eidskog,) = [one for one in seen["effects"] if one["library_name"] == "Eidskog"]
    assert (eidskog["received_half_days"], eidskog["after_half_days"]) == (4, -4)
    assert seen["unmet"] == []
    assert computed.told("EngagementChanged") == []
    assert computed.told("EngagementShared") == []


def test_the_input_names_nobody_and_has_the_hash_of_the_file_that_can_be_solved(computed: Matching) -> None:
    text = computed.ask(operations.matching_round_input, ROUND)
    for name in ("Eidskog", "Grue", "Nes", "Jonas", "Per", "Kari", "request"):
        assert an_id(name) not in text
    assert "Jonas" not in text
    assert json.loads(text)["libraries"][0]["lat"] is None
    seen = see(computed)
    instance = read_content(text.encode()).instance
    again = solve(instance)
    assert seen["input_hash"] == hash_of(text)
    assert seen["plan_hash"] == plan_hash(again.plan)
    assert not violations(instance, again.plan)


def test_publishing_proposes_each_match_once_and_asks_all_three(computed: Matching) -> None:
    publish(computed)
    seen = see(computed)
    assert seen["stage"] == "published"
    assert {one["state"] for one in seen["matches"]} == {"proposed"}
    assert {one["engagement_state"] for one in seen["matches"]} == {"proposed"}
    for match in seen["matches"]:
        engagement = computed.ask(operations.get_engagement, match["engagement_id"], actor("Kari"))
        assert engagement["consents"] == {}
        assert engagement["reply_by_on"] == "2026-11-30"
        assert [line["what"] for line in engagement["history"]] == ["proposed_in_round"]
    assert computed.do(operations.publish_matching_round, ROUND, COUNTY)["stage"] == "published"
    assert len(computed.told("EngagementChanged")) == len(seen["matches"])


def test_a_proposal_of_a_round_is_agreed_by_three_ordinary_clicks(computed: Matching) -> None:
    publish(computed)
    match = next(one for one in see(computed)["matches"] if one["lender_library_name"] == "Grue")
    for who in ("Kari", "Siri", "Jonas"):
        engagement = computed.do(operations.accept, match["engagement_id"], actor(who))
    assert engagement["state"] == "reserving"


def test_a_round_that_dies_while_it_publishes_goes_on_and_doubles_nothing(computed: Matching) -> None:
    computed.do(operations.publish_matching_round, ROUND, COUNTY)

    def killed_before_the_commit(work: Work) -> None:
        operations.publish_next(work, ROUND)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        computed.do(killed_before_the_commit)
    assert computed.told("EngagementChanged") == []
    while computed.do(operations.publish_next, ROUND):
        pass
    told = [one["id"] for one in computed.told("EngagementChanged")]
    assert sorted(told) == sorted(one["engagement_id"] for one in see(computed)["matches"])
    assert len(told) == len(set(told))


def test_what_has_changed_meanwhile_voids_only_its_own_proposal(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=2, is_open=True))
    innlandet.hear("RequestChanged", a_request("second", half_days=2, is_open=True))
    offer(innlandet, "Jonas", "Per")
    begin(innlandet, days_each=1)
    report(innlandet)
    compute(innlandet)
    gone = next(one for one in see(innlandet)["matches"] if one["request_id"] == an_id("request"))
    innlandet.hear("RequestChanged", a_request(version=3, half_days=2, state="closed"))
    publish(innlandet)
    states = {one["engagement_id"]: one["state"] for one in see(innlandet)["matches"]}
    assert states.pop(gone["engagement_id"]) == "void"
    assert set(states.values()) == {"proposed"}


def test_a_colleague_who_was_asked_meanwhile_is_not_asked_twice(computed: Matching) -> None:
    match = next(one for one in see(computed)["matches"] if one["lender_library_name"] == "Grue")
    proposal = a_proposal(dates=match["dates"], half_days=2 * len(match["dates"]))
    computed.do(operations.propose, proposal, actor("Kari"))
    publish(computed)
    (refused,) = [one for one in see(computed)["matches"] if one["lender_library_name"] == "Grue"]
    assert (refused["state"], refused["refusal"]["code"]) == ("void", "colleague_busy")


def test_a_day_that_the_host_has_closed_meanwhile_is_not_proposed(computed: Matching) -> None:
    before = see(computed)["matches"]
    closed = a_library("Eidskog", closed_dates=[day for one in before for day in one["dates"]], version=2)
    computed.hear("LibraryChanged", closed)
    publish(computed)
    after = see(computed)["matches"]
    assert {one["state"] for one in after} == {"void"}
    assert {one["refusal"]["code"] for one in after} == {"library_closed"}


def test_published_matches_stand_fixed_in_the_next_round(computed: Matching) -> None:
    publish(computed)
    later = an_id("later")
    computed.hear("RequestChanged", a_request("another", half_days=40, is_open=True))
    begin(computed, id=later, name="Uke 51")
    report(computed, later, Eidskog=100)
    compute(computed, later)
    before, after = (
        {(one["lender_library_id"], day) for one in see(computed, which)["matches"] for day in one["dates"]}
        for which in (ROUND, later)
    )
    assert after
    assert not before & after
    assert an_id("request") not in {one["request_id"] for one in see(computed, later)["matches"]}


def test_the_limit_is_hard_in_a_round_and_asked_days_count_against_it(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=8, is_open=True))
    offer(innlandet, "Jonas", "Per")
    begin(innlandet)
    report(innlandet, Eidskog=3)
    compute(innlandet)
    seen = see(innlandet)
    assert seen["days_served"] == 1
    (unmet,) = seen["unmet"]
    assert (unmet["reason"], unmet["half_days"]) == ("own_limit", 6)


def test_half_a_day_is_served_and_proposed_as_half_a_day(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=3, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    report(innlandet, Eidskog=3)
    compute(innlandet)
    seen = see(innlandet)
    (match,) = seen["matches"]
    assert (len(match["dates"]), match["half_days"], seen["unmet"]) == (2, 3, [])
    assert (seen["days_served"], seen["half_days_served"], seen["half_days_wanted"]) == (1, 3, 3)
    assert seen["half_days_bound"] == 3
    (eidskog,) = [one for one in seen["effects"] if one["library_name"] == "Eidskog"]
    assert eidskog["received_half_days"] == 3
    publish(innlandet)
    (proposed,) = see(innlandet)["matches"]
    assert (proposed["state"], proposed["engagement_state"]) == ("proposed", "proposed")
    engagement = innlandet.ask(operations.get_engagement, match["engagement_id"], actor("Kari"))
    assert (engagement["half_days"], engagement["dates"]) == (3, match["dates"])


def test_a_file_says_that_half_days_count_only_where_they_do(computed: Matching) -> None:
    plain = json.loads(computed.ask(operations.matching_round_input, ROUND))
    assert plain["format"] == "staff-day-exchange/1"
    assert "caps" not in plain
    assert not any("half_days" in field for one in plain["requests"] + plain["libraries"] for field in one)
    # A round of before has no list of those who end with half a day.
    names = {
        "requests": {"r": "request"},
        "helpers": {"c": {"colleague_id": "k", "offers": {"request": "o"}}},
    }
    (match,) = matches_of([PlannedDay("r", "c", date(2026, 12, 7))], names, lambda *_: "")
    assert match.half_days == 2


def test_half_a_day_that_is_not_there_to_be_used_serves_nothing(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=3, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    report(innlandet, Eidskog=2)
    compute(innlandet)
    seen = see(innlandet)
    assert (seen["matches"], [one["half_days"] for one in seen["unmet"]]) == ([], [3])


def _room(half_days: int) -> list[Document]:
    """What the ledger says of the limit towards Akershus."""
    return [{"county": "akershus", "may_receive_half_days": half_days, "may_give_half_days": 200}]


@pytest.mark.parametrize(("room", "days"), [(4, 2), (3, 1), (1, 0), (-2, 0)])
def test_no_more_days_come_from_a_county_than_the_limit_between_the_two_leaves(
    innlandet: Matching, room: int, days: int
) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=4, is_open=True))
    offer(innlandet, "Per")
    begin(innlandet)
    report(innlandet, counties=_room(room))
    compute(innlandet)
    seen = see(innlandet)
    assert seen["days_served"] == days
    assert [one["reason"] for one in seen["unmet"]] == (["cap"] if days < 2 else [])


def test_what_is_asked_of_a_county_and_not_answered_counts_against_the_limit_towards_it(
    innlandet: Matching,
) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=2, is_open=True))
    offer(innlandet, "Per")
    begin(innlandet)
    report(innlandet, counties=_room(2))
    compute(innlandet)
    publish(innlandet)
    innlandet.hear("RequestChanged", a_request("another", half_days=2, is_open=True))
    later = an_id("later round")
    begin(innlandet, id=later)
    report(innlandet, later, counties=_room(2))
    compute(innlandet, later)
    assert [one["reason"] for one in see(innlandet, later)["unmet"]] == ["cap"]


@pytest.mark.parametrize(
    ("closed_library", "place", "may_help"),
    [("Eidskog", "host", False), ("Eidskog", "online", True), ("Grue", "host", True)],
)
def test_a_round_keeps_to_the_hosts_closed_days_as_candidates_and_proposals_do(
    innlandet: Matching, closed_library: str, place: str, may_help: bool
) -> None:
    closed = ["2026-12-24"]
    days = [*closed, "2026-12-25"]
    for name in ("Eidskog", "Grue"):
        dates = closed if name == closed_library else []
        country = "NO" if name == closed_library else None
        changed = a_library(name, version=2, country=country, closed_dates=dates)
        innlandet.hear("LibraryChanged", changed)
    asked = a_request(version=2, first_on=days[0], last_on=days[1], dates=days, place=place, is_open=True)
    innlandet.hear("RequestChanged", asked)
    (given,) = open_offers("Jonas")
    innlandet.hear("OfferChanged", {**given, "places": ["host", "online"], "half_days": 20})
    begin(innlandet, first_on=days[0], last_on=days[1])
    report(innlandet)
    found = innlandet.ask(operations.candidates, asked["id"])["candidates"]
    assert bool(found) is may_help
    round_ = see(innlandet)
    assert (round_["refusal"] is None) is may_help
    if may_help:
        (gathered,) = json.loads(innlandet.ask(operations.matching_round_input, ROUND))["requests"]
        assert gathered["dates"] == days


@pytest.mark.parametrize(
    ("changes", "offers", "code"),
    [({"is_open": False}, ("Jonas",), "no_requests"), ({"is_open": True}, (), "nobody_offers")],
)
def test_a_round_with_nothing_to_compute_says_so(
    innlandet: Matching, changes: Document, offers: tuple[str, ...], code: str
) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, **changes))
    offer(innlandet, *offers)
    begin(innlandet)
    report(innlandet)
    seen = see(innlandet)
    assert (seen["stage"], seen["refusal"]) == ("failed", {"code": code, "parameters": {}})
    assert innlandet.do(operations.run_matching_round, ROUND, COUNTY)["stage"] == "gathering"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, FieldMissing),
        ({"last_on": "2026-12-01"}, DateOrder),
        ({"first_on": "2026-11-01", "last_on": "2026-11-20"}, DatePast),
        ({"reply_by_on": "2026-11-01"}, DatePast),
        ({"reply_by_on": "2026-12-19"}, DateOrder),
    ],
)
def test_a_round_that_makes_no_sense_is_refused(
    innlandet: Matching, changes: Document, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        begin(innlandet, **changes)
    assert innlandet.ask(operations.matching_rounds) == []


def test_only_the_county_decides_about_rounds(computed: Matching) -> None:
    for act in (operations.publish_matching_round, operations.discard_matching_round):
        with pytest.raises(NotYourRole):
            computed.do(act, ROUND, actor("Kari"))
    with pytest.raises(NotYourRole):
        computed.do(operations.create_matching_round, a_round(id=an_id("x")), actor("Kari"))
    with pytest.raises(NotFound):
        computed.ask(operations.matching_round, an_id("nothing"))


def test_there_is_one_round_at_a_time(innlandet: Matching) -> None:
    begin(innlandet)
    assert begin(innlandet)["stage"] == "gathering"
    with pytest.raises(SameKeyOtherBody):
        begin(innlandet, name="Noe annet")
    with pytest.raises(RoundOpen):
        begin(innlandet, id=an_id("other"))
    with pytest.raises(NotNow):
        innlandet.do(operations.publish_matching_round, ROUND, COUNTY)
    innlandet.do(operations.discard_matching_round, ROUND, COUNTY)
    assert begin(innlandet, id=an_id("other"))["stage"] == "gathering"


def test_a_computation_whose_process_is_gone_is_found_and_may_be_done_again(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    report(innlandet)
    run, text = innlandet.do(operations.begin_computing, ROUND)
    assert innlandet.do(operations.begin_computing, ROUND) is None
    assert see(innlandet)["progress"] == {"seconds": 0, "days_served": None, "bound": None}
    assert innlandet.do(operations.computing, ROUND, run, 0, 1)
    assert not innlandet.ask(operations.round_at_work)["is_dead"]
    innlandet.clock.move_to(innlandet.clock.now() + timedelta(seconds=30))
    assert innlandet.ask(operations.round_at_work)["is_dead"]
    innlandet.do(operations.computation_ended, ROUND, run)
    assert see(innlandet)["stage"] == "interrupted"
    assert not innlandet.do(operations.computing, ROUND, run, 1, 1)
    assert innlandet.do(operations.run_matching_round, ROUND, COUNTY)["stage"] == "waiting"
    assert innlandet.do(operations.begin_computing, ROUND) == (run + 1, text)


def test_anybody_sees_hashes_and_totals_and_nothing_else(computed: Matching) -> None:
    assert computed.ask(operations.published_rounds) == []
    publish(computed)
    (shown,) = computed.ask(operations.published_rounds)
    load(PublishedRound, shown)
    assert (shown["days_served"], shown["days_wanted"]) == (2, 2)
    assert set(shown) == set(PublishedRound().fields)
    assert date.fromisoformat(shown["first_on"]) == date(2026, 12, 7)


def test_nobody_is_matched_on_a_day_for_which_another_round_has_asked(computed: Matching) -> None:
    publish(computed)
    days = sorted({day for one in see(computed)["matches"] for day in one["dates"]})
    later = an_id("later")
    computed.hear("RequestChanged", a_request("another", half_days=2, is_open=True, dates=days))
    begin(computed, id=later)
    report(computed, later, Eidskog=100)
    compute(computed, later)
    asked, again = (
        {(one["lender_library_id"], day) for one in see(computed, which)["matches"] for day in one["dates"]}
        for which in (ROUND, later)
    )
    assert not asked & again


def test_what_a_library_has_asked_for_is_no_longer_there_to_be_used(computed: Matching) -> None:
    publish(computed)
    later = an_id("later")
    computed.hear("RequestChanged", a_request("another", half_days=2, is_open=True))
    begin(computed, id=later)
    report(computed, later, Eidskog=5)
    compute(computed, later)
    (unmet,) = see(computed, later)["unmet"]
    assert unmet["reason"] == "own_limit"


@pytest.mark.parametrize(("balance", "available", "room"), [(10, 0, 0), (10, 16, 8), (-4, -1, 0), (-4, 6, 3)])
def test_the_room_of_a_library_is_what_is_available_in_whole_days(
    balance: int, available: int, room: int
) -> None:
    wanted = Wanted("r", "host", ("x",), (date(2026, 12, 7),), 2, False, "host")
    found = round_input(
        round_id="round",
        county="innlandet",
        salt="salt",
        days_each=1,
        standings={"host": Standing(balance, available)},
        wanted=[wanted],
        helping=[],
        points={},
    )
    (library,) = found.instance["libraries"]
    assert library["balance_days"] + library["limit_days"] == room
    assert library["limit_days"] >= 0


def test_when_the_days_have_been_nobody_knows_whom_the_pseudonyms_stood_for(computed: Matching) -> None:
    publish(computed)
    before = see(computed)
    text = computed.ask(operations.matching_round_input, ROUND)
    computed.clock.move_to(datetime(2026, 12, 18, 20, 0, tzinfo=UTC))
    assert computed.do(operations.forget_pseudonyms) == 0, "the last day is today"
    computed.clock.move_to(datetime(2026, 12, 19, 8, 0, tzinfo=UTC))
    assert computed.do(operations.forget_pseudonyms) == 1
    assert computed.do(operations.forget_pseudonyms) == 0
    row = computed.ask(lambda work: rounds.round_of(work.connection, ROUND))
    assert set(row["private"]) == {"left_out", "funnels", "balances"}
    assert see(computed) == before, "what the county library looks at is the same"
    assert computed.ask(operations.matching_round_input, ROUND) == text


def test_a_round_whose_days_have_been_is_neither_sent_nor_computed_again(computed: Matching) -> None:
    computed.clock.move_to(datetime(2026, 12, 19, 8, 0, tzinfo=UTC))
    computed.do(operations.forget_pseudonyms)
    with pytest.raises(DatePast):
        computed.do(operations.publish_matching_round, ROUND, COUNTY)
    gone = {"stage": "interrupted"}
    computed.do(lambda work: rounds.change_round(work.connection, ROUND, **gone))
    with pytest.raises(DatePast):
        computed.do(operations.run_matching_round, ROUND, COUNTY)
    assert computed.do(operations.discard_matching_round, ROUND, COUNTY)["stage"] == "discarded"
