"""A request to one library alone: the mails and notices about it."""

from typing import Any

import pytest
from notify_cast import EIDSKOG, GRUE, KARI, PUBLIC_URL, a_colleague

from byttebank.contracts.fields import load
from byttebank.contracts.local import load_local
from byttebank.contracts.resources import Notice
from byttebank.storage.work import Database
from services.notify.operations import asking, copies, mails
from services.notify.operations import notices as reading

REQUEST = "018f0000-0000-7000-8000-0000000000f3"
Document = dict[str, Any]


def hear(database: Database, what: str, **more: Any) -> int:
    body = {
        "request_id": REQUEST,
        "library_id": GRUE,
        "to_library_id": EIDSKOG,
        "what": what,
        "first_on": "2026-12-01",
        "last_on": "2026-12-04",
        "reply_by_on": "2026-11-30",
        **more,
    }
    with database.work() as work:
        return asking.direct_request_changed(work, load_local("DirectRequestChanged", body), PUBLIC_URL)


def told(database: Database, library_id: str) -> tuple[Document, list[Document]]:
    with database.reading() as work:
        (notice,) = reading.notices(work, library_id, None, 50)
        return load(Notice, notice), mails.mailbox(work, 50, is_demo=True)


def test_the_manager_of_the_library_that_is_asked_is_told_once(notify: Database) -> None:
    assert [hear(notify, "asked") for _ in range(2)] == [1, 0]
    notice, (mail,) = told(notify, EIDSKOG)
    assert notice["parameters"] == {
        "request_id": REQUEST,
        "first_on": "2026-12-01",
        "last_on": "2026-12-04",
        "library": "Grue",
        "reply_by": "2026-11-30",
    }
    assert mail["to"] == "kari@library.example"
    assert mail["subject"] == "Grue spør dere om hjelp: 1.\u20134. desember"
    assert "Grue har spurt bare dere om hjelp" in mail["text"]
    assert "trenger dere ikke si hvorfor" in mail["text"]
    assert f"{PUBLIC_URL}/foresporsler/{REQUEST}" in mail["text"]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("declined", "Grue kan ikke hjelpe mandag 7. desember."),
        ("unanswered", "Grue har ikke svart om hjelp"),
    ],
)
def test_who_asks_hears_the_answer_and_how_to_ask_all(notify: Database, what: str, words: str) -> None:
    more = {"library_id": EIDSKOG, "to_library_id": GRUE, "dates": ["2026-12-07"]}
    assert hear(notify, what, **more) == 1
    notice, (mail,) = told(notify, EIDSKOG)
    assert notice["key"] == f"direct_{what}"
    assert words in mail["text"]
    assert "Dere kan spørre alle i stedet, med ett trykk." in mail["text"]


@pytest.mark.parametrize(
    ("language", "words"), [("nn", "har spurt berre dykk"), ("en", "has asked only you")]
)
def test_the_mail_is_in_the_readers_language(notify: Database, language: str, words: str) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(KARI, EIDSKOG, True, version=2, language=language))
    hear(notify, "asked")
    assert words in told(notify, EIDSKOG)[1][0]["text"]
