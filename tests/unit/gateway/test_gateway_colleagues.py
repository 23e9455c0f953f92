"""A manager confirms skills of the own library's colleagues, and takes it back."""

import eidskog
import pytest
from conftest import Node
from fake_service import an_id
from gateway_browser import Page

PAGE = "/kolleger"
KARI = eidskog.colleague("Kari Moen")
FIELD = f"bekreft-{KARI}"


def _confirmed(node: Node) -> list[str]:
    return list(node.backend.directory._colleagues[KARI].get("confirmed", []))


def _saved(node: Node, *codes: str) -> Page:
    """The first form on the page is Kari's."""
    browser = node.browser("kari")
    page = browser.get(PAGE)
    assert page.form("Lagre for Kari Moen")["action"].endswith(f"/kolleger/{KARI}/ferdigheter")
    return browser.press(page, "Lagre for Kari Moen", **{FIELD: list(codes)})


def test_a_manager_confirms_what_a_colleague_can_and_takes_it_back(node: Node) -> None:
    page = _saved(node, "weeding")
    assert "Hver kollega sier selv hva hun eller han kan." in page.words
    assert "Det er lagret hva du bekrefter for Kari Moen." in page.words
    assert _confirmed(node) == ["weeding"]
    assert page.soup.select_one(f"input[name='{FIELD}'][value=weeding]").has_attr("checked")
    _saved(node)
    assert _confirmed(node) == []


def test_who_wants_nothing_kept_of_herself_is_not_listed(node: Node) -> None:
    browser = node.browser("kari")
    assert "Jonas Berg" in browser.get(PAGE).words
    node.backend.directory._colleagues[eidskog.colleague("Jonas Berg")]["name"] = None
    assert len(browser.get(PAGE).soup.find_all("form", action=lambda path: "/kolleger/" in str(path))) == 1


def test_what_a_colleague_does_not_say_she_can_is_not_confirmed(node: Node) -> None:
    assert _saved(node, "no-such-skill").alerts
    assert _confirmed(node) == []


@pytest.mark.parametrize("who", ["jonas", "ingrid", "per"])
def test_nobody_but_a_manager_confirms_anything(node: Node, who: str) -> None:
    browser = node.browser(who)
    assert browser.get(PAGE).status == 403
    token = browser.get("/oversikt").soup.find("input", attrs={"name": "csrf_token"})["value"]
    answer = browser.post(f"{PAGE}/{KARI}/ferdigheter", {"csrf_token": token, FIELD: "weeding"})
    assert answer.status == 403
    assert _confirmed(node) == []
    assert node.backend.asked("directory.confirm_skills") == []


def test_a_colleague_nobody_knows_is_not_found(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get(PAGE).form("Lagre for Kari Moen")
    token = form.find("input", attrs={"name": "csrf_token"})["value"]
    assert browser.post(f"{PAGE}/{an_id('nobody')}/ferdigheter", {"csrf_token": token}).alerts
    assert browser.post(f"{PAGE}/x/ferdigheter", {"csrf_token": token}).status == 404
