"""The county's own skills: added, given other names, and never twice."""

import pytest
from conftest import Node
from gateway_browser import Browser, Page

PAGE = "/fylket/ferdigheter"
SKILL = {
    "navn": "Lokalsamling",
    "nynorsk": "Lokalsamling",
    "engelsk": "Local collection",
    "kategori": "collection",
}


def _own(node: Node) -> list[dict[str, object]]:
    return [one for one in node.backend.directory._skills if one.get("is_own")]


def _added(node: Node, **changes: str) -> tuple[Browser, Page]:
    browser = node.browser("ingrid")
    return browser, browser.press(browser.get(PAGE), "Lagre", **{**SKILL, **changes})


def test_the_county_adds_a_skill_and_gives_it_another_name(node: Node) -> None:
    browser, page = _added(node, felles="weeding")
    assert "Lokalsamling er med blant fylkets ferdigheter." in page.words
    (skill,) = _own(node)
    assert skill["names"] == {"nb": "Lokalsamling", "nn": "Lokalsamling", "en": "Local collection"}
    assert "andre fylker ser: Kassering" in page.words
    changed = browser.press(browser.get(f"{PAGE}?kode={skill['code']}"), "Lagre", navn="Lokalhistorie")
    assert "Lokalhistorie er med" in changed.words
    (renamed,) = _own(node)
    assert (renamed["code"], renamed["maps_to"]) == (skill["code"], "weeding")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"navn": ""}, "Navn på bokmål"),
        ({"navn": "KASSERING"}, "KASSERING finnes fra før. Bruk den, eller velg et annet navn."),
    ],
)
def test_what_cannot_be_added_keeps_what_was_written(
    node: Node, changes: dict[str, str], sentence: str
) -> None:
    _, page = _added(node, **changes)
    assert sentence in page.words
    assert page.status == 422
    assert 'value="Local collection"' in page.text
    assert _own(node) == []


def test_others_than_the_county_do_not_write_the_vocabulary(node: Node) -> None:
    assert node.browser("kari").get(PAGE).status == 403


def test_what_is_retired_is_not_chosen_any_more_and_still_looked_for(node: Node) -> None:
    browser, _ = _added(node)
    (skill,) = _own(node)
    choice = f'value="{skill["code"]}"'
    assert choice in node.browser("kari").get("/be-om-hjelp").text
    page = browser.press(browser.get(f"{PAGE}?kode={skill['code']}"), "Lagre", brukes="nei")
    assert "ikke i bruk lenger" in page.words
    assert choice not in node.browser("kari").get("/be-om-hjelp").text
    assert choice not in node.browser("kari").get("/meg").text
    assert choice in node.browser("kari").get("/tavle").text


def test_who_has_a_retired_skill_keeps_it(node: Node) -> None:
    browser, _ = _added(node)
    (skill,) = _own(node)
    kari = node.browser("kari")
    kari.press(kari.get("/meg"), "Lagre det jeg kan", kan=[str(skill["code"])])
    browser.press(browser.get(f"{PAGE}?kode={skill['code']}"), "Lagre", brukes="nei")
    assert f'value="{skill["code"]}" checked' in kari.get("/meg").text


def test_a_page_opened_before_a_skill_was_retired_says_so_and_keeps_what_was_ticked(node: Node) -> None:
    browser, _ = _added(node)
    code = str(_own(node)[0]["code"])
    kari = node.browser("kari")
    me, ask = kari.get("/meg"), kari.get("/be-om-hjelp")
    browser.press(browser.get(f"{PAGE}?kode={code}"), "Lagre", brukes="nei")
    page = kari.press(me, "Lagre det jeg kan", laerer=[code, "weeding"], ord="Strikking")
    assert page.status == 422
    sentence = "«Lokalsamling» er ikke i bruk lenger og kan ikke velges på nytt."
    assert sentence in page.words
    assert 'href="#laerer"' in page.text
    assert 'name="laerer" value="weeding" checked' in page.text
    assert "Strikking" in page.text
    asked = kari.press(
        ask, "Vis hvem som passer", kunnskap=code, hva="Lokale arkiv", fra="2026-12-07", til="2026-12-09"
    )
    assert asked.status == 422
    assert sentence in asked.words
