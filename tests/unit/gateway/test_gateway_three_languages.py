"""Every page and every sentence in nynorsk and English: nothing is left in bokmål."""

import re
from collections.abc import Iterator

import pytest
import test_gateway_words as words
from conftest import Node
from gateway_browser import Page
from test_gateway_pages import PAGES

from byttebank.contracts import resources
from byttebank.contracts.refusals import all_refusals
from byttebank.language import LANGUAGES, translator
from gateway.accounts import set_language
from gateway.reading import reader_of
from gateway.speech import FOLDER, SOURCE, Speech, say, speak, speech
from gateway.words.history import LINES, line_sentence
from gateway.words.notices import WORDS as NOTICES
from gateway.words.notices import notice_words
from gateway.words.reasons import SENTENCES as REASONS
from gateway.words.reasons import reason_sentence
from gateway.words.refusals import refusal_sentence, sentence_of
from gateway.words.statuses import STATUSES, status_words
from gateway.words.validation import LENGTHS_OF_TEXTS, MESSAGES

pytestmark = pytest.mark.simulation
"""Every page is opened for everybody in every language."""

OTHERS = [language for language in LANGUAGES if language != SOURCE]
BOKMAAL = re.compile(r"\b(ikke|dere|deres|fra|noe|noen|jeg|hvem|hva|hvor|hvordan|uke|siden|avtalen)\b", re.I)
"""Words that are neither nynorsk nor English."""
NORWEGIAN = re.compile(r"\b(og|på|til|av|er|dager|dagar|hjelp|bibliotekene|biblioteka|avtale|å)\b", re.I)
"""Words that are not English."""


@pytest.fixture(params=OTHERS)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """One language after the other; afterwards nothing was asked for that its catalog does not have."""
    missing = translator(request.param, FOLDER).missing
    missing.clear()
    yield request.param
    assert missing == set()


def read_words(page: Page) -> str:
    """What Byttebank says on the page, without names and people's own words."""
    for own in page.soup.select(".bb-words, pre, summary, nav [lang], main h2.bb-h3, .bb-columns"):
        own.decompose()
    return page.soup.get_text(" ")


@pytest.mark.parametrize("who", ["kari", "jonas", "siri", "ingrid", "per"])
def test_every_page_is_whole_in_the_readers_language(node: Node, language: str, who: str) -> None:
    with node.database.work() as work:
        set_language(work, node.users[who].user_id, language)
    for skill in node.backend.directory._skills:
        skill["names"][language] = f"({skill['code']})"
    browser = node.browser(who)
    for path in [*PAGES, "/meg", "/drift", "/be-om-hjelp", "/finnes-ikke"]:
        page = browser.get(path)
        assert page.soup.html["lang"] == language
        left = BOKMAAL.findall(read_words(page)) + (
            NORWEGIAN.findall(read_words(page)) if language == "en" else []
        )
        assert left == [], (path, left, page.words)


def test_the_check_of_pages_finds_bokmaal(node: Node) -> None:
    page = node.browser("kari").get("/oversikt")
    assert {"dere", "ikke"} & {word.lower() for word in BOKMAAL.findall(read_words(page))}
    speak(Speech("en", speech().today))
    missing = translator("en", FOLDER).missing
    missing.clear()
    assert say("Dette har ingen oversatt") == "Dette har ingen oversatt"
    assert missing == {"Dette har ingen oversatt"}
    missing.clear()


@pytest.mark.parametrize("path", ["/be-om-hjelp", "/tilby-en-dag"])
def test_what_is_wrong_with_a_form_is_said_in_the_readers_language(
    node: Node, language: str, path: str
) -> None:
    with node.database.work() as work:
        set_language(work, node.users["kari"].user_id, language)
    browser = node.browser("kari")
    form = browser.get(path).soup.select_one("main form")
    token = form.find("input", {"name": "csrf_token"})["value"]
    page = browser.post(path, {"csrf_token": token, "mengde": "1", "reise": "langt"})
    assert page.status == 422
    assert BOKMAAL.findall(read_words(page)) == []


def test_every_sentence_is_whole_in_every_language(language: str) -> None:
    speak(Speech(language, speech().today, words.Names()))
    one = words.engagement()
    for who, user in words.READERS.items():
        for state in resources.ENGAGEMENT_STATES:
            for purpose in resources.PURPOSES:
                for answered in ("nobody", "lender", "host"):
                    words.read_by(user, state, purpose, "2026-11-20", answered)
                    words.read_by(user, state, purpose, "2026-11-26", answered)
        for what in LINES:
            line = {"at": "2026-11-20T08:00:00Z", "what": what, "by_library_id": None, "by_name": None}
            for by in (words.EIDSKOG, words.GRUE, None):
                said(line_sentence({**line, "by_library_id": by}, one, reader_of(one, user)), who)
    for kind in all_refusals():
        said(refusal_sentence(kind()), kind.code)
    for code in REASONS:
        reason = {"code": code, "parameters": words.PARAMETERS, "is_favourable": True}
        said(reason_sentence(reason), code)
    for key in NOTICES:
        for party in ("lender", "host", "colleague", "county"):
            notice = notice_words({"key": key, "parameters": {"party": party}})
            said(f"{notice.subject} {notice.sentence}", key)
    for status in (*STATUSES, 418):
        said(f"{status_words(status).title} {status_words(status).sentence}", str(status))
    for _, sentence in (*LENGTHS_OF_TEXTS, *MESSAGES):
        said(say(sentence), sentence)


def said(text: str, what: str) -> None:
    assert BOKMAAL.findall(text) == [], (what, text)
    assert text[0] == text[0].upper() or text[0] == "{", (what, text)


def test_a_refusal_reads_well_in_english_and_nynorsk() -> None:
    limit = {"available_half_days": 1, "wanted_half_days": 4}
    for language, sentence in (
        ("nn", "Fylkesbiblioteket har sett ei fast grense, og ho er nådd. Tilby 1,5 dagar, eller snakk med"),
        (
            "en",
            "The county library has set a fixed limit and you have reached it. Offer 1.5 days, or talk to",
        ),
    ):
        speak(Speech(language, speech().today, words.Names()))
        assert sentence_of("limit_hard", limit).replace("\u00a0", " ").startswith(sentence)
