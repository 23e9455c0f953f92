"""What mails say: every mail there can be, and some of them word for word."""

import html
import itertools
import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
from bs4 import BeautifulSoup
from notify_cast import EIDSKOG, ENGAGEMENT, GRUE, an_act, an_engagement, minutes_later

from byttebank.contracts.resources import ENGAGEMENT_STATES, PURPOSES, ROLES
from services.notify.direct_words import DIRECT_WORDS
from services.notify.domain.engagement import MOVE_LINES
from services.notify.domain.telling import Telling, parameters, reminder_tellings, tellings
from services.notify.letter import Letter, Letterhead, write_letter
from services.notify.vandring_words import VANDRING_WORDS
from services.notify.words import WORDS

pytestmark = pytest.mark.simulation
"""Takes seconds: every row of a long table."""

HEAD = Letterhead(
    county="innlandet",
    county_name="Innlandet",
    county_names={"innlandet": "Innlandet", "trondelag": "Trøndelag"},
    language="nb",
    public_url="https://byttebank.example/innlandet",
    today=date(2026, 11, 10),
)
SHORT_NAMES = {an_engagement().host_library_id: "Grue", an_engagement().lender_library_id: "Eidskog"}


def letter(state: str, party: str, key: str | None = None, **changes: Any) -> Letter:
    engagement = an_engagement(state, **changes)
    words = parameters(engagement, Telling(party, key or state), SHORT_NAMES)
    return write_letter(key or state, words, ENGAGEMENT, HEAD)


def body(written: Letter) -> str:
    return written.text.split("\n\n")[1].replace("\u00a0", " ")


@cache
def every_letter() -> list[tuple[Telling, Letter]]:
    """Each mail for each state, purpose, deadline and pattern of answers."""
    found = []
    answers: tuple[dict[str, bool], ...] = ({}, {"host": True}, {"lender": True, "host": True})
    firsts = ({}, *({role: minutes_later(0)} for role in ROLES))
    for state, purpose, happened, consents, deadline, code in itertools.product(
        ENGAGEMENT_STATES,
        PURPOSES,
        answers,
        firsts,
        (None, "2026-12-10"),
        (
            "limit_hard",
            "fuse_reached",
            "county_frozen",
            "already_covered",
            "visit_changed",
            "something_new",
            None,
        ),
    ):
        if code is not None and state not in ("refused", "declined"):
            continue
        refusal = {"code": code, "parameters": {"county": "trondelag"}} if code else None
        engagement = an_engagement(
            state,
            purpose=purpose,
            happened=happened,
            consents=consents,
            refusal=refusal,
            history=[
                *([] if consents else [an_act("proposed_in_round", None, None)]),
                *([an_act("turned_down", None, None)] if deadline else []),
            ],
            reply_by_on=deadline,
            confirm_by_on=deadline,
            dispute_by_on=deadline,
            release_on=deadline,
            colleague_name="Jonas Berg" if deadline else None,
            host_contact_name="Siri Haugen" if deadline else None,
        )
        told = [*tellings(engagement, None)]
        if state == "agreed":
            told += [
                one
                for key in ("reminder_7", "reminder_1", "did_it_happen")
                for one in reminder_tellings(engagement, key)
            ]
        if state == "proposed" and deadline:
            told += reminder_tellings(engagement, "proposal_reminder")
            told += tellings(replace(engagement, replaces=ENGAGEMENT), None)
        for one in told:
            if one.is_mailed:
                words = parameters(engagement, one, SHORT_NAMES)
                found.append((one, write_letter(one.key, words, ENGAGEMENT, HEAD)))
    return found + letters_of_moves()


def letters_of_moves() -> list[tuple[Telling, Letter]]:
    """Every mail of an agreed day that somebody asks to move."""
    found = []
    for what, purpose in itertools.product(MOVE_LINES, PURPOSES):
        move = {"dates": ["2026-12-17"], "asked_by": GRUE, "consents": {}} if what == "move_asked" else None
        history = [an_act(one, GRUE, "host_manager") for one in ("move_asked", what)]
        engagement = an_engagement("agreed", purpose=purpose, move=move, history=history)
        for one in tellings(engagement, "agreed"):
            words = parameters(engagement, one, SHORT_NAMES)
            found.append((one, write_letter(one.key, words, ENGAGEMENT, HEAD)))
    return found


def test_every_mail_can_be_written_and_is_whole() -> None:
    letters = every_letter()
    assert len(letters) > 500
    for telling, written in letters:
        everything = written.subject + written.text + written.html
        assert "{" not in everything, (telling, everything)
        assert "None" not in everything, (telling, everything)
        assert "!" not in written.subject + written.text, telling
        assert re.match(r"[A-ZÆØÅ]", written.subject), (telling, written.subject)
        assert all(re.match(r"[A-ZÆØÅ]", one) for one in re.split(r"(?<=[a-z]\.) ", body(written))), telling


def test_no_subject_names_a_person_or_a_number_of_days() -> None:
    for telling, written in every_letter():
        assert not re.search(r"Jonas|Siri|kollega|dager|\bdag\b", written.subject), (telling, written.subject)


def test_all_words_are_used() -> None:
    subjects_and_bodies = {(written.subject, body(written)) for _, written in every_letter()}
    patterns = {
        name: re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(words.sentences[0])), re.IGNORECASE)
        for name, words in WORDS.items()
    }
    # test_notify_announcing.py, test_notify_inviting.py, test_notify_asking.py
    announced = {"promise_due", "promise_late", "peer_stopped", "invitation", *VANDRING_WORDS, *DIRECT_WORDS}
    unused = [
        name
        for name, pattern in patterns.items()
        if name not in announced and not any(pattern.match(text) for _, text in subjects_and_bodies)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("state", "party", "changes", "subject", "text"),
    [
        (
            "proposed",
            "lender",
            {},
            "Forslag: Grue torsdag 26. november",
            "Grue vil gjerne ha hjelp torsdag 26. november. Svar innen tirsdag 17. november.",
        ),
        (
            "proposed",
            "colleague",
            {},
            "Forslag: Grue torsdag 26. november",
            "Grue spør om du kan hjelpe torsdag 26. november. Svar innen tirsdag 17. november."
            " Passer det ikke, trenger du ikke si hvorfor.",
        ),
        (
            "proposed",
            "host",
            {"consents": {"lender_manager": minutes_later(0)}},
            "Forslag: Eidskog torsdag 26. november",
            "Eidskog tilbyr hjelp torsdag 26. november."
            " Svar innen tirsdag 17. november, og velg hvem som tar imot.",
        ),
        (
            "proposed",
            "lender",
            {"replaces": EIDSKOG, "consents": {"host_manager": minutes_later(0)}},
            "Kan en annen komme torsdag 26. november?",
            "Grue mistet hjelpen sin torsdag 26. november og spør på nytt. Svar innen tirsdag 17. november."
            " Passer det ikke, trenger du ikke si hvorfor.",
        ),
        (
            "agreed",
            "host",
            {},
            "Avtalt: Grue torsdag 26. november",
            "Avtalt: Jonas Berg fra Eidskog hjelper dere torsdag 26. november. Siri Haugen tar imot."
            " Dere har satt av en dag.",
        ),
        (
            "agreed",
            "lender",
            {"colleague_name": None, "half_days": 3},
            "Avtalt: Grue torsdag 26. november",
            "Avtalt: en kollega hjelper Grue torsdag 26. november. Dere får 1,5 dager når det er gjort.",
        ),
        (
            "agreed",
            "host",
            {"purpose": "vandring"},
            "Avtalt: Grue torsdag 26. november",
            "Alle har sagt ja til torsdag 26. november. Siri Haugen tar imot.",
        ),
        (
            "cancelled",
            "host",
            {"dates": ["2026-11-26", "2026-11-27"]},
            "Avlyst: Grue 26.–27. november",
            "26.–27. november er avlyst. Ingen dager er brukt.",
        ),
        (
            "declined",
            "host",
            {"history": [an_act("declined", EIDSKOG, "lender_manager")]},
            "Torsdag 26. november passet ikke",
            "Torsdag 26. november passet ikke for Eidskog. Ingen dager er satt av.",
        ),
        (
            "disputed",
            "county",
            {},
            "Uenige om torsdag 26. november",
            "Eidskog og Grue er uenige om torsdag 26. november. Les hva begge har skrevet, og avgjør.",
        ),
    ],
)
def test_a_mail_word_for_word(
    state: str, party: str, changes: dict[str, object], subject: str, text: str
) -> None:
    asking = "replacement" if "replaces" in changes else "proposal"
    written = letter(state, party, asking if state == "proposed" else None, **changes)
    assert (written.subject, body(written)) == (subject, text)


def test_the_reason_why_days_could_not_be_set_aside_is_said() -> None:
    refusal = {"code": "fuse_reached", "parameters": {"county": "trondelag", "fuse_half_days": 200}}
    assert body(letter("refused", "host", refusal=refusal)).startswith(
        "Det er avtalt så mange dager mellom Innlandet og Trøndelag at sikkerhetsgrensen er nådd."
    )
    assert "nådd grensen" in body(
        letter("refused", "host", refusal={"code": "limit_hard", "parameters": None})
    )
    unknown = letter("refused", "host", refusal={"code": "fuse_reached", "parameters": {}})
    assert body(unknown) == (
        "Dagen hos Grue torsdag 26. november er ikke avtalt ennå. Snakk med fylkesbiblioteket."
    )


def test_text_and_page_say_the_same_and_lead_to_the_engagement() -> None:
    written = letter("agreed", "host")
    page = BeautifulSoup(written.html, "lxml")
    link = f"https://byttebank.example/innlandet/engagements/{ENGAGEMENT}"
    assert page.html is not None
    assert page.html["lang"] == "nb"
    assert [one["href"] for one in page.find_all("a")] == [link]
    paragraphs = [one.get_text() for one in page.find_all("p")]
    assert paragraphs == [
        "Hei,",
        written.text.split("\n\n")[1],
        "Se oppdraget",
        "Hilsen Byttebanken, Innlandet",
    ]
    assert written.text == (
        f"Hei,\n\n{paragraphs[1]}\n\nSe oppdraget:\n{link}\n\nHilsen Byttebanken, Innlandet\n"
    )
    assert "Svar her" in letter("proposed", "lender", "proposal").text


def test_names_cannot_break_out_of_the_subject_or_the_page() -> None:
    names = {an_engagement().host_library_id: "Grue\r\nBcc: x@y.example <b>{date}</b>"}
    words = parameters(an_engagement("expired"), Telling("host", "expired"), names)
    words["host"] = names[an_engagement().host_library_id]
    written = write_letter("cancelled", words, ENGAGEMENT, HEAD)
    assert "\n" not in written.subject
    assert "\r" not in written.subject
    assert "Bcc" in written.subject
    page = letter("agreed", "host", colleague_name="<script>alert(1)</script>").html
    assert "<script>" not in page
    assert "<script>" in html.unescape(page)


def test_a_mail_written_before_the_county_is_known_has_a_plain_ending() -> None:
    words = parameters(an_engagement("expired"), Telling("host", "expired"), {})
    written = write_letter("expired", words, ENGAGEMENT, replace(HEAD, county_name=None, language=None))
    assert written.text.endswith("\nHilsen Byttebanken\n")


def test_many_dates_in_a_mail_are_a_span() -> None:
    dates = [f"2026-12-{day:02}" for day in range(1, 31, 2)]
    assert letter("cancelled", "host", dates=dates).subject == "Avlyst: Grue 1.–29. desember"


def test_a_notice_that_is_never_mailed_has_no_words() -> None:
    words = parameters(an_engagement("settled"), Telling("host", "settled"), {})
    with pytest.raises(KeyError, match="settled"):
        write_letter("settled", words, ENGAGEMENT, HEAD)
