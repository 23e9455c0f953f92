"""Who is told what for which state, as rules without storage."""

import pytest
from notify_cast import EIDSKOG, GRUE, NES, an_act, an_engagement, minutes_later

from byttebank.contracts.resources import ENGAGEMENT_STATES
from services.notify.domain.engagement import Engagement
from services.notify.domain.telling import (
    RULES,
    Telling,
    is_told_here,
    parameters,
    reminder_tellings,
    tellings,
)

BOTH_SAID_YES = {"lender": True, "host": True}


def told(engagement: Engagement, previous_state: str | None = None) -> set[tuple[str, str]]:
    return {(one.party, one.key) for one in tellings(engagement, previous_state)}


def test_every_state_has_its_rules() -> None:
    assert set(RULES) == set(ENGAGEMENT_STATES)


def test_a_host_that_asks_is_answered_by_the_lender_and_the_colleague() -> None:
    assert told(an_engagement("proposed")) == {("lender", "proposal"), ("colleague", "proposal")}


def test_a_lender_that_offers_is_answered_by_the_host_and_the_colleague() -> None:
    engagement = an_engagement("proposed", consents={"lender_manager": minutes_later(0)})
    assert told(engagement) == {("host", "proposal"), ("colleague", "proposal")}
    assert engagement.proposed_by == "lender"


def test_a_colleague_who_offers_herself_is_answered_by_both_managers() -> None:
    engagement = an_engagement("proposed", consents={"colleague": minutes_later(0)})
    assert told(engagement) == {("host", "proposal"), ("lender", "proposal")}


def test_the_first_yes_tells_who_proposed() -> None:
    engagement = an_engagement(
        "proposed", consents={"lender_manager": minutes_later(5), "host_manager": minutes_later(0)}
    )
    assert engagement.proposed_by == "host"
    assert an_engagement("proposed", consents={}).proposed_by == "host"


def test_a_round_of_matching_asks_all_three_in_nobodys_name() -> None:
    engagement = an_engagement("proposed", consents={}, history=[an_act("proposed_in_round", None, "county")])
    assert told(engagement) == {(party, "proposal") for party in ("lender", "host", "colleague")}
    assert engagement.proposed_by == "round"


def test_setting_days_aside_is_nobodys_news() -> None:
    assert told(an_engagement("reserving")) == set()


def test_only_the_host_is_told_that_days_could_not_be_set_aside() -> None:
    refused = an_engagement("refused", 5, refusal={"code": "limit_hard", "parameters": {}})
    assert tellings(refused, "reserving") == (Telling("host", "refused", occasion="5"),)


def test_a_second_refusal_is_told_again_but_a_second_message_about_one_is_not() -> None:
    again = an_engagement("refused", 7)
    assert [one.occasion for one in tellings(again, "reserving")] == ["7"]
    assert tellings(again, "refused") == ()


@pytest.mark.parametrize("state", ["agreed", "expired"])
def test_everybody_is_told_what_concerns_everybody(state: str) -> None:
    assert told(an_engagement(state)) == {(party, state) for party in ("lender", "host", "colleague")}


@pytest.mark.parametrize("state", ["declined", "cancelled"])
@pytest.mark.parametrize(
    ("library_id", "role", "others"),
    [
        (GRUE, "host_manager", {"lender", "colleague"}),
        (EIDSKOG, "lender_manager", {"host", "colleague"}),
        (EIDSKOG, "colleague", {"host", "lender"}),
        (None, None, {"host", "lender", "colleague"}),
    ],
)
def test_whoever_says_no_is_not_told_so(
    state: str, library_id: str | None, role: str | None, others: set[str]
) -> None:
    history = [an_act(state, library_id, role)] if library_id else []
    assert told(an_engagement(state, history=history)) == {(party, state) for party in others}


def test_a_proposal_that_was_turned_down_by_rule_is_news_to_the_lenders_side_only() -> None:
    refusal = {"code": "already_covered", "parameters": {"library_id": GRUE}}
    covered = an_engagement("declined", refusal=refusal, history=[an_act("declined", None, None)])
    assert told(covered) == {("lender", "declined"), ("colleague", "declined")}
    assert parameters(covered, Telling("lender", "declined"), {})["refusal"] == refusal


def test_an_answer_no_has_the_other_side_asked() -> None:
    engagement = an_engagement("agreed", happened={"host": False})
    assert ("lender", "did_it_happen") in told(engagement)
    assert ("host", "did_it_happen") not in told(engagement)
    reminded = {one.party for one in reminder_tellings(engagement, "did_it_happen")}
    assert reminded == {"lender", "colleague"}


def test_days_that_the_other_county_did_not_take_are_no_disagreement_of_the_libraries() -> None:
    history = [an_act("confirmed", None, None), an_act("turned_down", None, None)]
    assert told(an_engagement("disputed", history=history)) == {
        (party, "turned_down") for party in ("lender", "host", "county")
    }
    disputed_later = [*history, an_act("disputed", GRUE, "host_manager")]
    assert ("host", "disputed") in told(an_engagement("disputed", history=disputed_later))


def test_who_said_no_is_named_as_a_library_never_as_a_person() -> None:
    engagement = an_engagement("declined", history=[an_act("declined", EIDSKOG, "colleague")])
    for telling in tellings(engagement, "proposed"):
        words = parameters(engagement, telling, {})
        assert words["library"] == "Eidskog bibliotek"
        assert "Jonas" not in str(words)


def test_after_one_yes_the_other_side_is_asked_with_its_deadline() -> None:
    assert told(an_engagement("carried_out", happened={"host": True})) == {("lender", "did_it_happen_again")}
    assert told(an_engagement("carried_out", happened={"lender": True}, confirm_by_on=None)) == {
        ("host", "did_it_happen")
    }


def test_two_times_yes_is_told_to_all() -> None:
    engagement = an_engagement("confirmed", happened=BOTH_SAID_YES)
    assert told(engagement) == {(party, "confirmed") for party in ("lender", "host", "colleague")}


def test_silence_that_confirmed_is_told_as_silence_to_both_sides() -> None:
    assert told(an_engagement("confirmed", happened={"host": True})) == {
        ("lender", "confirmed_by_silence"),
        ("host", "confirmed_by_silence"),
        ("colleague", "confirmed"),
    }


def test_settled_also_tells_what_confirmed_would_have_told() -> None:
    settled = an_engagement("settled", happened=BOTH_SAID_YES)
    confirmed = told(an_engagement("confirmed", happened=BOTH_SAID_YES))
    assert told(settled) == confirmed | {("lender", "settled"), ("host", "settled")}
    assert {one.key for one in tellings(settled, None) if not one.is_mailed} == {"settled"}


def test_the_county_library_is_told_what_it_must_act_upon() -> None:
    assert ("county", "disputed") in told(an_engagement("disputed"))
    assert told(an_engagement("unanswered")) == {
        ("lender", "did_it_happen"),
        ("host", "did_it_happen"),
        ("county", "nobody_answered"),
    }


def test_each_county_tells_its_own() -> None:
    engagement = an_engagement("agreed", home_county="akershus", host_library_id=NES)
    assert is_told_here(engagement, "lender", "innlandet")
    assert is_told_here(engagement, "colleague", "innlandet")
    assert not is_told_here(engagement, "host", "innlandet")
    assert is_told_here(engagement, "host", "akershus")
    assert is_told_here(engagement, "county", "akershus")
    assert not is_told_here(engagement, "lender", "akershus")


def test_names_are_told_only_once_all_have_said_yes() -> None:
    proposed, agreed = an_engagement("proposed"), an_engagement("agreed")
    assert "Jonas" not in str(parameters(proposed, Telling("lender", "proposal"), {}))
    words = parameters(agreed, Telling("host", "agreed"), {})
    assert (words["name"], words["contact"]) == ("Jonas Berg", "Siri Haugen")
    assert "name" not in parameters(agreed, Telling("county", "agreed"), {})


def test_the_words_are_made_with_short_names_and_plain_values() -> None:
    names = {GRUE: "Grue", EIDSKOG: "Eidskog"}
    assert parameters(an_engagement("proposed"), Telling("lender", "proposal"), names) == {
        "party": "lender",
        "host": "Grue",
        "lender": "Eidskog",
        "library": "Grue",
        "dates": ["2026-11-26"],
        "purpose": "help",
        "proposed_by": "host",
        "half_days": 2,
        "reply_by": "2026-11-17",
        "confirm_by": "2026-12-10",
    }


def test_no_days_are_mentioned_where_none_move() -> None:
    engagement = an_engagement("agreed", purpose="hospitering")
    assert "half_days" not in parameters(engagement, Telling("host", "agreed"), {})
