"""Promises follow from the entries: made in one click, filled by days given, dated, taken back, forgiven."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_cast import COUNTY_LIBRARY, EIDSKOG, HAMAR, LOM, MANAGER, NOW, Ledger, county_document, number

from byttebank.contracts.book_refusals import PromiseEnded, PromiseInUse, PromisesTooMany
from byttebank.contracts.fields import load
from byttebank.contracts.ledger_resources import Promise as PromiseDocument
from byttebank.contracts.refusals import (
    AccountUnknown,
    BelowHalfDay,
    DatePast,
    DateTooFar,
    FieldMissing,
    Malformed,
    NotFound,
    NotYourRole,
    Refusal,
    SameKeyOtherBody,
    TooManyDays,
)
from services.ledger import operations
from services.ledger.domain.promises import Deposit, Promise, months_after, open_half_days

MADE_ON = date(2026, 11, 22)
P1, P2, ACT = number(801), number(802), number(850)


def promise(ledger: Ledger, n: int, half_days: int, **changes: object) -> dict[str, object]:
    body = {"id": number(800 + n), "library_id": EIDSKOG, "half_days": half_days, **changes}
    made: dict[str, object] = ledger.do(operations.make_promise, body, MANAGER)
    return made


def give(ledger: Ledger, n: int, half_days: int) -> None:
    """Eidskog helps Hamar."""
    ledger.reserve(n, half_days, payer_library_id=HAMAR, payee_library_id=EIDSKOG)
    ledger.post(n, half_days)


def still_open(ledger: Ledger) -> dict[str, int]:
    return {one["id"]: one["open_half_days"] for one in ledger.see(operations.promises, EIDSKOG)}


def available(ledger: Ledger) -> int:
    return int(ledger.account(EIDSKOG)["available_half_days"])


def test_a_promise_has_a_horizon_of_twelve_months_and_no_date(innlandet: Ledger) -> None:
    made = promise(innlandet, 1, 2)
    assert made == load(PromiseDocument, made)
    assert made == {
        "id": P1,
        "library_id": EIDSKOG,
        "library_name": "Eidskog folkebibliotek",
        "half_days": 2,
        "open_half_days": 2,
        "made_on": "2026-11-22",
        "horizon_on": "2027-11-22",
        "dated_on": None,
        "is_late": False,
        "state": "open",
    }


def test_what_is_promised_lifts_the_limit_once(innlandet: Ledger) -> None:
    innlandet.do(operations.county_changed, county_document("innlandet", 2, limit_is_hard=True))
    innlandet.reserve(1, 10)
    assert "code" in innlandet.reserve(2, 2)
    promise(innlandet, 1, 2)
    assert innlandet.account(EIDSKOG)["promised_half_days"] == 2
    assert "code" not in innlandet.reserve(2, 2)
    assert "code" in innlandet.reserve(3, 1)
    assert available(innlandet) == 0


def test_giving_a_promised_day_changes_the_promise_and_not_what_one_may_ask_for(innlandet: Ledger) -> None:
    promise(innlandet, 1, 4)
    before = available(innlandet)
    give(innlandet, 1, 3)
    assert still_open(innlandet) == {P1: 1}
    assert available(innlandet) == before
    give(innlandet, 2, 3)
    assert still_open(innlandet) == {P1: 0}
    assert available(innlandet) == before + 2
    assert innlandet.see(operations.promises, EIDSKOG)[0]["state"] == "kept"


def test_days_given_before_the_promise_do_not_keep_it(innlandet: Ledger) -> None:
    give(innlandet, 1, 4)
    promise(innlandet, 1, 2)
    assert still_open(innlandet) == {P1: 2}


def test_a_day_that_is_taken_back_opens_the_promise_again(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2)
    give(innlandet, 1, 2)
    innlandet.do(operations.reverse_transfer, number(901), number(101), 1)
    assert still_open(innlandet) == {P1: 1}


def test_help_that_went_back_keeps_no_promise(innlandet: Ledger) -> None:
    innlandet.reserve(1, 2)
    innlandet.post(1)
    promise(innlandet, 1, 2)
    innlandet.do(operations.reverse_transfer, number(901), number(101), 2)
    assert still_open(innlandet) == {P1: 2}


def test_the_promise_somebody_asked_for_is_kept_first(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2)
    promise(innlandet, 2, 2)
    dated = innlandet.do(
        operations.date_promise, {"id": ACT, "promise_id": P2, "dated_on": "2026-12-01"}, COUNTY_LIBRARY
    )
    assert dated["dated_on"] == "2026-12-01"
    give(innlandet, 1, 2)
    assert still_open(innlandet) == {P2: 0, P1: 2}


def test_a_promise_is_late_after_its_date_and_without_one_after_its_horizon(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2)
    promise(innlandet, 2, 2, dated_on="2026-12-01")
    innlandet.pass_time(days=9)
    assert [one["is_late"] for one in innlandet.see(operations.open_promises)] == [False, False]
    innlandet.pass_time(days=1)
    assert [(one["id"], one["is_late"]) for one in innlandet.see(operations.open_promises)] == [
        (P2, True),
        (P1, False),
    ]
    innlandet.pass_time(days=366)
    assert [one["is_late"] for one in innlandet.see(operations.open_promises)] == [True, True]


def test_the_county_forgives_with_a_reason_and_gives_what_was_received(innlandet: Ledger) -> None:
    innlandet.reserve(1, 4)
    innlandet.post(1, 4)
    promise(innlandet, 1, 4)
    before = available(innlandet)
    forgiving = {"id": ACT, "promise_id": P1, "half_days": 3, "reason": "Brann i biblioteket"}
    forgiven = innlandet.do(operations.forgive_promise, forgiving, COUNTY_LIBRARY)
    assert forgiven["open_half_days"] == 1
    assert innlandet.account(EIDSKOG)["balance_half_days"] == -1
    assert available(innlandet) == before
    line = innlandet.see(operations.statement, EIDSKOG)["lines"][0]
    assert (line["kind"], line["reason"], line["half_days"]) == ("forgiveness", "Brann i biblioteket", 3)
    assert (line["other_library_id"], line["engagement_id"]) == (None, None)
    assert innlandet.do(operations.forgive_promise, forgiving, COUNTY_LIBRARY) == forgiven
    assert innlandet.broken_rules() == []
    assert innlandet.see(operations.trial_balance)["imbalance_half_days"] == 0


def test_forgiveness_lifts_nobody_above_zero(innlandet: Ledger) -> None:
    promise(innlandet, 1, 4)
    forgiving = {"id": ACT, "promise_id": P1, "reason": "Ikke brukt"}
    assert innlandet.do(operations.forgive_promise, forgiving, COUNTY_LIBRARY)["state"] == "ended"
    assert innlandet.account(EIDSKOG)["balance_half_days"] == 0


def test_a_promise_nobody_needed_is_taken_back(innlandet: Ledger) -> None:
    promise(innlandet, 1, 4)
    innlandet.reserve(1, 11)
    withdrawal = {"id": ACT, "promise_id": P1}
    with pytest.raises(PromiseInUse) as refused:
        innlandet.do(operations.withdraw_promise, withdrawal, MANAGER)
    assert refused.value.parameters == {"half_days": 1}
    innlandet.release(1)
    for _ in range(2):
        assert innlandet.do(operations.withdraw_promise, withdrawal, MANAGER)["state"] == "ended"
    assert available(innlandet) == 10


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"half_days": 0}, BelowHalfDay),
        ({"half_days": -2}, BelowHalfDay),
        ({"half_days": 900}, TooManyDays),
        ({"half_days": 41}, PromisesTooMany),
        ({"half_days": "2"}, Malformed),
        ({"half_days": True}, Malformed),
        ({"dated_on": "2026-11-21"}, DatePast),
        ({"dated_on": "2027-11-23"}, DateTooFar),
        ({"dated_on": "snart"}, Malformed),
        ({"library_id": number(99)}, NotYourRole),
        ({"id": "x"}, Malformed),
    ],
)
def test_a_promise_that_cannot_be(
    innlandet: Ledger, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        promise(innlandet, 1, **{"half_days": 2, **changes})  # type: ignore[arg-type]
    assert still_open(innlandet) == {}


def test_the_same_promise_twice_is_one_and_another_with_its_id_is_refused(innlandet: Ledger) -> None:
    assert promise(innlandet, 1, 2) == promise(innlandet, 1, 2)
    with pytest.raises(SameKeyOtherBody):
        promise(innlandet, 1, 3)
    assert still_open(innlandet) == {P1: 2}


def test_who_may_do_what(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2)
    colleague = {**MANAGER, "role": "colleague"}
    stranger = {**MANAGER, "library_id": LOM}
    for actor in (colleague, stranger):
        with pytest.raises(NotYourRole):
            innlandet.do(
                operations.date_promise, {"id": ACT, "promise_id": P1, "dated_on": "2026-12-01"}, actor
            )
    with pytest.raises(NotYourRole):
        innlandet.do(operations.forgive_promise, {"id": ACT, "promise_id": P1, "reason": "x"}, MANAGER)
    with pytest.raises(NotYourRole):
        innlandet.do(operations.withdraw_promise, {"id": ACT, "promise_id": P1}, stranger)
    with pytest.raises(FieldMissing):
        innlandet.do(
            operations.forgive_promise, {"id": ACT, "promise_id": P1, "reason": "  "}, COUNTY_LIBRARY
        )
    with pytest.raises(AccountUnknown):
        innlandet.see(operations.promises, number(99))
    with pytest.raises(NotFound):
        innlandet.do(
            operations.date_promise,
            {"id": ACT, "promise_id": number(899), "dated_on": "2026-12-01"},
            COUNTY_LIBRARY,
        )


def test_a_kept_promise_can_be_neither_dated_nor_forgiven(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2)
    give(innlandet, 1, 2)
    with pytest.raises(PromiseEnded):
        innlandet.do(
            operations.date_promise, {"id": ACT, "promise_id": P1, "dated_on": "2026-12-01"}, COUNTY_LIBRARY
        )
    with pytest.raises(PromiseEnded):
        innlandet.do(operations.forgive_promise, {"id": ACT, "promise_id": P1, "reason": "x"}, COUNTY_LIBRARY)


def test_no_more_is_forgiven_than_is_open(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2)
    with pytest.raises(TooManyDays) as refused:
        innlandet.do(
            operations.forgive_promise,
            {"id": ACT, "promise_id": P1, "half_days": 3, "reason": "x"},
            COUNTY_LIBRARY,
        )
    assert refused.value.parameters == {"max_half_days": 2}


PROMISES = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 12), st.integers(0, 30), st.integers(0, 6)), max_size=6
)
DEPOSITS = st.lists(st.tuples(st.integers(1, 14), st.integers(0, 6)), max_size=8)


def token_by_token(promises: list[Promise], deposits: list[Deposit]) -> dict[str, int]:
    """The same by brute force: each half-day of each deposit looks for the first promise that lacks one."""
    lacking = {promise.id: promise.half_days - promise.ended_half_days for promise in promises}
    for deposit in sorted(deposits, key=lambda one: one.entry_id):
        for _ in range(deposit.half_days):
            wanting = [
                promise
                for promise in promises
                if promise.after_entry_id < deposit.entry_id and lacking[promise.id] > 0
            ]
            if wanting:
                lacking[min(wanting, key=lambda one: (one.due_on, one.id)).id] -= 1
    return lacking


@pytest.mark.simulation
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(PROMISES, DEPOSITS, st.randoms(use_true_random=False))
def test_filling_is_what_a_brute_force_model_says(
    made: list[tuple[int, int, int, int]], given_: list[tuple[int, int]], random: object
) -> None:
    promises = [
        Promise(
            number(n),
            EIDSKOG,
            half_days,
            MADE_ON,
            MADE_ON + timedelta(days=365),
            after,
            MADE_ON + timedelta(days=due) if due else None,
            min(ended, half_days),
        )
        for n, (half_days, after, due, ended) in enumerate(made)
    ]
    by_entry = {entry_id: Deposit(entry_id, half_days) for entry_id, half_days in given_}
    deposits = list(by_entry.values())
    found = open_half_days(promises, deposits)
    assert found == token_by_token(promises, deposits)
    assert all(0 <= found[one.id] <= one.half_days for one in promises)
    random.shuffle(promises)  # type: ignore[attr-defined]
    random.shuffle(deposits)  # type: ignore[attr-defined]
    assert open_half_days(promises, deposits) == found
    undated = [Promise(**{**vars(one), "dated_on": None}) for one in promises]
    assert sum(open_half_days(undated, deposits).values()) == sum(found.values())


def test_a_horizon_on_a_day_that_the_month_does_not_have_is_the_28th() -> None:
    assert months_after(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert months_after(NOW.date(), 12) == date(2027, 11, 22)


def later(ledger: Ledger, days: int) -> None:
    ledger.clock.move_to(ledger.clock.now() + timedelta(days=days))


def reminded(ledger: Ledger) -> list[dict[str, object]]:
    ledger.told()
    ledger.do(operations.remind_of_promises)
    return [body for name, body in ledger.told() if name == "PromiseDue"]


def test_a_library_is_reminded_of_a_dated_promise_once_before_it_and_once_after(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2, dated_on="2026-12-22")
    assert reminded(innlandet) == []
    later(innlandet, 16)
    told = {
        "promise_id": P1,
        "library_id": EIDSKOG,
        "half_days": 2,
        "due_on": "2026-12-22",
        "is_late": False,
    }
    assert reminded(innlandet) == [told]
    assert reminded(innlandet) == [], "once for each date"
    later(innlandet, 15)
    assert reminded(innlandet) == [{**told, "is_late": True}]
    assert reminded(innlandet) == []


def test_a_new_date_is_told_anew_and_what_is_kept_is_told_of_no_more(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2, dated_on="2026-11-25")
    assert len(reminded(innlandet)) == 1
    dating = {"id": ACT, "promise_id": P1, "dated_on": "2026-11-30"}
    innlandet.do(operations.date_promise, dating, COUNTY_LIBRARY)
    assert [one["due_on"] for one in reminded(innlandet)] == ["2026-11-30"]
    give(innlandet, 1, 2)
    later(innlandet, 30)
    assert reminded(innlandet) == []


def test_a_promise_without_a_date_is_told_of_when_its_horizon_is_near(innlandet: Ledger) -> None:
    promise(innlandet, 1, 2)
    later(innlandet, 350)
    assert reminded(innlandet) == []
    later(innlandet, 2)
    assert [one["due_on"] for one in reminded(innlandet)] == ["2027-11-22"]
