"""Vandring rounds and reflections on pages and in the programming interface."""

from datetime import date
from typing import Any

import pytest
from api_program import Program
from conftest import Node
from eidskog import colleague, library
from fake_service import an_id
from fake_vandring import (
    ROUND,
    SWAP,
    a_library,
    a_reflection,
    a_round,
    a_swap,
    a_visit,
    own_round,
    sent,
    with_vandring,
)

from byttebank.contracts.fields import load
from byttebank.contracts.vandring import NewVandringRound
from byttebank.contracts.vandring_refusals import DayClosed, NoVisitPossible, TooFewLibraries, VandringOpen
from gateway.pages.notices import link_words, page_of
from gateway.speech import Speech, speak
from gateway.words.notices import notice_words

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

Document = dict[str, Any]
FORM = {
    "navn": "Vinter 2027",
    "fra": "2027-01-11",
    "til": "2027-02-05",
    "frist": "2026-12-18",
    "km": "300",
    "fri": "18.1.2027, 2027-01-19",
}


def test_a_round_is_begun_with_everybody_and_leads_to_its_page(node: Node) -> None:
    browser = with_vandring(node, a_round("inviting", visits=[])).browser("ingrid")
    page = browser.press(browser.get("/fylket/vandring"), "Inviter bibliotekene", **FORM)
    ((name, (given, actor)),) = sent(node)
    assert (name, actor["role"]) == ("create_vandring_round", "county")
    load(NewVandringRound, given)
    assert {**given, "id": ""} == {
        "id": "",
        "name": "Vinter 2027",
        "first_on": "2027-01-11",
        "last_on": "2027-02-05",
        "reply_by_on": "2026-12-18",
        "max_km": 300,
        "sizes": "any",
        "library_ids": None,
        "closed_dates": ["2027-01-18", "2027-01-19"],
    }
    assert "Bibliotekene er spurt om de vil være med på vandringen." in page.alerts


def test_only_chosen_libraries_are_invited_when_the_county_chooses(node: Node) -> None:
    browser = with_vandring(node, a_round("inviting", visits=[])).browser("ingrid")
    chosen = [library("Grue"), library("Tolga"), library("Eidskog")]
    more = {"hvem": "valgte", "bibliotek": chosen}
    browser.press(browser.get("/fylket/vandring"), "Inviter bibliotekene", **FORM, **more)
    ((_, (given, _)),) = sent(node)
    assert given["library_ids"] == chosen


@pytest.mark.parametrize("broken", [{"navn": ""}, {"frist": ""}, {"km": "langt"}, {"fri": "hele uka"}])
def test_what_is_wrong_in_the_form_is_said_beside_it_and_what_was_written_stays(
    node: Node, broken: Document
) -> None:
    browser = with_vandring(node).browser("ingrid")
    page = browser.press(browser.get("/fylket/vandring"), "Inviter bibliotekene", **{**FORM, **broken})
    assert page.status == 422
    assert "Én ting må rettes" in page.words
    assert page.soup.find("input", {"name": "til"})["value"] == "2027-02-05"
    assert sent(node) == []


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (TooFewLibraries(needed=3), "En vandring trenger minst 3 bibliotek som er med."),
        (VandringOpen(round_id=ROUND, name="Høst"), "Vandringen «Høst» er ikke lagt ut ennå"),
    ],
)
def test_a_refusal_stands_in_the_form(node: Node, refusal: Exception, sentence: str) -> None:
    browser = with_vandring(node, refusal=refusal).browser("ingrid")
    page = browser.press(browser.get("/fylket/vandring"), "Inviter bibliotekene", **FORM)
    assert page.status == 422
    assert sentence in page.words


def test_the_preview_is_a_list_and_a_map_with_who_sits_out_and_why(node: Node) -> None:
    page = with_vandring(node, a_round()).browser("ingrid").get(f"/fylket/vandring/{ROUND}")
    rows = [row.get_text(" ", strip=True).replace("\u00a0", " ") for row in page.soup.select("tbody tr")]
    assert rows[0] == "Eidskog Tolga 270 km Uke 3 Ingen dato ennå"
    assert len(page.soup.select("svg .bb-way")) == 3
    assert "Grue besøker ingen: det er lenger enn runden tillater til alle de andre." in page.words
    assert "Uten besøk: Grue." in page.words
    assert "4 bibliotek er med. 1 har ikke svart." in page.words
    filled = [one.get_text(strip=True) for one in page.soup.select("main button:not([data-variant])")]
    assert filled == ["Legg ut oppsettet"]


@pytest.mark.parametrize(
    ("stage", "buttons"),
    [
        ("inviting", ["Lag oppsettet", "Legg bort", "De er med", "De står over"]),
        ("planned", ["Legg ut oppsettet", "Lag oppsettet på nytt", "Legg bort", "De er med", "De står over"]),
        ("published", []),
        ("discarded", []),
    ],
)
def test_each_stage_offers_what_can_be_done_and_the_buttons_do_it(
    node: Node, stage: str, buttons: list[str]
) -> None:
    browser = with_vandring(node, a_round(stage)).browser("ingrid")
    page = browser.get(f"/fylket/vandring/{ROUND}")
    assert [one for one in page.buttons() if one != "Logg ut"] == buttons
    for button in buttons:
        assert browser.press(page, button).status == 200
    acts = {"Lag oppsettet": "plan", "Lag oppsettet på nytt": "plan", "Legg ut oppsettet": "publish"}
    acts |= {"Legg bort": "discard"}
    assert [name for name, _ in sent(node)] == [
        f"{acts[one]}_vandring_round" if one in acts else "answer_vandring" for one in buttons
    ]


def test_a_plan_that_cannot_be_made_says_why(node: Node) -> None:
    refusal = NoVisitPossible(sits_out="too_far")
    browser = with_vandring(node, a_round("inviting", visits=[]), refusal=refusal).browser("ingrid")
    page = browser.press(browser.get(f"/fylket/vandring/{ROUND}"), "Lag oppsettet")
    assert "Ingen kan besøke noen slik runden er satt opp: det er lenger enn runden" in page.alerts[0]


def test_the_follow_up_shows_what_is_missing_and_reminds(node: Node) -> None:
    done = {"engagement_state": "settled", "engagement_id": an_id("visit"), "dates": ["2027-01-20"]}
    visits = [
        a_visit("Eidskog", "Tolga", **done, has_reflection_of=["visitor"]),
        a_visit("Nes", "Eidskog", **done, has_reflection_of=["host", "visitor"]),
    ]
    browser = with_vandring(node, a_round("published", visits=visits)).browser("ingrid")
    page = browser.get(f"/fylket/vandring/{ROUND}")
    assert "Gjennomført Mangler fra Tolga" in page.words
    assert "Gjennomført Begge har skrevet" in page.words
    after = browser.press(page, "Minn om refleksjonene")
    assert after.alerts == ["2 bibliotek får en påminnelse."]


def test_a_library_is_asked_on_its_first_page_and_answers_with_one_press(node: Node) -> None:
    browser = with_vandring(node, own=own_round()).browser("kari")
    assert "Vil dere være med på vandringen Vinter 2027?" in browser.get("/oversikt").words
    page = browser.get(f"/vandring/{ROUND}")
    assert "Svar innen fredag 18. desember." in page.words
    after = browser.press(page, "Ja, vi er med")
    assert after.alerts == ["Dere er med."]
    browser.press(page, "Nei, vi står over")
    answers = [arguments[1:3] for _, arguments in sent(node)]
    assert answers == [
        [library("Eidskog"), {"takes_part": True, "colleague_id": None}],
        [library("Eidskog"), {"takes_part": False, "colleague_id": None}],
    ]


def test_a_colleague_reads_the_round_and_answers_for_nobody(node: Node) -> None:
    browser = with_vandring(node, own=own_round()).browser("jonas")
    page = browser.get(f"/vandring/{ROUND}")
    assert [one for one in page.buttons() if one != "Logg ut"] == []
    assert browser.get("/vandring").status == 200
    assert "Vil dere være med" not in browser.get("/oversikt").words


@pytest.mark.parametrize(
    ("answer", "changes", "sentence"),
    [
        (None, {}, "Dere har ikke svart."),
        (True, {}, "Dere er med."),
        (False, {}, "Dere står over denne gangen."),
        (True, {"has_left": True}, "Dere har meldt avbud."),
    ],
)
def test_a_library_reads_its_own_answer_as_its_own(
    node: Node, answer: bool | None, changes: Document, sentence: str
) -> None:
    own = own_round("published", libraries=[a_library("Eidskog", answer, **changes)])
    browser = with_vandring(node, own=own).browser("jonas")
    for page in (browser.get("/vandring"), browser.get(f"/vandring/{ROUND}")):
        assert sentence in page.words
        assert "Svar innen" not in page.words


@pytest.mark.parametrize(
    ("stage", "answer", "on", "is_said"),
    [
        ("inviting", None, "2026-11-23", True),
        ("planned", None, "2026-12-18", True),
        ("inviting", None, "2026-11-22", False),
        ("inviting", True, "2026-12-18", False),
        ("published", None, "2026-12-18", False),
        ("discarded", None, "2026-12-18", False),
    ],
)
def test_answer_by_is_said_while_answers_are_awaited(
    node: Node, stage: str, answer: bool | None, on: str, is_said: bool
) -> None:
    libraries = [a_library("Eidskog", answer), a_library("Grue")]
    with_vandring(
        node,
        a_round(stage, libraries=libraries, reply_by_on=on),
        own_round(stage, libraries=libraries[:1], reply_by_on=on),
    )
    pages = [node.browser("ingrid").get(f"/fylket/vandring/{ROUND}"), node.browser("jonas").get("/vandring")]
    assert [("Svar innen" in page.words) for page in pages] == [is_said, is_said]


@pytest.mark.parametrize(
    ("stage", "changes", "title"),
    [
        ("planned", {}, "Oppsettet for vandringen Vinter 2027 er klart"),
        ("inviting", {"reply_by_on": "2026-11-22"}, "Svarene på vandringen Vinter 2027 er kommet"),
        ("inviting", {"no_count": 1}, "Svarene på vandringen Vinter 2027 er kommet"),
        ("inviting", {}, ""),
        ("published", {}, ""),
    ],
)
def test_the_first_page_of_the_county_says_what_a_vandring_waits_for(
    node: Node, stage: str, changes: Document, title: str
) -> None:
    page = with_vandring(node, a_round(stage, **changes)).browser("ingrid").get("/oversikt")
    assert [one.get_text() for one in page.soup.select("main h3") if "vandring" in one.get_text()] == (
        [title] if title else []
    )


PUBLISHED = {
    "visits": [a_visit("Eidskog", "Tolga"), a_visit("Nes", "Eidskog")],
    "swap_with": [a_visit("Grue", "Nes")],
}


def test_a_library_says_who_visits_and_when(node: Node) -> None:
    browser = with_vandring(node, own=own_round("published", True, **PUBLISHED)).browser("kari")
    page = browser.get(f"/vandring/{ROUND}")
    assert "Vi besøker Tolga" in page.words
    assert "Hos oss Nes" in page.words
    day = {"hvem": colleague("Jonas Berg"), "dag": "2027-01-20"}
    after = browser.press(page, "Foreslå dagen", **day)
    assert after.alerts == ["Forslaget er sendt til verten og kollegaen."]
    ((name, arguments),) = sent(node)
    assert name == "propose_visit"
    assert [arguments[0], *arguments[2:4]] == [an_id("visit Eidskog"), colleague("Jonas Berg"), "2027-01-20"]
    missing = browser.press(page, "Foreslå dagen", **{**day, "dag": ""})
    assert missing.status == 422
    assert "Fyll ut «Hvilken dag?»." in missing.words


def test_a_day_on_which_somebody_is_closed_is_refused_beside_its_field(node: Node) -> None:
    refusal = DayClosed(date="2027-01-20")
    round_ = own_round("published", True, **PUBLISHED)
    browser = with_vandring(node, own=round_, refusal=refusal).browser("kari")
    day = {"hvem": colleague("Jonas Berg"), "dag": "2027-01-20"}
    page = browser.press(browser.get(f"/vandring/{ROUND}"), "Foreslå dagen", **day)
    assert page.status == 422
    assert "20. januar 2027 er ikke en åpen dag i runden" in page.words
    assert page.soup.find("input", {"name": "dag"})["value"] == "2027-01-20"


def test_a_library_asks_to_swap_answers_a_wish_and_drops_out(node: Node) -> None:
    round_ = own_round("published", True, **PUBLISHED, swaps=[a_swap()])
    browser = with_vandring(node, own=round_).browser("kari")
    assert "Nes vil bytte besøk" in browser.get("/oversikt").words
    page = browser.get(f"/vandring/{ROUND}")
    for button in ("Ja, vi bytter", "Nei, vi beholder vårt", "Spør om å bytte", "Meld avbud"):
        assert browser.press(page, button).status == 200
    found = [(name, arguments[:-1]) for name, arguments in sent(node)]
    assert found[:2] == [("answer_vandring_swap", [SWAP, True]), ("answer_vandring_swap", [SWAP, False])]
    assert found[2][1][2] == library("Grue")
    assert found[3] == ("leave_vandring", [ROUND, library("Eidskog")])


def test_a_library_without_a_visit_reads_why(node: Node) -> None:
    libraries = [a_library("Eidskog", sits_out="visited_before")]
    round_ = own_round("published", True, libraries=libraries)
    page = with_vandring(node, own=round_).browser("kari").get(f"/vandring/{ROUND}")
    assert "Eidskog besøker ingen: de har vært hos alle de andre før." in page.words
    assert "Ingen kommer til dere denne gangen." in page.words


def a_done_visit(node: Node) -> str:
    """Jonas has been at Tolga; the id of the engagement."""
    engagement_id = an_id("engagement tolga")
    node.backend.matching._engagements[engagement_id].update(purpose="vandring", state="settled")
    return engagement_id


def test_a_reflection_is_written_read_again_and_searched(node: Node) -> None:
    engagement_id, written = a_done_visit(node), []
    matching: Any = with_vandring(node).backend.matching
    matching.reflection = lambda engagement, library: a_reflection()
    matching.write_reflection = lambda given, actor: written.append(given)
    matching.reflections = lambda words="", limit=50: [a_reflection()] if words in ("", "hyller") else []
    browser = node.browser("kari")
    assert "Skriv refleksjon" in browser.get(f"/avtaler/{engagement_id}").words
    page = browser.get(f"/refleksjoner/skriv/{engagement_id}")
    assert page.soup.find("textarea", {"name": "sa"}).get_text().strip() == "Åpne hyller"
    empty = browser.press(page, "Lagre refleksjonen", sa=" ", larte="", rad="")
    assert (empty.status, written) == (422, [])
    after = browser.press(page, "Lagre refleksjonen", larte="De har åpent lenge")
    assert after.alerts == ["Refleksjonen er lagret. Takk for at dere deler."]
    ((given),) = written
    assert {name: given[name] for name in ("saw", "learned", "advice")} == {
        "saw": "Åpne hyller",
        "learned": "De har åpent lenge",
        "advice": "Ta med barna",
    }
    assert "Eidskog etter besøk hos Tolga" in browser.get("/refleksjoner?q=hyller").words
    assert "Ingen refleksjoner har alle ordene." in browser.get("/refleksjoner?q=kaffe").words


def test_no_reflection_is_written_about_help(node: Node) -> None:
    browser = with_vandring(node).browser("kari")
    assert browser.get(f"/refleksjoner/skriv/{an_id('engagement tolga')}").status == 404


def test_programs_do_the_same_and_a_library_sees_its_own_part_only(node: Node) -> None:
    with_vandring(node, a_round(), own_round())
    county, kari = Program(node, "ingrid"), Program(node, "kari")
    assert len(county.get(f"/vandring-rounds/{ROUND}").json["visits"]) == 3
    own = kari.get(f"/vandring-rounds/{ROUND}").json
    assert (own["visits"], own["libraries"][0]["library_name"]) == ([], "Eidskog")
    given = {"name": "V", "first_on": "2027-01-11", "last_on": "2027-02-05", "reply_by_on": "2026-12-18"}
    assert county.post("/vandring-rounds", given).status_code == 201
    for act in ("plan", "publish", "discard"):
        assert county.post(f"/vandring-rounds/{ROUND}/{act}").status_code == 200
    assert county.post(f"/vandring-rounds/{ROUND}/remind").json == {"asked": 2}
    assert kari.post(f"/vandring-rounds/{ROUND}/remind").status_code == 403
    assert kari.post(f"/vandring-rounds/{ROUND}/answer", {"takes_part": True}).status_code == 200
    assert kari.post(f"/vandring-rounds/{ROUND}/leave").status_code == 200
    swap = {"other_library_id": library("Grue")}
    assert kari.post(f"/vandring-rounds/{ROUND}/swaps", swap).status_code == 201
    assert kari.post(f"/vandring-swaps/{SWAP}/answer", {"accepts": False}).status_code == 200
    assert [name for name, _ in sent(node)] == [
        "create_vandring_round",
        "plan_vandring_round",
        "publish_vandring_round",
        "discard_vandring_round",
        "answer_vandring",
        "leave_vandring",
        "ask_vandring_swap",
        "answer_vandring_swap",
    ]
    assert kari.get("/reflections?q=hyller").json == {"items": []}


def a_visit_between(node: Node, key: str, **changes: Any) -> str:
    """One of the cast's engagements, as a visit."""
    engagement_id = an_id(f"engagement {key}")
    node.backend.matching._engagements[engagement_id].update(purpose="vandring", **changes)
    return engagement_id


def test_a_visit_is_never_called_help(node: Node) -> None:
    by_round = [{"at": "2026-11-20T08:00:00Z", "what": "proposed_in_vandring", "by_library_id": None}]
    line = {**by_round[0], "by_name": None, "role": None}
    for key in ("grue", "nes", "tolga"):
        a_visit_between(node, key)
    proposed = a_visit_between(
        node, "tolga", state="proposed", consents={}, dates=["2026-12-09"], history=[line]
    )
    for who in ("kari", "jonas", "anders"):
        if who not in node.users:
            continue
        page = node.browser(who).get(f"/avtaler/{proposed}")
        assert "Vandringsrunden foreslo dette" in page.words
        assert "besøk" in page.title
        assert "hjelp" not in page.words.lower()
    words = node.browser("kari").get("/oversikt").words
    assert "Kan Jonas Berg besøke Tolga?" in words
    assert "hjelpe Tolga" not in words


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("proposal", "Forslag om besøk hos Grue torsdag 26. november."),
        ("reminder_7", "Om en uke besøker Eidskog Grue."),
        ("confirmed", "Eidskog besøkte Grue torsdag 26. november, og begge har bekreftet."),
    ],
)
def test_notices_about_a_visit_say_so(node: Node, key: str, sentence: str) -> None:
    speak(Speech("nb", date(2026, 11, 23)))
    parameters = {"purpose": "vandring", "host": "Grue", "lender": "Eidskog", "dates": ["2026-11-26"]}
    words = notice_words({"key": key, "parameters": parameters})
    assert words.sentence.replace("\u00a0", " ").startswith(sentence)


def test_a_notice_of_a_vandring_leads_to_its_page(node: Node) -> None:
    about = {"engagement_id": None, "parameters": {"vandring_id": ROUND}}
    reflection = {"engagement_id": None, "parameters": {"visit_id": ROUND}}
    with node.app.test_request_context():
        speak(Speech("nb", date(2026, 11, 23)))
        assert page_of(about).endswith(f"/vandring/{ROUND}")  # type: ignore[union-attr]
        assert link_words(about) == "Se vandringen"
        assert page_of(reflection).endswith(f"/refleksjoner/skriv/{ROUND}")  # type: ignore[union-attr]
        assert link_words(reflection) == "Skriv refleksjon"


def test_the_vandrings_there_are_stand_before_the_form_for_a_new_one(node: Node) -> None:
    words_of = with_vandring(node, a_round("published")).browser("ingrid").get("/fylket/vandring").words
    assert words_of.index("Vinter 2027") < words_of.index("Ny vandring")
