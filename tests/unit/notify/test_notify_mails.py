"""The mail outbox: nothing lost, nothing tried for ever, nothing sent twice on purpose."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from markupsafe import escape
from notify_cast import GRUE, JONAS, NAMES, NOW, SIRI, a_document, hear, move

from byttebank.contracts.refusals import Malformed, NotFound, NotYourRole
from byttebank.storage.work import Database, Work
from services.notify.channels.mailbox import MailboxChannel
from services.notify.domain.delivery import Delivered, Outcome, OutgoingMail, Refused, Unreached
from services.notify.domain.retry import MAX_REFUSALS, is_given_up, next_attempt_at
from services.notify.operations import copies
from services.notify.operations.mails import (
    claim_mails,
    mail_backlog,
    mailbox,
    record_outcome,
    resend_failed,
)
from services.notify.operations.notices import export_person


@pytest.fixture
def queued(notify: Database) -> Database:
    """Two mails about a proposal wait, to Kari and to Jonas."""
    hear(notify, a_document("proposed", 1))
    return notify


def claim(database: Database, limit: int = 20) -> list[OutgoingMail]:
    with database.work() as work:
        return claim_mails(work, limit)


def record(database: Database, mail: OutgoingMail, outcome: Outcome) -> None:
    with database.work() as work:
        record_outcome(work, mail.id, outcome)


def backlog(database: Database) -> tuple[int, int]:
    with database.reading() as work:
        found = mail_backlog(work)
    return found["waiting"], found["failed"]


def test_a_claimed_mail_is_nobody_elses_until_the_lease_ends(queued: Database) -> None:
    assert len(claim(queued)) == 2
    assert claim(queued) == []
    move(queued, NOW + timedelta(minutes=11))
    assert len(claim(queued)) == 2


def test_the_longest_waiting_is_claimed_first_and_only_so_many(queued: Database) -> None:
    first = claim(queued, 1)
    second = claim(queued, 1)
    assert len(first) == len(second) == 1
    assert first[0].id != second[0].id


def test_what_is_sent_is_not_claimed_again(queued: Database) -> None:
    for mail in claim(queued):
        record(queued, mail, Delivered())
    move(queued, NOW + timedelta(days=1))
    assert claim(queued) == []
    assert backlog(queued) == (0, 0)


def test_a_mail_has_one_message_id_however_often_it_is_sent(queued: Database) -> None:
    first = {mail.message_id for mail in claim(queued)}
    move(queued, NOW + timedelta(minutes=11))
    assert {mail.message_id for mail in claim(queued)} == first
    assert len(first) == 2
    assert all(one.startswith("<") and one.endswith("@byttebank.example>") for one in first)


def test_mails_of_one_engagement_belong_to_one_thread(queued: Database) -> None:
    hear(queued, a_document("agreed", 4))
    assert len({mail.thread_id for mail in claim(queued)}) == 1


@pytest.mark.simulation
def test_a_server_that_is_down_for_a_week_loses_nothing(queued: Database) -> None:
    moment = NOW
    tries = 0
    while moment < NOW + timedelta(days=7):
        for mail in claim(queued):
            record(queued, mail, Unreached("Connection refused"))
            tries += 1
        moment += timedelta(hours=1)
        move(queued, moment)
    assert tries > 100
    assert backlog(queued) == (2, 0)
    move(queued, moment + timedelta(minutes=10))
    assert len(claim(queued)) == 2


def test_a_mail_refused_too_often_is_laid_aside_kept_and_counted(queued: Database) -> None:
    mail, other = claim(queued, 2)
    record(queued, other, Delivered())
    moment = NOW
    for _ in range(MAX_REFUSALS - 1):
        record(queued, mail, Refused("550 no such person"))
        assert backlog(queued) == (1, 0)
        moment += timedelta(hours=6)
        move(queued, moment)
        assert [one.id for one in claim(queued)] == [mail.id]
    record(queued, mail, Refused("550 no such person"))
    assert backlog(queued) == (0, 1)
    move(queued, moment + timedelta(days=30))
    assert claim(queued) == []


def test_what_was_laid_aside_can_be_tried_again(queued: Database) -> None:
    mail, other = claim(queued, 2)
    record(queued, other, Delivered())
    for _ in range(MAX_REFUSALS):
        record(queued, mail, Refused("550 no such person"))
    with queued.work() as work:
        assert resend_failed(work) == 1
    assert backlog(queued) == (1, 0)
    assert [one.id for one in claim(queued)] == [mail.id]


def test_an_answer_that_comes_after_the_mail_was_sent_changes_nothing(queued: Database) -> None:
    mail = claim(queued, 1)[0]
    record(queued, mail, Delivered())
    record(queued, mail, Unreached("late"))
    move(queued, NOW + timedelta(days=1))
    assert mail.id not in [one.id for one in claim(queued)]


def test_waiting_grows_and_has_an_end() -> None:
    refused = [next_attempt_at(NOW, attempts, is_refused=True) - NOW for attempts in (1, 2, 3, 9, 500)]
    assert refused == [
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(minutes=8),
        timedelta(hours=6),
        timedelta(hours=6),
    ]
    assert next_attempt_at(NOW, 500, is_refused=False) - NOW == timedelta(minutes=10)
    assert not is_given_up(MAX_REFUSALS - 1)
    assert is_given_up(MAX_REFUSALS)


def test_the_backlog_says_since_when(queued: Database) -> None:
    with queued.reading() as work:
        assert mail_backlog(work) == {
            "waiting": 2,
            "failed": 0,
            "oldest_queued_at": "2026-11-10T09:00:00.000000Z",
        }


def test_the_mailbox_channel_takes_every_mail(queued: Database) -> None:
    mails = claim(queued)
    assert [outcome for _, outcome in MailboxChannel().deliver(mails)] == [Delivered(), Delivered()]


def test_the_mailbox_shows_mails_newest_first_and_whether_they_are_sent(queued: Database) -> None:
    move(queued, NOW + timedelta(minutes=1))
    hear(queued, a_document("agreed", 4))
    for mail in claim(queued, 2):
        record(queued, mail, Delivered())
    with queued.reading() as work:
        found = mailbox(work, 200, is_demo=True)
        assert len(mailbox(work, 1, is_demo=True)) == 1
    assert [mail["subject"].split(":")[0] for mail in found] == ["Avtalt"] * 3 + ["Forslag"] * 2
    assert [bool(mail["sent_at"]) for mail in found] == [False] * 3 + [True] * 2


def test_there_is_no_mailbox_outside_the_demonstration(queued: Database) -> None:
    with pytest.raises(NotFound), queued.reading() as work:
        mailbox(work, 100, is_demo=False)
    with pytest.raises(Malformed), queued.reading() as work:
        mailbox(work, 0, is_demo=True)


def test_mails_and_notices_of_somebody_who_is_erased_are_gone_and_the_others_stay(queued: Database) -> None:
    with queued.reading() as work:
        people = {mail["person_id"] for mail in rows(work, "mail_outbox")}
    gone = sorted(people)[0]
    with queued.work() as work:
        copies.person_erased(work, {"person_id": gone})
    with queued.reading() as work:
        assert {mail["person_id"] for mail in rows(work, "mail_outbox")} == people - {gone}
        assert gone not in {notice["person_id"] for notice in rows(work, "notices")}
        assert rows(work, "notices")


@pytest.mark.parametrize("who", [JONAS, SIRI])
def test_nothing_that_others_were_told_names_somebody_who_is_erased(notify: Database, who: str) -> None:
    hear(notify, a_document("agreed", 2))
    others = [one for one in (JONAS, SIRI) if one != who]
    with notify.reading() as work:
        before = {mail["to_address"] for mail in rows(work, "mail_outbox") if mail["person_id"] != who}
        assert NAMES[who] in str(rows(work, "mail_outbox"))
    with notify.work() as work:
        copies.person_erased(work, {"person_id": who})
    with notify.reading() as work:
        for table in ("engagements", "notices", "mail_outbox"):
            assert NAMES[who] not in str(rows(work, table)), table
            assert all(NAMES[one] in str(rows(work, table)) for one in others), table
        mails = rows(work, "mail_outbox")
    assert {mail["to_address"] for mail in mails} == before
    assert ("Eidskog" if who == JONAS else "Grue") in mails[0]["text"]


@pytest.mark.parametrize("name", ["Mari O'Brien", 'Mari "Mia" Moen', "Mari & Moen", "Áile Ŋávdi"])
def test_a_name_is_gone_from_the_mails_however_it_is_written_in_html(notify: Database, name: str) -> None:
    hear(notify, a_document("agreed", 2, colleague_name=name))
    with notify.reading() as work:
        mails = rows(work, "mail_outbox")
    told = [str(escape(name)) in mail["html"] and name in mail["text"] for mail in mails]
    assert any(told)
    with notify.work() as work:
        copies.person_erased(work, {"person_id": JONAS})
    with notify.reading() as work:
        mails = rows(work, "mail_outbox")
    assert [mail for mail in mails if name in mail["text"] or name in unescape(mail["html"])] == []


def rows(work: Work, table: str) -> list[dict[str, Any]]:
    found = work.connection.exec_driver_sql(f"SELECT * FROM {table}").mappings()
    return [dict(row) for row in found]


def test_a_person_takes_along_what_she_was_told_and_nobody_else_does(queued: Database) -> None:
    jonas = {"person_id": JONAS, "library_id": GRUE, "role": "colleague", "name": "Jonas"}
    with queued.reading() as work:
        kept = export_person(work, JONAS, jonas)
        with pytest.raises(NotYourRole):
            export_person(work, SIRI, jonas)
    assert [one["person_id"] for one in kept["notices"]] == [JONAS]
    assert len(kept["mails"]) == 1
    assert kept["mails"][0]["text"]
