"""The county rules on a disagreement: the days are posted, awarded anew, let go, or go back."""

from typing import Any

import pytest
from engagement_cast import (
    BY_COUNTY,
    BY_HOST,
    LATE,
    NO_OF_HOST,
    NO_OF_LENDER,
    ON_THE_WAY,
    YES_OF_HOST,
    YES_OF_LENDER,
    after,
    at,
    in_state,
    proposed,
)
from matching_cast import Matching, a_proposal, actor, an_id, carry

from byttebank.contracts.refusals import DisputeLate, FieldMissing, Malformed, NotFound, NotNow, NotYourRole
from services.matching import operations
from services.matching.domain.acts import (
    Act,
    Dispute,
    HoldMade,
    HoldRefused,
    Order,
    Posted,
    Ruled,
    TurnedDown,
)
from services.matching.domain.transitions import act_on

Document = dict[str, Any]
IT_HAPPENED = Ruled(BY_COUNTY, True, "Begge var der", "another")
IT_DID_NOT = Ruled(BY_COUNTY, False, "Ingen kom", "another")
COUNTY = {"person_id": an_id("Dag"), "library_id": an_id("fylket"), "role": "county", "name": "Dag"}
WAYS: dict[str, tuple[Act, ...]] = {
    "held": (YES_OF_LENDER, NO_OF_HOST),
    "on their way": (YES_OF_LENDER, YES_OF_HOST, Dispute(BY_HOST)),
    "posted in dispute": (YES_OF_LENDER, YES_OF_HOST, Dispute(BY_HOST), Posted()),
    "posted": (YES_OF_LENDER, YES_OF_HOST, Posted(), Dispute(BY_HOST)),
    "let go": (NO_OF_LENDER, NO_OF_HOST, Dispute(BY_HOST)),
    "turned down": (YES_OF_LENDER, YES_OF_HOST, TurnedDown("payee_closed")),
}


def disputed(way: str) -> Any:
    return after(proposed(), *ON_THE_WAY["agreed"], *((act, LATE) for act in WAYS[way])).engagement


@pytest.mark.parametrize(
    ("way", "state", "orders"),
    [
        ("held", "confirmed", (Order.POST_DAYS,)),
        ("on their way", "confirmed", (Order.POST_DAYS,)),
        ("posted in dispute", "settled", ()),
        ("posted", "settled", ()),
        ("let go", "confirmed", (Order.RESERVE_DAYS,)),
        ("turned down", "confirmed", (Order.RESERVE_DAYS,)),
    ],
)
def test_it_happened(way: str, state: str, orders: tuple[Order, ...]) -> None:
    outcome = act_on(disputed(way), IT_HAPPENED, at(LATE))
    assert (outcome.engagement.state, outcome.orders) == (state, orders)
    assert outcome.engagement.history[-1].what == "ruled_happened"
    assert outcome.reason == "Begge var der"
    is_anew = orders == (Order.RESERVE_DAYS,)
    assert outcome.engagement.transfer_id == ("another" if is_anew else "transfer")


@pytest.mark.parametrize(
    ("way", "orders"),
    [
        ("held", (Order.REVERSE_DAYS,)),
        ("on their way", (Order.REVERSE_DAYS,)),
        ("posted in dispute", (Order.REVERSE_DAYS,)),
        ("posted", (Order.REVERSE_DAYS,)),
        ("let go", ()),
        ("turned down", ()),
    ],
)
def test_it_did_not_happen(way: str, orders: tuple[Order, ...]) -> None:
    outcome = act_on(disputed(way), IT_DID_NOT, at(LATE))
    assert (outcome.engagement.state, outcome.orders) == ("no_show", orders)


def test_days_awarded_anew_are_posted_when_they_are_set_aside() -> None:
    ruled = act_on(disputed("let go"), IT_HAPPENED, at(LATE)).engagement
    assert act_on(ruled, HoldMade(), at(LATE)).orders == (Order.POST_DAYS,)
    assert act_on(ruled, Posted(), at(LATE)).engagement.state == "settled"
    again = act_on(ruled, HoldRefused("limit_hard"), at(LATE)).engagement
    assert (again.state, again.refusal) == ("disputed", {"code": "limit_hard", "parameters": {}})


def test_days_that_are_posted_after_the_ruling_against_them_go_back() -> None:
    ruled = act_on(disputed("on their way"), IT_DID_NOT, at(LATE)).engagement
    late = act_on(ruled, Posted(), at(LATE))
    assert (late.engagement, late.orders) == (ruled, (Order.REVERSE_DAYS,))
    assert act_on(in_state("no_show"), Posted(), at(LATE)).orders == ()


def test_the_same_ruling_changes_nothing_and_another_needs_a_new_disagreement() -> None:
    ruled = act_on(disputed("posted"), IT_HAPPENED, at(LATE)).engagement
    assert act_on(ruled, IT_HAPPENED, at(LATE)).engagement == ruled
    with pytest.raises(NotNow):
        act_on(ruled, IT_DID_NOT, at(LATE))


def test_one_appeals_once() -> None:
    ruled = act_on(disputed("posted"), IT_HAPPENED, at(LATE)).engagement
    appealed = act_on(ruled, Dispute(BY_HOST), at(LATE)).engagement
    final = act_on(appealed, IT_DID_NOT, at(LATE))
    assert final.orders == (Order.REVERSE_DAYS,)
    with pytest.raises(DisputeLate):
        act_on(final.engagement, Dispute(BY_HOST), at(LATE))


def agree(county: Matching) -> None:
    county.do(operations.propose, a_proposal(), actor("Kari"))
    for who in ("Jonas", "Siri"):
        county.do(operations.accept, an_id("engagement"), actor(who))
    county.reserve()


def disagree(county: Matching) -> None:
    county.let_time_pass("2026-12-10")
    county.do(operations.confirm, an_id("engagement"), True, actor("Siri"))
    county.do(operations.confirm, an_id("engagement"), False, actor("Kari"))


def rule(county: Matching, happened: Any = False, reason: Any = "Ingen kom", by: Any = COUNTY) -> Document:
    found: Document = county.do(operations.rule, an_id("engagement"), happened, reason, by)
    return found


def test_the_county_sees_what_it_must_decide_and_decides(innlandet: Matching) -> None:
    agree(innlandet)
    assert innlandet.ask(operations.disputes, COUNTY) == []
    disagree(innlandet)
    assert [one["id"] for one in innlandet.ask(operations.disputes, COUNTY)] == [an_id("engagement")]
    assert rule(innlandet)["state"] == "no_show"
    assert rule(innlandet)["state"] == "no_show"
    (order,) = innlandet.told("ReverseDays")
    assert order["reason"] == "Ingen kom"
    assert order["transfer_id"] == innlandet.told("ReserveDays")[0]["transfer_id"]
    assert innlandet.told("EngagementChanged")[-1]["history"][-1]["what"] == "ruled_not_happened"
    assert innlandet.ask(operations.disputes, COUNTY) == []


def test_only_the_county_rules_with_a_reason_on_a_disagreement(innlandet: Matching) -> None:
    agree(innlandet)
    with pytest.raises(NotNow):
        rule(innlandet)
    disagree(innlandet)
    for by in (actor("Kari"), actor("Siri")):
        with pytest.raises(NotYourRole):
            rule(innlandet, by=by)
        with pytest.raises(NotYourRole):
            innlandet.ask(operations.disputes, by)
    with pytest.raises(FieldMissing):
        rule(innlandet, reason="  ")
    for reason in (None, 7, "x" * 501):
        with pytest.raises(Malformed):
            rule(innlandet, reason=reason)
    with pytest.raises(Malformed):
        rule(innlandet, happened="ja")
    with pytest.raises(NotFound):
        innlandet.do(operations.rule, an_id("nothing"), True, "x", COUNTY)


def test_the_hosts_county_rules_and_the_lenders_is_told(innlandet: Matching, akershus: Matching) -> None:
    proposal = a_proposal(lender_library_id=an_id("Nes"), colleague_id=an_id("Per"))
    innlandet.do(operations.propose, proposal, actor("Kari"))
    carry(innlandet, akershus)
    for who in ("Per", "Nora"):
        akershus.do(operations.accept, an_id("engagement"), actor(who))
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)
    innlandet.let_time_pass("2026-12-10")
    akershus.do(operations.confirm, an_id("engagement"), True, actor("Nora"))
    innlandet.do(operations.confirm, an_id("engagement"), False, actor("Kari"))
    carry(innlandet, akershus)
    assert len(akershus.ask(operations.disputes, COUNTY)) == 1
    with pytest.raises(NotYourRole):
        rule(akershus, True, "Vi var der")
    rule(innlandet, True, "Vi var der")
    carry(innlandet, akershus)
    assert akershus.see("Nora")["state"] == "confirmed"
    assert akershus.see("Nora")["history"][-1]["what"] == "ruled_happened"
