"""The letter with a library's own link."""

from typing import Any

import pytest
from notify_cast import EIDSKOG, PUBLIC_URL

from byttebank.contracts.fields import load
from byttebank.contracts.local import load_local
from byttebank.contracts.resources import Notice
from byttebank.storage.work import Database
from services.notify.domain.delivery import Delivered
from services.notify.operations import copies, inviting, mails
from services.notify.operations import notices as reading

INVITATION = "018f0000-0000-7000-8000-0000000000d1"
TOKEN = "t" * 43
Document = dict[str, Any]


def invited(**changes: Any) -> Document:
    body = {
        "invitation_id": INVITATION,
        "library_id": EIDSKOG,
        "library": "Eidskog",
        "email": "ny@eidskog.example",
        "token": TOKEN,
        "occasion": 1,
        "expires_at": "2026-11-24T09:00:00Z",
    }
    return load_local("LibraryInvited", {**body, **changes})


def hear(database: Database, body: Document) -> bool:
    with database.work() as work:
        return inviting.library_invited(work, body, PUBLIC_URL)


def mails_of(database: Database) -> list[Document]:
    with database.reading() as work:
        return mails.mailbox(work, 50, is_demo=True)


def test_the_letter_has_the_link_and_says_until_when_once_for_each_occasion(notify: Database) -> None:
    assert [hear(notify, invited()) for _ in range(2)] == [True, False]
    (mail,) = mails_of(notify)
    assert mail["to"] == "ny@eidskog.example"
    assert mail["subject"] == "Invitasjon til Byttebanken"
    assert "Fylkesbiblioteket i Innlandet inviterer Eidskog til å bytte arbeidsdager" in mail["text"]
    assert "Den virker én gang, til tirsdag 24. november." in mail["text"]
    assert f"{PUBLIC_URL}/bli-med/{TOKEN}" in mail["text"]
    assert f"{PUBLIC_URL}/bli-med/{TOKEN}" in mail["html"]
    assert hear(notify, invited(occasion=2, token="u" * 43))
    assert len(mails_of(notify)) == 2


@pytest.mark.parametrize(
    ("language", "words"),
    [("nn", "inviterer Eidskog til å byte arbeidsdagar"), ("en", "invites Eidskog to swap workdays")],
)
def test_the_letter_is_in_the_librarys_language(notify: Database, language: str, words: str) -> None:
    hear(notify, invited(language=language))
    assert words in mails_of(notify)[0]["text"]


def test_the_notice_is_the_persons_own_and_does_not_know_the_link(notify: Database) -> None:
    hear(notify, invited())
    with notify.reading() as work:
        assert reading.notices(work, EIDSKOG, None, 50) == []
        (notice,) = reading.notices(work, EIDSKOG, INVITATION, 50)
    assert load(Notice, notice) == notice
    assert TOKEN not in str(notice)


@pytest.mark.parametrize("keeps_links", [True, False])
def test_a_letter_that_is_sent_keeps_its_link_in_the_demonstration_alone(
    notify: Database, keeps_links: bool
) -> None:
    hear(notify, invited())
    with notify.work() as work:
        (mail,) = mails.claim_mails(work)
        mails.record_outcome(work, mail.id, Delivered(), keeps_links=keeps_links)
    assert (TOKEN in mails_of(notify)[0]["text"]) is keeps_links


def test_who_is_erased_has_no_letter_left(notify: Database) -> None:
    hear(notify, invited())
    with notify.work() as work:
        copies.person_erased(work, {"person_id": INVITATION})
    assert mails_of(notify) == []
