"""A refused form comes back as it was filled in: nothing that was typed is lost, on any page."""

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import Tag
from conftest import Node
from eidskog import library
from fake_vandring import ROUND, a_round, a_visit, own_round, with_vandring
from gateway_browser import Browser, Page, fields_of
from test_gateway_pages import PAGES

from byttebank.contracts.refusals import NotYourRole

pytestmark = pytest.mark.simulation
"""Every form on every page is sent wrong in every way."""

COUNTY_PAGES = [
    "/fylket/bibliotek",
    "/fylket/fordeling",
    "/fylket/ferdigheter",
    "/fylket/samarbeid/akershus",
    "/fylket/vandring",
    f"/bibliotek/{library('Grue')}",
]
TYPED = ("text", "date", "email", "number", "textarea")


def typed_fields(form: Tag) -> list[tuple[str, str]]:
    """Name and type of each field that somebody types in."""
    fields = form.find_all(["input", "textarea"])
    kinds = [(str(one["name"]), str(one.get("type", one.name))) for one in fields if one.get("name")]
    return [(name, kind) for name, kind in kinds if kind in TYPED]


def wrong_ways(form: Tag) -> Iterator[dict[str, Any]]:
    """The form with words in every field, and with one field after the other left empty."""
    typed = {
        name: "2019-02-13" if kind == "date" else f"Skrevet i {name}" for name, kind in typed_fields(form)
    }
    yield typed
    if len(typed) > 1:
        for name in typed:
            yield {**typed, name: ""}


def kept(page: Page) -> set[str]:
    """What stands in the fields of a page."""
    return {str(value) for form in page.soup.find_all("form") for value in fields_of(form).values()}


def is_refused(page: Page) -> bool:
    """Whether the answer says that something is wrong."""
    return page.status >= 400 or bool(page.soup.select(".ds-alert[data-color=danger]"))


def lost_on(browser: Browser, path: str) -> list[str]:
    """What a refusal of a form on the page has lost: the form, the field that was wrong, the lost field."""
    lost = []
    page = browser.get(path)
    forms = [one for one in page.soup.select("main form[method=post]") if typed_fields(one)]
    for form in forms:
        for typed in wrong_ways(form):
            values = {**fields_of(form), **typed}
            action = str(form["action"]).removeprefix(browser.prefix)
            answer = browser.post(action, values, headers={"Referer": f"http://localhost{page.url}"})
            if is_refused(answer):
                found = kept(answer)
                lost += [
                    f"{action} {typed}: {name}" for name in typed if typed[name] and typed[name] not in found
                ]
    return lost


def refuse(*_arguments: Any) -> None:
    """What the doubles do not know is refused."""
    raise NotYourRole(role="operator")


@pytest.mark.parametrize("who", ["kari", "jonas", "ingrid"])
def test_what_was_typed_stands_in_the_form_that_is_refused(node: Node, who: str) -> None:
    node.backend.matching.create_matching_round = refuse  # type: ignore[attr-defined]
    node.backend.ledger.merge_county = refuse  # type: ignore[attr-defined]
    with_vandring(
        node, a_round("inviting"), own_round("published", True, visits=[a_visit("Eidskog", "Tolga")])
    )
    browser = node.browser(who)
    paths = [*PAGES, "/meg", f"/vandring/{ROUND}", *(COUNTY_PAGES if who == "ingrid" else [])]
    lost = [one for path in paths if browser.get(path).status == 200 for one in lost_on(browser, path)]
    assert lost == []
