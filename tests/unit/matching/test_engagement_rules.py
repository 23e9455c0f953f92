"""What the table cannot show: which answers are missing, days that are ordered, and time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from engagement_cast import (
    BY_COLLEAGUE,
    BY_HOST,
    BY_LENDER,
    EARLY,
    LAST_YES,
    LATE,
    NO_OF_LENDER,
    WORKED_ON,
    YES_OF_HOST,
    YES_OF_LENDER,
    accept,
    after,
    at,
    in_state,
    proposed,
)
from hypothesis import given
from hypothesis import strategies as st

from byttebank.contracts.refusals import DisputeLate, HostContactMissing, NotNow, NotYet, ProposalExpired
from services.matching.domain.acts import Cancel, Dispute, HoldMade, HoldRefused, Posted, TimePassed, Withdraw
from services.matching.domain.engagement import Engagement, due_on
from services.matching.domain.transitions import act_on

ONE = timedelta(days=1)


def whats(engagement: Engagement) -> list[str]:
    return [line.what for line in engagement.history]


def test_all_three_must_say_yes_in_any_order() -> None:
    first = act_on(proposed(), accept("colleague", by=BY_COLLEAGUE), at(EARLY))
    assert (first.engagement.state, first.orders) == ("proposed", ())
    second = act_on(first.engagement, accept("lender_manager"), at(EARLY))
    assert (second.engagement.state, second.orders) == ("reserving", ("ReserveDays",))
    assert second.engagement.transfer_id == "transfer"
    assert whats(second.engagement) == ["proposed", "accepted", "accepted"]


def test_one_person_with_two_roles_answers_once_and_it_is_recorded_for_each() -> None:
    accepted = act_on(proposed(), LAST_YES, at(EARLY)).engagement
    assert set(accepted.consents) == {"lender_manager", "host_manager", "colleague"}
    assert whats(accepted) == ["proposed", "accepted"]


def test_a_second_click_on_yes_is_no_second_yes() -> None:
    yes = accept("colleague", by=BY_COLLEAGUE)
    once = act_on(proposed(), yes, at(EARLY))
    assert act_on(once.engagement, yes, at(EARLY + ONE)).engagement == once.engagement


def test_the_hosts_yes_needs_a_named_contact() -> None:
    nobody = proposed(host_contact_id=None, host_contact_name=None, consents={})
    with pytest.raises(HostContactMissing):
        act_on(nobody, accept("host_manager", by=BY_HOST), at(EARLY))
    named = accept("host_manager", by=BY_HOST, host_contact_id="ola", host_contact_name="Ola")
    assert act_on(nobody, named, at(EARLY)).engagement.host_contact_name == "Ola"


def test_only_the_hosts_manager_chooses_the_contact() -> None:
    yes = accept("lender_manager", host_contact_id="per", host_contact_name="Per")
    assert act_on(proposed(), yes, at(EARLY)).engagement.host_contact_name == "Kari"


def test_the_host_may_change_the_contact_until_all_have_said_yes() -> None:
    other = accept("host_manager", by=BY_HOST, host_contact_id="ola", host_contact_name="Ola")
    changed = act_on(proposed(), other, at(EARLY)).engagement
    assert (changed.host_contact_name, changed.state) == ("Ola", "proposed")


def test_a_yes_after_the_last_day_to_reply_is_too_late_even_before_the_clock_has_ticked() -> None:
    last = proposed().reply_by_on
    assert last is not None
    assert act_on(proposed(), LAST_YES, at(last)).engagement.state == "reserving"
    with pytest.raises(ProposalExpired) as refused:
        act_on(proposed(), LAST_YES, at(last + ONE))
    assert refused.value.parameters == {"date": last.isoformat()}


def test_a_refusal_of_the_ledger_is_shown_and_the_host_may_try_again_with_a_new_transfer() -> None:
    refused = after(
        proposed(), (LAST_YES, EARLY), (HoldRefused("limit_hard", {"wanted_half_days": 2}), EARLY)
    ).engagement
    assert refused.refusal == {"code": "limit_hard", "parameters": {"wanted_half_days": 2}}
    again = replace(accept("host_manager", by=BY_HOST), transfer_id="another")
    outcome = act_on(refused, again, at(EARLY + ONE))
    assert outcome.orders == ("ReserveDays",)
    assert (outcome.engagement.transfer_id, outcome.engagement.refusal) == ("another", None)


def test_a_refused_proposal_has_a_new_last_day_and_then_expires() -> None:
    refused = in_state("refused")
    assert refused.reply_by_on is not None
    assert refused.reply_by_on > EARLY
    assert act_on(refused, TimePassed(), at(refused.reply_by_on + ONE)).engagement.state == "expired"
    with pytest.raises(ProposalExpired):
        act_on(refused, accept("host_manager", by=BY_HOST), at(refused.reply_by_on + ONE))


def test_days_over_a_soft_limit_are_agreed_and_marked() -> None:
    agreed = after(proposed(), (LAST_YES, EARLY), (HoldMade(is_over_limit=True), EARLY)).engagement
    assert whats(agreed)[-2:] == ["over_limit", "agreed"]


@pytest.mark.parametrize("purpose", ["hospitering", "vandring"])
def test_a_visit_moves_no_days(purpose: str) -> None:
    agreed = after(proposed(purpose=purpose), (LAST_YES, EARLY))
    assert (agreed.engagement.state, agreed.orders) == ("agreed", ())
    ended = after(agreed.engagement, (YES_OF_LENDER, LATE), (YES_OF_HOST, LATE))
    assert (ended.engagement.state, ended.orders) == ("settled", ())
    assert whats(ended.engagement)[-2:] == ["confirmed", "settled"]
    off = act_on(agreed.engagement, Cancel(BY_HOST), at(EARLY))
    assert (off.engagement.state, off.orders) == ("cancelled", ())


def test_calling_off_an_agreed_day_releases_its_days_once() -> None:
    outcome = act_on(in_state("agreed"), Cancel(BY_HOST), at(EARLY))
    assert outcome.orders == ("ReleaseDays",)
    assert act_on(outcome.engagement, Cancel(BY_HOST), at(EARLY)).orders == ()


def test_days_asked_for_are_released_when_the_ledger_has_them() -> None:
    off = act_on(in_state("reserving"), Cancel(BY_HOST), at(EARLY))
    assert off.orders == ()
    assert act_on(off.engagement, HoldMade(), at(EARLY)).orders == ("ReleaseDays",)
    assert act_on(off.engagement, HoldRefused("limit_hard"), at(EARLY)).engagement == off.engagement


def test_a_day_can_be_called_off_until_its_date_is_over() -> None:
    agreed = in_state("agreed")
    assert act_on(agreed, Cancel(BY_HOST), at(WORKED_ON)).engagement.state == "cancelled"
    with pytest.raises(NotNow):
        act_on(agreed, Cancel(BY_HOST), at(WORKED_ON + ONE))


def test_what_a_side_has_answered_for_is_not_called_off() -> None:
    answered = after(in_state("agreed"), (NO_OF_LENDER, WORKED_ON)).engagement
    for act in (Cancel(BY_HOST), Withdraw(BY_LENDER)):
        with pytest.raises(NotNow):
            act_on(answered, act, at(WORKED_ON))


def test_a_withdrawal_from_the_other_county_counts_whenever_it_arrives() -> None:
    assert act_on(in_state("agreed"), Withdraw(BY_LENDER), at(LATE)).engagement.state == "cancelled"


def test_nobody_says_that_it_happened_before_the_date() -> None:
    with pytest.raises(NotYet) as refused:
        act_on(in_state("agreed"), YES_OF_HOST, at(WORKED_ON - ONE))
    assert refused.value.parameters == {"date": "2026-12-09"}
    assert act_on(in_state("agreed"), YES_OF_HOST, at(WORKED_ON)).engagement.state == "carried_out"


def test_both_yes_post_the_days_and_both_no_release_them() -> None:
    assert after(in_state("agreed"), (YES_OF_LENDER, LATE), (YES_OF_HOST, LATE)).orders == ("PostDays",)
    both_no = after(in_state("agreed"), (NO_OF_LENDER, LATE), (replace(YES_OF_HOST, happened=False), LATE))
    assert (both_no.engagement.state, both_no.orders) == ("no_show", ("ReleaseDays",))


@pytest.mark.parametrize("first", ["yes", "no"])
def test_one_yes_and_one_no_is_a_disagreement_that_keeps_the_days_set_aside(first: str) -> None:
    answers = [(YES_OF_HOST, LATE), (NO_OF_LENDER, LATE)]
    outcome = after(in_state("agreed"), *(answers if first == "yes" else reversed(answers)))
    assert (outcome.engagement.state, outcome.orders) == ("disputed", ())


def test_silence_agrees_with_one_yes_after_fourteen_days() -> None:
    carried_out = in_state("carried_out")
    assert carried_out.confirm_by_on == date(2027, 1, 2)
    assert act_on(carried_out, TimePassed(), at(date(2027, 1, 2))).engagement == carried_out
    outcome = act_on(carried_out, TimePassed(), at(date(2027, 1, 3)))
    assert (outcome.engagement.state, outcome.orders) == ("confirmed", ("PostDays",))
    assert whats(outcome.engagement)[-1] == "confirmed_by_silence"


def test_a_late_yes_to_what_silence_has_confirmed_changes_nothing_and_a_late_no_must_disagree() -> None:
    confirmed = act_on(in_state("carried_out"), TimePassed(), at(date(2027, 1, 3))).engagement
    assert act_on(confirmed, YES_OF_HOST, at(date(2027, 1, 4))).engagement == confirmed
    with pytest.raises(NotNow):
        act_on(confirmed, replace(YES_OF_HOST, happened=False), at(date(2027, 1, 4)))


def test_silence_agrees_with_one_no_after_fourteen_days() -> None:
    answered = after(in_state("agreed"), (NO_OF_LENDER, LATE)).engagement
    assert answered.state == "agreed"
    outcome = act_on(answered, TimePassed(), at(date(2027, 1, 3)))
    assert (outcome.engagement.state, outcome.orders) == ("no_show", ("ReleaseDays",))


def test_the_last_of_several_days_counts_for_silence() -> None:
    long = in_state("agreed", dates=(WORKED_ON, date(2027, 1, 11)))
    early_yes = act_on(long, YES_OF_HOST, at(WORKED_ON)).engagement
    assert early_yes.confirm_by_on == date(2027, 1, 25)


def test_when_nobody_answers_the_county_is_asked_and_then_the_days_are_free() -> None:
    agreed = in_state("agreed")
    assert due_on(agreed) == date(2026, 12, 24)
    assert act_on(agreed, TimePassed(), at(date(2026, 12, 23))).engagement == agreed
    asked = act_on(agreed, TimePassed(), at(date(2026, 12, 24))).engagement
    assert (asked.state, asked.release_on) == ("unanswered", date(2027, 1, 17))
    assert act_on(asked, TimePassed(), at(date(2027, 1, 17))).engagement == asked
    outcome = act_on(asked, TimePassed(), at(date(2027, 1, 18)))
    assert (outcome.engagement.state, outcome.orders) == ("no_show", ("ReleaseDays",))


def test_posted_days_may_be_disputed_for_thirty_days() -> None:
    settled = in_state("settled")
    last = settled.dispute_by_on
    assert last == date(2027, 1, 18)
    assert act_on(settled, Dispute(BY_HOST), at(last)).engagement.state == "disputed"
    with pytest.raises(DisputeLate):
        act_on(settled, Dispute(BY_HOST), at(last + ONE))


def test_days_posted_into_a_disagreement_are_noted_and_it_stays_parked() -> None:
    disputed = after(in_state("confirmed"), (Dispute(BY_HOST), LATE), (Posted(), LATE)).engagement
    assert (disputed.state, whats(disputed)[-1]) == ("disputed", "days_posted")


ANY_ACT = st.sampled_from(
    [
        LAST_YES,
        accept("colleague", by=BY_COLLEAGUE),
        accept("host_manager", by=BY_HOST),
        Cancel(BY_HOST),
        Withdraw(BY_LENDER),
        YES_OF_HOST,
        NO_OF_LENDER,
        YES_OF_LENDER,
        Dispute(BY_LENDER),
        HoldMade(),
        HoldRefused("limit_hard"),
        Posted(),
        TimePassed(),
    ]
)


@given(st.lists(st.tuples(ANY_ACT, st.integers(0, 20)), max_size=25))
def test_whatever_happens_days_are_ordered_in_a_possible_order(acts: list[tuple[object, int]]) -> None:
    """A hold is posted or released at most once, and only after the ledger has made it."""
    engagement, day = proposed(), EARLY
    held, ended = False, 0
    for act, pause in acts:
        day += pause * ONE
        if isinstance(act, HoldMade) and (engagement.transfer_id is None or held):
            continue
        try:
            outcome = act_on(engagement, act, at(day))  # type: ignore[arg-type]
        except (NotNow, NotYet, ProposalExpired, DisputeLate):
            continue
        assert len(outcome.engagement.history) >= len(engagement.history)
        if isinstance(act, HoldMade) and engagement.state in ("reserving", "cancelled"):
            held = True
        for order in outcome.orders:
            if order in ("PostDays", "ReleaseDays"):
                assert held
                ended += 1
        engagement = outcome.engagement
    assert ended <= 1
    if engagement.state in ("confirmed", "settled", "no_show"):
        assert ended == 1
    if engagement.state in ("agreed", "carried_out"):
        assert set(engagement.consents) == {"lender_manager", "host_manager", "colleague"}
        assert engagement.has_host_contact
