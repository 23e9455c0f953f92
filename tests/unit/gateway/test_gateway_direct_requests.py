"""Asking one library alone, on pages and for programs: its yes, its no, and asking all with one press."""

import eidskog
import pytest
from api_program import ASK, Program
from conftest import Node
from fake_service import an_id
from test_gateway_forms import BUTTON, GOOD, OWN_REQUEST

from byttebank.contracts.refusals import CountyFrozen
from gateway.pages.notices import page_of

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

GRUE = eidskog.library("Grue")
TOLGAS_REQUEST = an_id("Kassering i fagavdelingen")


def ask_grue(node: Node) -> str:
    """Kari asks Grue from its page; the id of the request."""
    browser = node.browser("kari")
    page = browser.get(f"/bibliotek/{GRUE}")
    href = next(one["href"] for one in page.soup.find_all("a") if "Grue om hjelp" in one.get_text())
    page = browser.follow(href, page.url)
    assert page.form(BUTTON).find("details").has_attr("open")
    page = browser.press(page, BUTTON, **GOOD)
    assert "Dere har spurt Grue direkte. Ingen andre ser det." in page.words
    assert "Svarer de ikke innen mandag 30. november, sier vi fra." in page.words
    assert page.title == "Dere venter på svar fra Grue"
    assert "Disse passer best" not in page.words
    assert "Spør alle i stedet" in page.buttons()
    outside = [
        one for one in page.soup.select("main form[action*='/spor/']") if not one.find_parent("details")
    ]
    assert outside == [], "others are asked only by whoever looks for them"
    return page.url.rsplit("/", 1)[1]


def test_the_library_that_is_asked_offers_a_colleague_as_for_any_request(node: Node) -> None:
    request_id = ask_grue(node)
    browser = node.browser("siri")
    page = browser.get("/oversikt")
    assert "Eidskog spør bare dere om hjelp" in page.words
    page = browser.get(f"/foresporsler/{request_id}")
    assert "Eidskog har spurt bare dere. Svar innen mandag 30. november." in page.words
    page = browser.press(page, "Tilby hjelp")
    assert page.alerts == ["Forslaget er sendt. De andre får beskjed."]
    assert "spør bare dere" not in browser.get("/oversikt").words, "it is answered"


def test_a_no_asks_nobody_why_and_one_press_asks_all(node: Node) -> None:
    request_id = ask_grue(node)
    browser = node.browser("siri")
    page = browser.press(browser.get(f"/foresporsler/{request_id}"), "Vi kan ikke denne gangen")
    assert page.alerts == ["Svaret er sendt: det passet ikke. Ingen spør hvorfor."]
    assert "Dere har svart at dere ikke kan." in page.words
    assert "Vi kan ikke denne gangen" not in page.buttons()
    browser = node.browser("kari")
    assert "Grue kan ikke hjelpe" in browser.get("/oversikt").words
    page = browser.get(f"/foresporsler/{request_id}")
    assert page.title == "Grue kan ikke hjelpe"
    assert "Disse passer best" in [one.get_text() for one in page.soup.find_all("h2")]
    page = browser.press(page, "Spør alle i stedet")
    assert "Nå ser bibliotekene i Innlandet det." in page.words
    request = node.backend.directory._requests[request_id]
    assert (request["is_open"], request["reach"], request["widens_after_days"]) == (True, "county", 3)


def test_whoever_waits_asks_all_with_one_press(node: Node) -> None:
    request_id = ask_grue(node)
    browser = node.browser("kari")
    page = browser.press(browser.get(f"/foresporsler/{request_id}"), "Spør alle i stedet")
    assert "Nå ser bibliotekene i Innlandet det." in page.words
    assert page.title == "Disse passer best"


def test_silence_is_told_with_the_same_press(node: Node) -> None:
    request_id = ask_grue(node)
    node.backend.directory._requests[request_id]["direct_answer"] = "unanswered"
    browser = node.browser("kari")
    assert "Grue har ikke svart" in browser.get("/oversikt").words
    assert "Spør alle i stedet" in browser.get(f"/foresporsler/{request_id}").buttons()


def test_nobody_else_sees_it_and_only_a_manager_says_no(node: Node) -> None:
    request_id = ask_grue(node)
    assert node.browser("ingrid").get(f"/foresporsler/{request_id}").status == 404
    node.backend.directory._requests[TOLGAS_REQUEST] |= {
        "to_library_id": eidskog.library("Eidskog"),
        "is_open": False,
    }
    page = node.browser("jonas").get(f"/foresporsler/{TOLGAS_REQUEST}")
    assert page.status == 200
    assert "Vi kan ikke denne gangen" not in page.buttons()


def test_a_refusal_stands_at_the_choice_of_library_and_it_stays_chosen(node: Node) -> None:
    node.backend.failing["directory.create_request"] = CountyFrozen(county="trondelag")
    browser = node.browser("kari")
    far = eidskog.library("Stjørdal")
    page = browser.press(browser.get(f"/be-om-hjelp?bibliotek={far}"), BUTTON, **GOOD)
    assert page.status == 422
    assert "stanset" in page.soup.find(id="bibliotek-feil").get_text()
    assert page.soup.select_one("#bibliotek option[selected]")["value"] == far


def test_a_notice_of_it_leads_to_the_request(node: Node) -> None:
    with node.app.test_request_context("/"):
        about = {"engagement_id": None, "parameters": {"request_id": OWN_REQUEST}}
        assert (page_of(about) or "").endswith(f"/foresporsler/{OWN_REQUEST}")
        assert page_of({"engagement_id": None, "parameters": {}}) is None


@pytest.mark.parametrize(
    ("resumes_on", "words"),
    [
        ("2026-12-01", "Det venter fordi noen har svart. Blir det ikke noe av, blir det spurt lenger ut"),
        (None, "Det venter fordi noen hjelper med en del."),
    ],
)
def test_a_pause_says_when_it_goes_on(node: Node, resumes_on: str | None, words: str) -> None:
    node.backend.directory._requests[OWN_REQUEST] |= {
        "is_open": True,
        "reach": "county",
        "widens_after_days": 3,
        "widens_on": "2026-11-26",
        "is_paused": True,
        "resumes_on": resumes_on,
    }
    assert words in node.browser("kari").get(f"/foresporsler/{OWN_REQUEST}").words
    shown = Program(node).get(f"/requests/{OWN_REQUEST}").json
    assert (shown["is_paused"], shown["resumes_on"]) == (True, resumes_on)


def test_programs_ask_one_library_and_answer(node: Node) -> None:
    made = Program(node).post("/requests", {**ASK, "to_library_id": GRUE}).json
    assert made["reply_by_on"] == "2026-11-30"
    siri = Program(node, "siri")
    assert [one["id"] for one in siri.get("/requests/asked-directly").json["items"]] == [made["id"]]
    assert siri.get(f"/requests/{made['id']}").status_code == 200
    assert Program(node, "ingrid").get(f"/requests/{made['id']}").status_code == 404
    declined = siri.post(f"/requests/{made['id']}/decline").json
    assert declined["direct_answer"] == "declined"
    assert siri.get("/requests/asked-directly").json["items"] == []
