"""Mails in the language of each who gets one: the person's own, else the library's, else the county's."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from notify_cast import (
    BERIT,
    EIDSKOG,
    ENGAGEMENT,
    JONAS,
    KARI,
    a_colleague,
    a_document,
    an_engagement,
    hear,
)

from byttebank.language import LANGUAGES, translator
from byttebank.storage.work import Database
from services.notify.domain.telling import Telling, parameters
from services.notify.letter import TRANSLATIONS, Letterhead, chosen_language, write_letter
from services.notify.operations import copies
from services.notify.operations.mails import mailbox
from services.notify.words import WORDS

pytestmark = pytest.mark.simulation
"""Takes seconds: every row of a long table."""

HEAD = Letterhead("innlandet", "Innlandet", {}, "nb", "https://byttebank.example", date(2026, 11, 10))


def library(language: str | None, version: int) -> dict[str, Any]:
    """Eidskog's manager has chosen a language."""
    return {
        "id": EIDSKOG,
        "county": "innlandet",
        "short_name": "Eidskog",
        "kind": "public",
        "state": "open",
        "language": language,
        "version": version,
    }


def mails(database: Database) -> dict[str, dict[str, Any]]:
    with database.reading() as work:
        return {mail["to"].split("@")[0]: mail for mail in mailbox(work, 100, is_demo=True)}


def test_each_gets_a_mail_in_the_own_language_else_the_librarys(notify: Database) -> None:
    with notify.work() as work:
        copies.library_changed(work, library("nn", 2))
        copies.colleague_changed(work, a_colleague(JONAS, EIDSKOG, False, version=2, language="en"))
    hear(notify, a_document("proposed", 1))
    found = mails(notify)
    assert found["jonas"]["subject"] == "Proposal: Grue, Thursday 26 November"
    assert found["jonas"]["text"].startswith(
        "Hello,\n\nGrue asks whether you can help on Thursday 26 November."
    )
    assert found["jonas"]["text"].endswith("Regards, Byttebank, Innlandet\n")
    assert found["kari"]["text"].startswith(
        "Hei,\n\nGrue vil gjerne ha hjelp torsdag 26. november. Svar innan"
    )
    assert {who: mail["language"] for who, mail in found.items()} == {"jonas": "en", "kari": "nn"}
    for mail in found.values():
        assert BeautifulSoup(mail["html"], "lxml").html["lang"] == mail["language"]


def test_two_managers_of_one_library_may_read_different_languages(notify: Database) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(BERIT, EIDSKOG, True, version=2, language="nn"))
    hear(notify, a_document("proposed", 1))
    assert {who: mail["language"] for who, mail in mails(notify).items()} == {
        "jonas": "nb",
        "kari": "nb",
        "berit": "nn",
    }


def test_the_newest_choice_counts_and_none_means_the_librarys_again(notify: Database) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(KARI, EIDSKOG, True, version=3))
        copies.colleague_changed(work, a_colleague(KARI, EIDSKOG, True, version=2, language="en"))
        copies.library_changed(work, library("nn", 2))
    hear(notify, a_document("proposed", 1))
    assert mails(notify)["kari"]["language"] == "nn"


def test_a_person_whose_library_is_not_known_yet_reads_the_countys_language(notify: Database) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(JONAS, "0" * 8 + EIDSKOG[8:], False, version=2))
    hear(notify, a_document("proposed", 1))
    assert mails(notify)["jonas"]["language"] == "nb"


def test_a_language_we_do_not_write_gets_bokmaal() -> None:
    assert [chosen_language(one) for one in (*LANGUAGES, "sv", None)] == ["nb", "nn", "en", "nb", "nb"]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "nb"])
@pytest.mark.parametrize("key", WORDS)
def test_every_mail_is_whole_in_every_language(key: str, language: str) -> None:
    """No bokmål is left in it, and it says what the bokmål says: as many links, names and dates."""
    name, _, more = key.partition(".")
    party = more if more in ("lender", "host", "colleague", "county") else "lender"
    engagement = an_engagement(
        "refused" if name == "refused" else "declined" if name == "declined" else "proposed",
        purpose="hospitering" if more == "visit" else "help",
        refusal={"code": more, "parameters": {"county": "akershus"}} if "_" in more else None,
    )
    names = {engagement.host_library_id: "Grue", engagement.lender_library_id: "Eidskog"}
    words = {
        **parameters(engagement, Telling(party, name), names),
        "contact": "Siri Haugen",
        "name": "Jonas Berg",
        "county": "trondelag",
        "season": "2027",
        "move_to": ["2026-12-17"],
        **dict.fromkeys(("reply_by", "confirm_by", "release_on", "dispute_by"), "2026-12-10"),
    }
    translate = translator(language, TRANSLATIONS)
    before = set(translate.missing)
    ours, theirs = (
        write_letter(name, words, ENGAGEMENT, replace(HEAD, language=one)) for one in ("nb", language)
    )
    assert translate.missing - before == set()
    assert theirs.language == language
    for text in (theirs.subject, theirs.text, theirs.html):
        assert "{" not in text
    for known in ("Grue", "Eidskog", "Siri Haugen", "Jonas Berg"):
        assert (known in ours.subject) == (known in theirs.subject)
        assert (known in ours.text) == (known in theirs.text)
