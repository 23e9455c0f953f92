"""When people are reminded, and that a late reminder is not a wrong one."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from notify_cast import DAY, NOW, PUBLIC_URL, a_document, an_engagement, hear, move, remind

from byttebank.storage.work import Database
from services.notify.domain.reminders import is_timely, reminders
from services.notify.operations import engagements
from services.notify.operations.notices import notices
from services.notify.storage.notices import finish_reminder, planned_reminders

OSLO = ZoneInfo("Europe/Oslo")


def keys_told(database: Database, library_id: str, person_id: str | None = None) -> list[str]:
    with database.reading() as work:
        return [notice["key"] for notice in reversed(notices(work, library_id, person_id, 200))]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=OSLO)


def test_an_agreed_day_is_announced_twice_and_asked_about_once() -> None:
    due = {one.key: one.due_at for one in reminders(an_engagement("agreed"), OSLO)}
    assert due == {
        "reminder_7": datetime(2026, 11, 19, 7, 0, tzinfo=UTC),
        "reminder_1": datetime(2026, 11, 25, 7, 0, tzinfo=UTC),
        "did_it_happen": datetime(2026, 11, 26, 14, 0, tzinfo=UTC),
    }


def test_mornings_are_the_nodes_in_summer_too() -> None:
    due = reminders(an_engagement("agreed", dates=["2026-06-18"]), OSLO)
    assert due[1].due_at == datetime(2026, 6, 17, 6, 0, tzinfo=UTC)


def test_several_days_are_announced_before_the_first_and_asked_about_after_the_last() -> None:
    due = {
        one.key: one.due_at
        for one in reminders(an_engagement("agreed", dates=["2026-12-03", "2026-11-26"]), OSLO)
    }
    assert due["reminder_1"].date() == date(2026, 11, 25)
    assert due["did_it_happen"].date() == date(2026, 12, 3)


def test_a_proposal_is_recalled_the_day_before_it_ends() -> None:
    assert [(one.key, one.due_at.date()) for one in reminders(an_engagement("proposed"), OSLO)] == [
        ("proposal_reminder", date(2026, 11, 16))
    ]
    assert reminders(an_engagement("proposed", reply_by_on=None), OSLO) == ()


@pytest.mark.parametrize("state", ["reserving", "settled", "cancelled", "carried_out", "unanswered"])
def test_nobody_is_reminded_in_other_states(state: str) -> None:
    assert reminders(an_engagement(state), OSLO) == ()


def test_what_a_late_reminder_says_must_still_be_true() -> None:
    agreed = an_engagement("agreed")
    assert [is_timely("reminder_7", agreed, DAY - timedelta(days=days)) for days in (8, 7, 6, 5)] == [
        False,
        True,
        True,
        False,
    ]
    assert [is_timely("reminder_1", agreed, DAY - timedelta(days=days)) for days in (2, 1, 0)] == [
        False,
        True,
        False,
    ]
    assert is_timely("did_it_happen", agreed, DAY + timedelta(days=20))
    assert not is_timely("reminder_1", an_engagement("cancelled"), DAY - timedelta(days=1))
    proposed = an_engagement("proposed")
    assert is_timely("proposal_reminder", proposed, date(2026, 11, 17))
    assert not is_timely("proposal_reminder", proposed, date(2026, 11, 18))


def test_both_libraries_and_the_colleague_are_reminded_in_time(notify: Database) -> None:
    document = a_document("agreed", 4)
    hear(notify, document)
    seen = []
    for day, hour in ((-7, 7), (-7, 8), (-1, 8), (-1, 9), (0, 14), (0, 15), (1, 8)):
        move(notify, at(DAY + timedelta(days=day), hour))
        seen.append([key for _, key in remind(notify)])
    assert seen == [[], ["reminder_7"], ["reminder_1"], [], [], ["did_it_happen"], []]
    expected = ["agreed", "reminder_7", "reminder_1", "did_it_happen"]
    assert keys_told(notify, document["host_library_id"]) == expected
    assert keys_told(notify, document["lender_library_id"]) == expected
    personal = keys_told(notify, document["lender_library_id"], document["colleague_id"])
    assert sorted(personal) == sorted(expected * 2)


def test_a_node_that_was_down_does_not_say_tomorrow_about_today(notify: Database) -> None:
    hear(notify, a_document("agreed", 4))
    move(notify, at(DAY, 16))
    assert {key for _, key in remind(notify)} == {"reminder_7", "reminder_1", "did_it_happen"}
    assert keys_told(notify, a_document()["host_library_id"]) == ["agreed", "did_it_happen"]
    assert remind(notify) == []


def test_a_day_agreed_at_short_notice_is_not_announced_at_once(notify: Database) -> None:
    move(notify, at(DAY - timedelta(days=1), 10))
    hear(notify, a_document("agreed", 4))
    assert remind(notify) == []
    with notify.reading() as work:
        assert set(planned_reminders(work.connection, a_document()["id"])) == {"did_it_happen"}


def test_a_cancelled_day_is_not_announced(notify: Database) -> None:
    hear(notify, a_document("agreed", 4))
    hear(notify, a_document("cancelled", 5))
    move(notify, at(DAY, 16))
    assert remind(notify) == []


def test_a_reminder_due_while_news_comes_is_not_lost(notify: Database) -> None:
    hear(notify, a_document("agreed", 4))
    move(notify, at(DAY - timedelta(days=1), 8, 1))
    hear(notify, a_document("agreed", 5))
    assert "reminder_1" in [key for _, key in remind(notify)]


def test_a_reminder_is_told_once_however_many_processes_find_it_due(notify: Database) -> None:
    hear(notify, a_document("agreed", 4))
    move(notify, at(DAY - timedelta(days=7), 9))
    with notify.reading() as work:
        found = engagements.due_reminders(work)
    new = []
    for _ in range(2):
        with notify.work() as work:
            new += [engagements.tell_reminder(work, *one, PUBLIC_URL) for one in found]
    assert new == [3, 0]


def test_a_reminder_is_done_only_once_and_only_when_it_is_due(notify: Database) -> None:
    document = a_document("agreed", 4)
    hear(notify, document)
    move(notify, at(DAY - timedelta(days=7), 9))
    with notify.work() as work:
        ended = [
            finish_reminder(work.connection, document["id"], key, work.now)
            for key in ("reminder_7", "reminder_7", "reminder_1", "no_such_reminder")
        ]
    assert ended == [True, False, False, False]


def test_only_those_who_have_not_answered_are_reminded_of_a_proposal(notify: Database) -> None:
    document = a_document("proposed", 1)
    hear(notify, document)
    hear(
        notify,
        {
            **document,
            "version": 2,
            "consents": {**document["consents"], "colleague": document["history"][0]["at"]},
        },
    )
    move(notify, at(date(2026, 11, 16), 8))
    assert [key for _, key in remind(notify)] == ["proposal_reminder"]
    with notify.reading() as work:
        told = notices(work, document["lender_library_id"], document["colleague_id"], 200)
    assert [(one["key"], one["person_id"]) for one in told if one["key"] == "proposal_reminder"] == [
        ("proposal_reminder", None)
    ]


def test_the_clock_of_the_cast_is_before_everything() -> None:
    assert all(one.due_at > NOW for one in reminders(an_engagement("agreed"), OSLO))
