"""The county library's menu: every page of its own in few groups, two clicks away from anywhere."""

import pytest
from bs4 import BeautifulSoup
from conftest import Node
from flask import render_template_string, url_for

from gateway.pages.menu import COUNTY, county_menu

PAGES = [(words, endpoint) for words, pages in COUNTY for endpoint, _ in pages]
NAV = '{% from "county_nav.html" import county_nav %}{{ county_nav(here) }}'


def test_every_page_of_the_county_is_in_the_menu(node: Node) -> None:
    theirs = {
        rule.endpoint
        for rule in node.app.url_map.iter_rules()
        if rule.rule.startswith("/fylket/") and "GET" in (rule.methods or ()) and not rule.arguments
    }
    pages = {one for one in theirs if not one.endswith("download")}
    assert pages <= {endpoint for _, endpoint in PAGES}, (
        "a line in COUNTY in gateway/pages/menu.py is missing"
    )


@pytest.mark.parametrize("endpoint", [endpoint for _, endpoint in PAGES])
def test_from_any_page_every_other_is_two_clicks_away(node: Node, endpoint: str) -> None:
    def links(here: str, css: str) -> list[str]:
        soup = BeautifulSoup(render_template_string(NAV, here=here), "lxml")
        return [str(one["href"]) for one in soup.select(css)]

    with node.app.test_request_context():
        firsts = links(endpoint, ".bb-tabs a")
        assert url_for(endpoint) in links(endpoint, ".bb-subtabs a[aria-current=page]")
        groups = [one for one in PAGES if url_for(one[1]) in firsts]
        reached = {href for _, first in groups for href in links(first, ".bb-subtabs a")}
        assert reached == {url_for(other) for _, other in PAGES}


def test_the_groups_are_few_and_no_page_stands_twice() -> None:
    assert len(COUNTY) <= 5
    assert len(PAGES) == len({endpoint for _, endpoint in PAGES})
    for group, endpoint in PAGES:
        menu = county_menu(endpoint)
        assert menu.name == group
        assert [one for _, one, is_here in menu.pages if is_here] == [endpoint]


def test_the_county_is_one_entry_in_the_main_menu_wherever_one_is_in_it(node: Node) -> None:
    page = node.browser("ingrid").get("/fylket/ferdigheter")
    assert [one.get_text() for one in page.soup.select(".bb-nav a[aria-current]")] == ["Fylket"]
    assert [one.get_text() for one in page.soup.select(".bb-tabs a[aria-current]")] == ["Bibliotek og folk"]
