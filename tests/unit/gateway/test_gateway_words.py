"""Every refusal, state, reason and notice has a sentence, said by the rules of voice."""

import dataclasses
import re
from datetime import date
from typing import Any

import eidskog
import pytest
from fake_matching import an_engagement
from fake_service import an_id

from byttebank.contracts import resources
from byttebank.contracts.refusals import LimitHard, Refusal, all_refusals
from gateway import generate
from gateway.accounts import User
from gateway.problems import FIELD_OF, STATUS
from gateway.reading import ONGOING, reader_of
from gateway.speech import Speech, speak
from gateway.words.engagement_table import BADGES, SENTENCES
from gateway.words.engagements import badge, sentence, title
from gateway.words.history import LINES, line_sentence
from gateway.words.notices import WORDS, notice_words
from gateway.words.reasons import SENTENCES as REASONS
from gateway.words.reasons import reason_sentence
from gateway.words.refusals import SENTENCES as REFUSALS
from gateway.words.refusals import refusal_sentence, sentence_of
from gateway.words.validation import MESSAGES, detail_sentence

EIDSKOG, GRUE, HAMAR = (eidskog.library(name) for name in ("Eidskog", "Grue", "Hamar"))
PLACEHOLDER = re.compile(r"\{[a-z_]*\}")

READERS = {
    "lender": User("u1", "e", "Kari", "library_manager", EIDSKOG, an_id("kari"), "nb"),
    "other at the lender": User("u2", "e", "Per", "colleague", EIDSKOG, an_id("per"), "nb"),
    "host": User("u3", "e", "Siri", "library_manager", GRUE, an_id("siri"), "nb"),
    "host contact": User("u4", "e", "Ola", "colleague", GRUE, an_id("ola"), "nb"),
    "colleague": User("u5", "e", "Jonas", "colleague", EIDSKOG, an_id("jonas"), "nb"),
    "manager who goes": User("u6", "e", "Jonas", "library_manager", EIDSKOG, an_id("jonas"), "nb"),
    "county": User("u7", "e", "Ingrid", "county", HAMAR, None, "nb"),
}


class Names:
    """What things are called in these tests."""

    def county(self, slug: str) -> str:
        return slug.title()

    def own_county(self) -> str:
        return "Innlandet"

    def library(self, library_id: str) -> str | None:
        return {EIDSKOG: "Eidskog", GRUE: "Grue"}.get(library_id)

    def skill(self, code: str) -> str:
        return code


def engagement(**changes: Any) -> dict[str, Any]:
    wanted = {
        "id": an_id("e"),
        "host_library_id": GRUE,
        "lender_library_id": EIDSKOG,
        "colleague_id": an_id("jonas"),
        "colleague_name": "Jonas",
        "host_contact_id": an_id("ola"),
        "host_contact_name": "Ola",
        "dates": ["2026-11-26"],
        "half_days": 2,
        "reply_by_on": "2026-11-25",
        "confirm_by_on": "2026-12-10",
        "history": [
            {"at": "2026-11-20T08:00:00Z", "what": "proposed", "by_library_id": GRUE, "by_name": "Siri"}
        ],
    }
    library = {"county": "innlandet", "name": "Bibliotek"}
    return an_engagement(wanted, library, library, **changes)


def said(text: str) -> str:
    """The sentence, after what every sentence must be."""
    assert text
    assert not PLACEHOLDER.search(text), text
    assert text[0] == text[0].upper(), text
    assert ".." not in text, text
    return text.replace("\u00a0", " ")


@pytest.fixture(autouse=True)
def _names() -> None:
    speak(Speech("nb", date(2026, 11, 23), Names()))


@pytest.mark.simulation
@pytest.mark.parametrize("kind", all_refusals())
def test_every_refusal_has_a_sentence_with_and_without_its_parameters(kind: type[Refusal]) -> None:
    assert kind.code in REFUSALS
    said(refusal_sentence(kind()))
    full = {
        "library_id": GRUE,
        "date": "2026-11-20",
        "county": "akershus",
        "role": "library_manager",
        "field": "hva",
        "months": 18,
        "until_at": "2026-11-23T07:29:00Z",
        "max_half_days": 40,
        "lower_half_days": 1,
        "upper_half_days": 2,
        "available_half_days": 1,
        "wanted_half_days": 2,
        "unreversed_half_days": 1,
        "unknown_to_this_release": {"x": 1},
    }
    said(refusal_sentence(kind(full)))


def test_there_are_no_sentences_for_refusals_that_do_not_exist() -> None:
    codes = {kind.code for kind in all_refusals()}
    assert set(REFUSALS) == codes
    assert set(STATUS) == codes
    assert set(FIELD_OF) <= codes


def test_a_refusal_says_who_and_how_much() -> None:
    assert said(sentence_of("already_covered", {"library_id": GRUE})).startswith("Grue har fått hjelp")
    limit = LimitHard(library_id=GRUE, available_half_days=1, wanted_half_days=4)
    assert "Tilby 1,5 dager, eller" in said(refusal_sentence(limit))
    assert "mellom Innlandet og Akershus" in said(sentence_of("fuse_reached", {"county": "akershus"}))
    closed = sentence_of("offer_closed", {"dates": ["2026-12-25", "2026-12-28"]})
    assert said(closed).startswith("Det er helligdag fredag 25. desember og mandag 28. desember. ")
    assert said(sentence_of("date_past", {"date": "2026-11-20"})).startswith("Fredag 20. november har vært")


def test_a_code_from_a_newer_service_is_said_in_plain_words() -> None:
    assert said(sentence_of("something_new", {})).startswith("Dette gikk ikke")


@pytest.mark.simulation
@pytest.mark.parametrize("state", resources.ENGAGEMENT_STATES)
@pytest.mark.parametrize("who", READERS)
def test_every_state_has_a_sentence_for_every_reader(state: str, who: str) -> None:
    for purpose in resources.PURPOSES:
        for day in ("2026-11-20", "2026-11-26"):
            for answered in ("nobody", "lender", "host"):
                read_by(READERS[who], state, purpose, day, answered)


def read_by(user: User, state: str, purpose: str, day: str, answered: str) -> None:
    consents = {f"{answered}_manager": "2026-11-20T08:00:00Z"} if answered != "nobody" else {}
    happened = {answered: True} if answered != "nobody" else {}
    one = engagement(state=state, purpose=purpose, dates=[day], consents=consents, happened=happened)
    reader = reader_of(one, user)
    text = said(sentence(one, reader))
    said(title(one, reader))
    said(badge(one))
    if reader.side == "county":
        assert "Jonas" not in text or purpose != "help", "a county reads no names"


def test_every_sentence_is_used_by_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()

    class Watched(dict):
        def __getitem__(self, key: str) -> str:
            used.add(key)
            return super().__getitem__(key)

    monkeypatch.setattr("gateway.words.engagements.SENTENCES", Watched(SENTENCES))
    everybody = dict.fromkeys(("lender_manager", "host_manager", "colleague"), "2026-11-20T08:00:00Z")
    proposer = {"at": "2026-11-20T08:00:00Z", "what": "proposed", "by_name": None, "role": None}
    for state in resources.ENGAGEMENT_STATES:
        for user in READERS.values():
            for purpose in ("help", "vandring"):
                for day in ("2026-11-20", "2026-11-26"):
                    for consents in ({}, everybody, {"colleague": "2026-11-20T08:00:00Z"}):
                        for by, what in (
                            (EIDSKOG, "proposed"),
                            (GRUE, "proposed"),
                            (GRUE, "proposed_in_round"),
                        ):
                            for happened in ({}, {"lender": True}, {"host": True}):
                                history = [{**proposer, "what": what, "by_library_id": by}]
                                one = engagement(
                                    state=state,
                                    purpose=purpose,
                                    dates=[day],
                                    consents=consents,
                                    happened=happened,
                                    history=history,
                                )
                                sentence(one, reader_of(one, user))
    changed = {"code": "visit_changed", "parameters": {}}
    one = engagement(state="declined", purpose="vandring", refusal=changed)
    assert "endret" in sentence(one, reader_of(one, READERS["lender"]))
    assert used == set(SENTENCES)


def test_every_state_has_a_badge() -> None:
    assert set(BADGES) == set(resources.ENGAGEMENT_STATES)
    assert set(ONGOING) < set(resources.ENGAGEMENT_STATES)


def test_the_one_who_goes_is_asked_as_you_and_the_library_as_we() -> None:
    asked = engagement()
    jonas, kari, siri = (reader_of(asked, READERS[who]) for who in ("colleague", "lender", "host"))
    assert said(sentence(asked, jonas)).startswith("Grue spør om du kan hjelpe torsdag 26. november.")
    assert said(sentence(asked, kari)).startswith("Grue spør om Jonas kan hjelpe")
    assert said(sentence(asked, siri)) == (
        "Vi har spurt Eidskog om hjelp torsdag 26. november. Si ja eller nei innen onsdag 25. november."
    )
    assert [title(asked, reader) for reader in (kari, siri)] == ["Vi hjelper Grue", "Eidskog hjelper oss"]
    done = engagement(state="settled")
    assert [title(done, reader) for reader in (kari, siri)] == ["Vi hjalp Grue", "Eidskog hjalp oss"]


def test_short_names_are_said_where_they_are_known() -> None:
    one = engagement(host_library_id=HAMAR, host_library_name="Hamar bibliotek")
    assert "Hamar bibliotek spør" in sentence(one, reader_of(one, READERS["lender"]))


@pytest.mark.parametrize("what", [*LINES, "something_new"])
def test_every_line_of_history_is_a_sentence(what: str) -> None:
    one = engagement()
    for by in (EIDSKOG, GRUE, None):
        line = {"at": "2026-11-20T08:00:00Z", "what": what, "by_library_id": by, "by_name": None}
        said(line_sentence(line, one, reader_of(one, READERS["lender"])))


def test_history_says_we_of_the_readers_library() -> None:
    one = engagement()
    reader = reader_of(one, READERS["host"])
    line = {"at": "2026-11-20T08:00:00Z", "what": "cancelled", "by_library_id": GRUE, "by_name": None}
    assert line_sentence(line, one, reader) == "Vi avlyste"
    assert line_sentence({**line, "by_library_id": EIDSKOG}, one, reader) == "Eidskog avlyste"


PARAMETERS: dict[str, Any] = {
    "skill": "weeding",
    "names": ["Jonas", None],
    "km": 120,
    "max_km": 80,
    "library": "Grue",
    "county": "akershus",
    "dates": ["2026-12-01"],
    "first_on": "2026-12-01",
    "last_on": "2026-12-04",
    "half_days": 3,
    "minutes": 80,
    "months": 2,
    "place": "online",
}


@pytest.mark.parametrize("code", [*REASONS, "something_new"])
def test_every_reason_is_a_sentence(code: str) -> None:
    for is_favourable in (True, False):
        said(reason_sentence({"code": code, "parameters": PARAMETERS, "is_favourable": is_favourable}))


def test_reasons_read_well_at_their_edges() -> None:
    def reason(code: str, **parameters: Any) -> str:
        text = reason_sentence({"code": code, "parameters": parameters, "is_favourable": True})
        return text.replace("\u00a0", " ")

    assert reason("colleague_can", skill="weeding", names=[None]) == "En kollega kan weeding"
    assert reason("colleague_can", skill="weeding", names=["Kari", "Jonas"]) == "Kari og Jonas kan weeding"
    assert reason("offered_dates", dates=[]) == "Datoene som var tilbudt, har vært"
    assert reason("last_visit", months=0) == "Dere har hjulpet hverandre nylig"
    assert reason("last_visit", months=1) == "Dere hjalp hverandre sist for 1 måned siden"
    assert reason("owes", half_days=1) == "Har fått en halv dag mer enn de har gitt"


@pytest.mark.simulation
@pytest.mark.parametrize("key", [*WORDS, "something_new"])
@pytest.mark.parametrize("party", ["lender", "host", "colleague", "county"])
def test_every_notice_is_read_with_and_without_its_parameters(key: str, party: str) -> None:
    full = {
        "party": party,
        "host": "Grue",
        "lender": "Eidskog",
        "library": "Grue",
        "dates": ["2026-11-26", "2026-11-27"],
        "purpose": "help",
        "half_days": 4,
        "reply_by": "2026-11-25",
        "confirm_by": "2026-12-10",
        "dispute_by": "2026-12-30",
        "contact": "Ola",
        "refusal": {"code": "limit_hard", "parameters": {"available_half_days": 0, "wanted_half_days": 2}},
    }
    for parameters in (full, {}):
        words = notice_words({"key": key, "parameters": parameters})
        for text in dataclasses.astuple(words):
            said(text)
        assert not words.subject.startswith("Byttebanken") or key == "something_new"


def test_a_notice_to_the_host_of_an_offer_names_who_offers() -> None:
    parameters = {
        "party": "host",
        "host": "Grue",
        "lender": "Eidskog",
        "dates": ["2026-11-26"],
        "reply_by": None,
    }
    words = notice_words({"key": "proposal", "parameters": parameters})
    assert words.subject == "Forslag: Eidskog torsdag 26. november"


def test_messages_of_the_schemas_become_sentences() -> None:
    assert detail_sentence("Missing data for required field.") == "Feltet mangler."
    assert detail_sentence("Must be one of: host, home.") == "Skal være én av: host, home."
    assert detail_sentence("Length must be between 1 and 60.") == "Skal ha fra 1 til 60."
    assert detail_sentence("Length must be between 1 and 60.", "") == "Skriv fra 1 til 60 tegn."
    assert detail_sentence("Length must be between 1 and 60.", []) == "Skal ha fra 1 til 60."
    assert detail_sentence("None of ours", "") == "None of ours"
    for pattern, _ in MESSAGES:
        re.compile(pattern)


NEVER = re.compile(
    r"\b(debet|kredit\w*|debiter\w*|transaksjon\w*|saldo|tilgodehavende|beklager|vennligst|dessverre|ugyldig\w*"
    r"|oops|kanseller\w*|avvis\w*|aksepter\w*|biblioteker|systemet)\b|!",
    re.IGNORECASE,
)


def test_no_message_uses_a_word_that_never_reaches_a_page() -> None:
    messages = re.findall(r'^msgid(?:_plural)? "(.*)"$', generate.MESSAGES.read_text(encoding="utf-8"), re.M)
    assert len(messages) > 300
    assert [message for message in messages if NEVER.search(message)] == []
