"""Asking for help, offering a day, and proposing: one effect for each form, faults beside their fields."""

import eidskog
import pytest
from conftest import Node
from fake_service import an_id
from gateway_browser import Page, fields_of

from byttebank.contracts.refusals import (
    ColleagueBusy,
    HostContactMissing,
    NotFound,
    SameKeyOtherBody,
    UnknownOutcome,
)

GOOD = {
    "hva": "300 hefter",
    "kunnskap": "cataloguing",
    "mengde": "1",
    "fra": "2026-12-07",
    "til": "2026-12-11",
    "sted": "host",
}
BUTTON = "Vis hvem som passer"
OWN_REQUEST = an_id("300 lokalhistoriske hefter må katalogiseres før jul")
TOLGAS_REQUEST = an_id("Kassering i fagavdelingen")
TRINES_OFFER = an_id("offer Trine Solheim")


def error_of(page: Page, field: str) -> str:
    """What stands beside a field, and in the summary with a link to it."""
    assert page.status == 422
    message = page.soup.find(id=f"{field}-feil")
    assert message is not None, page.words
    link = page.soup.find(id="feil").find("a", href=f"#{field}")
    assert link.get_text() == message.get_text()
    assert page.soup.find(id=field) is not None
    assert page.soup.find("title").get_text().startswith("Feil:")
    return str(message.get_text().replace("\u00a0", " "))


def test_the_form_has_seven_fields_and_oneself_receives(node: Node) -> None:
    form = node.browser("kari").get("/be-om-hjelp").form(BUTTON)
    form.find("details").decompose()
    fields = fields_of(form)
    assert set(fields) - {"csrf_token", "id"} == {"hva", "kunnskap", "mengde", "fra", "til", "sted", "vert"}
    assert fields["vert"] == eidskog.colleague("Kari Moen")


def test_asking_shows_those_who_fit_with_reasons_before_anybody_is_asked(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get("/be-om-hjelp"), BUTTON, **GOOD)
    assert page.title == "Disse passer best"
    assert page.words.startswith(
        "Tilbake til oversikten Disse passer best Av 11 bibliotek har 4 noen som kan katalogisering og "
        "klassifikasjon. Hos 3 er noen ledig 7.–11. desember, og 2 er nær nok."
    )
    first = page.soup.select("ol.bb-items > li")[0].get_text(" ", strip=True).replace("\u00a0", " ")
    for words in (
        "Passer best",
        "Grue",
        "Siri Haugen",
        "Kan katalogisering",
        "Ledig 9.–10. desember",
        "47 km unna i luftlinje",
    ):
        assert words in first
    assert node.backend.asked("matching.propose") == []
    sent = node.backend.asked("directory.create_request")[-1][1][0]
    assert sent["half_days"] == 2
    assert sent["library_id"] == eidskog.library("Eidskog")
    assert "is_open" not in sent


def test_two_presses_make_one_request_and_a_friendly_page(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get("/be-om-hjelp")
    before = len(node.backend.directory._requests)
    first = browser.press(form, BUTTON, **GOOD)
    second = browser.press(form, BUTTON, **GOOD)
    assert first.url == second.url
    assert first.alerts == []
    assert second.alerts == ["Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."]
    assert len(node.backend.directory._requests) == before + 1


def test_the_same_form_with_other_content_is_turned_down(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get("/be-om-hjelp")
    browser.press(form, BUTTON, **GOOD)
    page = browser.press(form, BUTTON, **{**GOOD, "hva": "noe annet"})
    assert page.status == 422
    assert "Dette er sendt før med et annet innhold." in page.words
    assert page.soup.find(id="hva").get_text().strip() == "noe annet"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"hva": "  "}, "hva", "Fyll ut «Hva trenger dere hjelp til?»."),
        ({"kunnskap": ""}, "kunnskap", "Fyll ut «Hva må de kunne?»."),
        ({"til": "2026-12-04"}, "til", "Siste dag er før første dag. Bytt om datoene."),
        ({"fra": "2026-11-20"}, "fra", "Fredag 20. november har vært. Velg en dato fra og med i dag."),
        ({"fra": "i morgen"}, "fra", "Skal være en dato, som 2026-11-23."),
        ({"mengde": "0"}, "mengde", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        ({"mengde": "-1"}, "mengde", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        (
            {"mengde": "0,75"},
            "mengde",
            "Byttebanken teller halve og hele dager. Velg en halv dag eller en dag.",
        ),
        ({"mengde": "mye"}, "mengde", "Skal være et tall."),
        (
            {"mengde": "1e999"},
            "mengde",
            "Det er mer enn Byttebanken tar på én gang. Velg inntil 400 dager, eller del det opp.",
        ),
        ({"mengde": "NaN"}, "mengde", "Skal være et tall."),
        ({"sted": "månen"}, "sted", "Skal være én av: host, home, online."),
        ({"hva": "x" * 2001}, "hva", "Skriv høyst 2000 tegn. Nå er det 2001."),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_typed_is_lost(
    node: Node, changes: dict[str, str], field: str, sentence: str
) -> None:
    browser = node.browser("kari")
    sent = {**GOOD, **changes}
    page = browser.press(browser.get("/be-om-hjelp"), BUTTON, **sent)
    assert error_of(page, field) == sentence
    assert page.soup.find(id="hva").get_text().removeprefix("\n") == sent["hva"]
    assert page.soup.find(id="fra")["value"] == sent["fra"]


def test_a_refused_form_can_be_corrected_and_sent_again(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get("/be-om-hjelp"), BUTTON, **{**GOOD, "til": "2026-12-01"})
    again = browser.press(page, BUTTON, til="2026-12-11")
    assert again.title == "Disse passer best"


def test_a_missing_host_contact_is_asked_for(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get("/be-om-hjelp")
    node.backend.failing["directory.create_request"] = HostContactMissing()
    page = browser.press(form, BUTTON, **GOOD)
    assert error_of(page, "vert").startswith("Velg hvem som tar imot.")


def test_an_answer_that_never_came_may_be_asked_for_again(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get("/be-om-hjelp")
    node.backend.failing["directory.create_request"] = UnknownOutcome()
    page = browser.press(form, BUTTON, **GOOD)
    assert "Det er uvisst om dette kom fram. Prøv igjen; det blir ikke registrert to ganger." in page.words
    node.backend.failing.clear()
    assert browser.press(page, BUTTON).title == "Disse passer best"
    ids = {call[1][0]["id"] for call in node.backend.asked("directory.create_request")}
    assert len(ids) == 1


def test_the_page_waits_a_moment_for_matching_to_hear_of_the_request(node: Node) -> None:
    browser = node.browser("kari")
    real, unheard = node.backend.matching.candidates, [NotFound(), NotFound()]

    def candidates(*arguments: object, **named: object) -> object:
        if unheard:
            raise unheard.pop()
        return real(*arguments, **named)

    node.backend.matching.candidates = candidates  # type: ignore[method-assign]
    assert browser.press(browser.get("/be-om-hjelp"), BUTTON, **GOOD).title == "Disse passer best"
    assert unheard == []


def test_a_request_matching_never_hears_of_is_said_in_words(node: Node) -> None:
    browser = node.browser("kari")
    node.backend.failing["matching.candidates"] = NotFound(kind="request")
    page = browser.get(f"/foresporsler/{OWN_REQUEST}")
    assert page.title == "Byttebanken leter fortsatt"


def test_nobody_who_fits_leads_to_the_board(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get("/be-om-hjelp"), BUTTON, **{**GOOD, "kunnskap": "children"})
    assert page.title == "Ingen passer ennå"
    there = browser.press(page, "Legg ut på tavla")
    assert there.alerts == ["Forespørselen ligger på tavla."]
    assert "Behovet ligger på tavla." in there.words


def test_a_request_can_be_withdrawn(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get(f"/foresporsler/{OWN_REQUEST}"), "Trekk forespørselen")
    assert page.title == "Forespørselen er trukket"
    assert browser.press(page, "Logg ut").status == 200


def test_asking_a_candidate_proposes_the_day_that_was_chosen(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(f"/foresporsler/{OWN_REQUEST}")
    there = browser.press(page, "Spør Grue", dato="2026-12-10")
    assert there.title == "Grue hjelper oss"
    assert there.alerts == ["Forslaget er sendt. De andre får beskjed."]
    proposal = node.backend.asked("matching.propose")[-1][1][0]
    assert proposal["dates"] == ["2026-12-10"]
    assert proposal["half_days"] == 2
    assert proposal["colleague_id"] == eidskog.colleague("Siri Haugen")
    assert proposal["host_contact_id"] == eidskog.colleague("Kari Moen")
    assert "Dere har sagt ja. Nå mangler svar fra Grue og Siri Haugen." in there.words


def test_asking_twice_proposes_once(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(f"/foresporsler/{OWN_REQUEST}")
    first, second = browser.press(page, "Spør Grue"), browser.press(page, "Spør Grue")
    assert first.url == second.url
    assert second.alerts == ["Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."]
    assert len({call[1][0]["id"] for call in node.backend.asked("matching.propose")}) == 1


def test_a_proposal_that_is_refused_comes_back_with_the_reason(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(f"/foresporsler/{OWN_REQUEST}")
    node.backend.failing["matching.propose"] = ColleagueBusy(date="2026-12-09", name="Siri Haugen")
    there = browser.press(page, "Spør Grue")
    assert there.url == page.url
    assert there.alerts == [
        "Siri Haugen har et oppdrag onsdag 9. desember fra før. Velg en annen dag eller en annen kollega."
    ]


@pytest.mark.parametrize("day", ["", "i dag", "2026-12-10,x", "2026-02-30"])
def test_a_day_that_is_none_is_asked_for_again(node: Node, day: str) -> None:
    browser = node.browser("kari")
    there = browser.press(browser.get(f"/foresporsler/{OWN_REQUEST}"), "Spør Grue", dato=day)
    assert there.alerts == ["Velg en dag."]


def test_longer_needs_are_asked_for_over_days_in_a_row(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get("/be-om-hjelp"), BUTTON, **{**GOOD, "mengde": "2"})
    options = [one["value"] for one in page.form("Spør Lillestrøm").find_all("option")]
    assert options[0] == "2026-12-07,2026-12-08"
    assert len(options) == 4
    assert fields_of(page.form("Spør Grue"))["dato"] == "2026-12-09,2026-12-10"


def test_helping_with_what_others_need_puts_those_who_can_first(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(f"/foresporsler/{TOLGAS_REQUEST}")
    assert page.title == "Tolga trenger hjelp"
    there = browser.press(page, "Tilby hjelp", hvem=eidskog.colleague("Jonas Berg"), dato="2026-12-08")
    assert there.title == "Vi hjelper Tolga"
    proposal = node.backend.asked("matching.propose")[-1][1][0]
    assert (proposal["lender_library_id"], proposal["host_library_id"]) == (
        eidskog.library("Eidskog"),
        eidskog.library("Tolga"),
    )
    assert "host_contact_id" not in proposal


def test_a_colleague_offers_only_herself(node: Node) -> None:
    page = node.browser("jonas").get(f"/foresporsler/{TOLGAS_REQUEST}")
    names = [one.get_text() for one in page.soup.find(id="hvem").find_all("option")]
    assert names == ["Jonas Berg"]


def test_the_county_leaves_it_to_the_libraries(node: Node) -> None:
    page = node.browser("ingrid").get(f"/foresporsler/{TOLGAS_REQUEST}")
    assert "Bibliotekene avtaler dette selv." in page.words
    assert page.buttons() == []


@pytest.mark.parametrize(
    ("state", "words"),
    [("covered", "Tolga har fått hjelp til dette."), ("closed", "Tolga har trukket forespørselen.")],
)
def test_a_request_that_has_ended_says_how(node: Node, state: str, words: str) -> None:
    node.backend.directory._requests[TOLGAS_REQUEST]["state"] = state
    page = node.browser("kari").get(f"/foresporsler/{TOLGAS_REQUEST}")
    assert words in page.words
    assert page.buttons() == []


OFFER = {"kunnskap": "children", "mengde": "2"}


def test_a_standing_offer_needs_no_dates(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get("/tilby-en-dag"), "Legg tilbudet på tavla", **OFFER)
    assert page.title == "Tilbudet vårt"
    assert page.alerts == ["Tilbudet ligger på tavla."]
    sent = node.backend.asked("directory.create_offer")[-1][1][0]
    assert (sent["first_on"], sent["last_on"], sent["max_km"], sent["half_days"]) == (None, None, None, 4)
    gone = browser.press(page, "Trekk tilbudet")
    assert gone.alerts == ["Tilbudet er trukket."]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"kunnskap": ""}, "kunnskap", "Fyll ut «Hva kan kollegaen?»."),
        ({"reise": "langt"}, "reise", "Skriv et helt tall, som 80, eller la feltet stå tomt."),
        ({"reise": "-5"}, "reise", "Skriv et helt tall, som 80, eller la feltet stå tomt."),
        ({"fra": "2026-12-10", "til": "2026-12-01"}, "til", "Siste dag er før første dag. Bytt om datoene."),
    ],
)
def test_a_fault_in_an_offer_stands_beside_its_field(
    node: Node, changes: dict[str, str], field: str, sentence: str
) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get("/tilby-en-dag"), "Legg tilbudet på tavla", **{**OFFER, **changes})
    assert error_of(page, field) == sentence


def test_offering_twice_makes_one_offer(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get("/tilby-en-dag")
    browser.press(form, "Legg tilbudet på tavla", **OFFER)
    page = browser.press(form, "Legg tilbudet på tavla", **OFFER)
    assert page.alerts[0].startswith("Dette er alt mottatt")
    assert len({call[1][0]["id"] for call in node.backend.asked("directory.create_offer")}) == 1


def test_asking_for_what_is_offered_takes_days_in_a_row(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(f"/tilbud/{TRINES_OFFER}")
    assert [one.get_text() for one in page.soup.select("[name=mengde] + label")] == [
        "En halv dag",
        "1\u00a0dag",
        "2\u00a0dager",
    ]
    there = browser.press(page, "Spør Hamar", mengde="2", dato="2026-12-03", hva="Hefter")
    assert there.title == "Hamar hjelper oss"
    proposal = node.backend.asked("matching.propose")[-1][1][0]
    assert proposal["dates"] == ["2026-12-03", "2026-12-04"]
    assert (proposal["half_days"], proposal["own_words"]) == (4, "Hefter")


def test_asking_for_more_days_than_are_left_says_so(node: Node) -> None:
    offer = node.backend.directory._offers[an_id("offer Siri Haugen")]
    offer["half_days"] = 4
    browser = node.browser("kari")
    page = browser.press(browser.get(f"/tilbud/{offer['id']}"), "Spør Grue", mengde="2", dato="2026-12-10")
    assert error_of(page, "dato").startswith("Det er ikke nok dager i tilbudet")


def test_an_offer_whose_days_have_been_cannot_be_asked_for(node: Node) -> None:
    offer = node.backend.directory._offers[an_id("offer Siri Haugen")]
    offer["dates"] = ["2026-11-01"]
    page = node.browser("kari").get(f"/tilbud/{offer['id']}")
    assert "Dagene som var tilbudt, har vært." in page.words


def test_a_proposal_with_a_used_id_is_turned_down(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(f"/tilbud/{TRINES_OFFER}")
    node.backend.failing["matching.propose"] = SameKeyOtherBody()
    there = browser.press(page, "Spør Hamar")
    assert there.alerts[0].startswith("Dette er sendt før med et annet innhold.")
