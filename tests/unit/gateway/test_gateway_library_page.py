"""A library's own page: its numbers and days, and a contact button that needs no request."""

from typing import Any

import eidskog
import pytest
from api_program import Program, problem_of
from conftest import Node
from gateway_browser import Page, fields_of
from test_gateway_forms import error_of

BUTTON = "Lagre siden"
EIDSKOG, GRUE = eidskog.library("Eidskog"), eidskog.library("Grue")
GOOD = {
    "kontaktperson": "Bjørg Čáppa",
    "epost": "post@eidskog.example",
    "telefon": "+47 62 83 36 00",
    "nettsted": "https://eidskog.example/bibliotek",
    "stengt": "23.12.2026, 2026-12-28",
}


def saved(node: Node, who: str = "kari", **values: Any) -> Page:
    """The page after sending the form."""
    browser = node.browser(who)
    return browser.press(browser.get(f"/bibliotek/{EIDSKOG}"), BUTTON, **{**GOOD, **values})


def link_called(page: Page, words: str) -> str:
    (found,) = [one for one in page.soup.select("aside a") if one.get_text() == words]
    return str(found["href"])


def test_others_get_in_touch_without_a_request(node: Node) -> None:
    assert saved(node).alerts == ["Siden er endret."]
    page = node.browser("siri").get(f"/bibliotek/{EIDSKOG}")
    assert link_called(page, "Ta kontakt") == "mailto:post@eidskog.example"
    assert link_called(page, "+47 62 83 36 00") == "tel:+4762833600"
    assert link_called(page, GOOD["nettsted"]) == GOOD["nettsted"]
    assert "Bjørg Čáppa" in page.words
    assert "onsdag 23. desember og mandag 28. desember" in page.words.lower()
    assert BUTTON not in page.buttons()


def test_numbers_sizes_and_days_are_there_when_they_are_known(node: Node) -> None:
    library = node.backend.directory._libraries[GRUE]
    library.update(
        national_number="2042300",
        former_numbers=["1042300"],
        size_class="small",
        kind="upper_secondary",
        opened_on="1999-01-04",
        closed_on="2027-06-30",
        closed_dates=["2020-01-02"],
    )
    page = node.browser("kari").get(f"/bibliotek/{GRUE}")
    for words in (
        "2042300",
        "1042300",
        "Lite",
        "Bibliotek i videregående skole",
        "4. januar 1999",
        "30. juni",
    ):
        assert words in page.words
    assert "Stengt" not in page.words


def test_who_has_written_nothing_is_asked_by_a_manager_who_shows_the_name_or_not_at_all(node: Node) -> None:
    page = node.browser("kari").get(f"/bibliotek/{GRUE}")
    assert "Biblioteket har ikke skrevet hvem en kan spørre ennå." in page.words
    siri = node.backend.directory._colleagues[eidskog.colleague("Siri Haugen")]
    siri.update(email="siri@grue.example", is_manager=True, sharing="all")
    page = node.browser("kari").get(f"/bibliotek/{GRUE}")
    assert link_called(page, "Ta kontakt") == "mailto:siri@grue.example"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("epost", "post", "Skriv en e-postadresse, som post@biblioteket.no, eller la feltet stå tomt."),
        ("nettsted", "javascript:alert(1)", "Skriv hele adressen, som https://www.biblioteket.no."),
        ("stengt", "jula", "Skriv datoene som 7.12.2026, med komma mellom."),
        ("kontaktperson", "x" * 201, "Skriv høyst 200 tegn. Nå er det 201."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(node: Node, field: str, value: str, sentence: str) -> None:
    page = saved(node, **{field: value})
    assert error_of(page, field) == sentence
    kept = fields_of(page.form(BUTTON))
    assert {name: kept[name] for name in GOOD} == {**GOOD, field: value}


def test_what_another_county_wrote_leads_nowhere_it_should_not(node: Node) -> None:
    node.backend.directory._libraries[GRUE].update(
        website="javascript:alert(1)", contact_email='a"b?bcc=c@grue.example', contact_phone="<b>1</b>"
    )
    page = node.browser("kari").get(f"/bibliotek/{GRUE}")
    assert link_called(page, "Ta kontakt") == "mailto:a%22b%3Fbcc%3Dc@grue.example"
    assert not [one for one in page.soup.select("a") if one["href"].startswith("javascript")]
    assert page.soup.select("aside b") == []


def test_only_its_manager_and_the_county_change_it(node: Node) -> None:
    assert BUTTON not in node.browser("jonas").get(f"/bibliotek/{EIDSKOG}").buttons()
    assert saved(node, "ingrid").alerts == ["Siden er endret."]


def test_covered_needs_are_seen_to_be_covered(node: Node) -> None:
    for request in node.backend.directory._requests.values():
        request["state"] = "covered"
    page = node.browser("kari").get(f"/bibliotek/{EIDSKOG}")
    assert "Dekket" in page.soup.find("section", attrs={"aria-labelledby": "trenger"}).get_text()


def test_a_program_changes_it_too(node: Node) -> None:
    page = {"contact_email": "post@eidskog.example", "closed_dates": ["2026-12-28"]}
    path = f"/api/v1/libraries/{EIDSKOG}/page"
    for who, status in (("kari", 200), ("jonas", 403)):
        program = Program(node, who)
        answer = program.client.patch(node.prefix + path, json=page, headers=program.headers)
        assert answer.status_code == status
    answer = program.client.patch(node.prefix + path, json={"closed_dates": ["jul"]}, headers=program.headers)
    assert problem_of(answer, 422, "malformed")
