"""Rounds of matching in the product: gathered, computed, looked at, refused."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from matching_cast import Matching, a_library, a_request, actor, an_id, open_offers
from round_cast import COUNTY, ROUND, Document, a_round, begin, offer, publish, report, see

from byttebank.contracts.fields import load
from byttebank.contracts.market_refusals import RoundOpen
from byttebank.contracts.matching_rounds import PublishedRound
from byttebank.contracts.refusals import (
    DateOrder,
    DatePast,
    FieldMissing,
    NotFound,
    NotNow,
    NotYourRole,
    SameKeyOtherBody,
)
from services.matching import operations
from services.matching.domain.checker import violations
from services.matching.domain.round import hash_of, plan_hash
from services.matching.rounds.reading import read_content
from services.matching.rounds.solving import solve
from services.matching.storage import rounds

pytestmark = pytest.mark.simulation
"""Takes seconds: rounds are gathered, computed and published."""


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
