"""An agreed engagement moves to another day when both sides and the colleague have said yes."""

from typing import Any

import pytest
from matching_cast import Matching, a_library, a_proposal, actor, an_id

from byttebank.contracts.refusals import (
    ColleagueBusy,
    DateCount,
    DatePast,
    LibraryClosed,
    Malformed,
    NotFound,
    NotNow,
    NotYourRole,
    Refusal,
)
from services.matching import operations

Document = dict[str, Any]
OLD, NEW, OTHER = "2026-12-09", "2026-12-16", "2026-12-17"


def ask(county: Matching, who: str, *dates: str) -> Document:
    found: Document = county.do(operations.ask_move, an_id("engagement"), list(dates), actor(who))
    return found


def answer(county: Matching, who: str, day: str = NEW, accepts: bool = True) -> Document:
    found: Document = county.do(operations.answer_move, an_id("engagement"), [day], accepts, actor(who))
    return found


@pytest.fixture
def agreed(innlandet: Matching) -> Matching:
    """Jonas of Grue helps Eidskog on 9 December: all three have said yes and the days are set aside."""
    innlandet.do(operations.propose, a_proposal(request_id=an_id("request")), actor("Kari"))
    for who in ("Jonas", "Siri"):
        innlandet.do(operations.accept, an_id("engagement"), actor(who))
    innlandet.reserve()
    return innlandet


def test_the_agreed_day_holds_until_all_three_have_said_yes_to_another(agreed: Matching) -> None:
    old = agreed.see("Kari")["transfer_id"]
    assert ask(agreed, "Kari", NEW)["move"] == {
        "dates": [NEW],
        "asked_by": an_id("Eidskog"),
        "consents": {"host_manager": agreed.see("Kari")["move"]["consents"]["host_manager"]},
    }
    seen = answer(agreed, "Jonas")
    assert (seen["dates"], seen["state"]) == ([OLD], "agreed")
    seen = answer(agreed, "Siri")
    assert (seen["dates"], seen["state"], seen["move"]) == ([NEW], "reserving", None)
    assert [one["transfer_id"] for one in agreed.told("ReleaseDays")] == [old]
    order = agreed.told("ReserveDays")[-1]
    assert (order["work_date"], order["transfer_id"]) == (NEW, seen["transfer_id"])
    assert seen["transfer_id"] != old
    agreed.reserve()
    assert agreed.see("Kari")["state"] == "agreed"
    whats = [line["what"] for line in agreed.see("Kari")["history"]]
    assert whats[-5:] == ["move_asked", "move_accepted", "move_accepted", "moved", "agreed"]
    assert [line["by_name"] for line in agreed.see("Kari")["history"]][-5:-2] == ["Kari", "Jonas", "Siri"]


def test_the_lender_may_ask_and_the_same_wish_of_the_host_is_a_yes(agreed: Matching) -> None:
    ask(agreed, "Siri", NEW)
    ask(agreed, "Kari", NEW)
    assert set(agreed.see("Kari")["move"]["consents"]) == {"lender_manager", "host_manager"}
    assert answer(agreed, "Jonas")["dates"] == [NEW]


def test_a_no_leaves_the_day_as_it_was_and_so_does_taking_the_wish_back(agreed: Matching) -> None:
    for asker, said_by in (("Kari", "Siri"), ("Kari", "Jonas"), ("Kari", "Kari")):
        ask(agreed, asker, NEW)
        seen = answer(agreed, said_by, accepts=False)
        assert (seen["dates"], seen["state"], seen["move"]) == ([OLD], "agreed", None)
        assert answer(agreed, said_by, accepts=False) == seen
    assert agreed.told("ReleaseDays") == []


def test_a_yes_to_what_is_no_longer_asked_for_is_no_yes(agreed: Matching) -> None:
    ask(agreed, "Kari", NEW)
    answer(agreed, "Jonas")
    ask(agreed, "Kari", OTHER)
    assert set(agreed.see("Kari")["move"]["consents"]) == {"host_manager"}
    with pytest.raises(NotNow):
        answer(agreed, "Siri", NEW)


def test_a_second_press_changes_nothing(agreed: Matching) -> None:
    assert ask(agreed, "Kari", NEW) == ask(agreed, "Kari", NEW)
    assert answer(agreed, "Jonas") == answer(agreed, "Jonas")
    assert answer(agreed, "Siri") == answer(agreed, "Siri")


def test_what_is_asked_for_must_be_possible(agreed: Matching) -> None:
    agreed.hear("LibraryChanged", a_library("Eidskog", version=9, closed_dates=[OTHER]))
    engagement = agreed.see("Kari")
    wrong: list[tuple[list[str], type[Refusal]]] = [
        ([], Malformed),
        (["onsdag"], Malformed),
        ([NEW, OTHER], DateCount),
        (["2026-11-20"], DatePast),
        ([OTHER], LibraryClosed),
    ]
    for dates, refusal in wrong:
        with pytest.raises(refusal):
            ask(agreed, "Kari", *dates)
    assert agreed.see("Kari") == engagement


def test_a_colleague_who_is_taken_on_the_new_day_is_not_asked(agreed: Matching) -> None:
    agreed.do(operations.propose, a_proposal("second", dates=[NEW]), actor("Kari"))
    agreed.do(operations.accept, an_id("second"), actor("Jonas"))
    with pytest.raises(ColleagueBusy):
        ask(agreed, "Kari", NEW)


def test_only_those_whose_yes_is_needed_may_ask(agreed: Matching) -> None:
    with pytest.raises(NotFound):
        ask(agreed, "Nora", NEW)
    with pytest.raises(NotYourRole):
        agreed.do(operations.ask_move, an_id("engagement"), [NEW], actor("Kari", "colleague"))


def test_nothing_is_moved_that_is_not_agreed_or_whose_day_is_over(agreed: Matching) -> None:
    ask(agreed, "Kari", NEW)
    agreed.let_time_pass("2026-12-10")
    for late in (lambda: ask(agreed, "Kari", OTHER), lambda: answer(agreed, "Siri")):
        with pytest.raises(NotNow):
            late()
    agreed.do(operations.confirm, an_id("engagement"), True, actor("Kari"))
    assert agreed.see("Kari")["move"] is None


def test_who_calls_off_ends_the_wish_too(agreed: Matching) -> None:
    ask(agreed, "Kari", NEW)
    assert agreed.do(operations.cancel, an_id("engagement"), actor("Siri"))["move"] is None


def test_days_that_cannot_be_set_aside_anew_are_asked_for_again(agreed: Matching) -> None:
    ask(agreed, "Kari", NEW)
    answer(agreed, "Siri")
    moved = answer(agreed, "Jonas")
    refused = {"transfer_id": moved["transfer_id"], "engagement_id": moved["id"]}
    agreed.hear("ReservationRefused", {**refused, "code": "limit_hard", "parameters": {}})
    assert (agreed.see("Kari")["state"], agreed.see("Kari")["dates"]) == ("refused", [NEW])
    assert agreed.do(operations.accept, an_id("engagement"), actor("Kari"))["state"] == "reserving"
