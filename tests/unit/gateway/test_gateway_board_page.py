"""The board: a list with reasons, filters in the address, a map with a table behind it."""

import pytest
from conftest import Node
from fake_service import an_id
from gateway_browser import Page

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""


def titles(page: Page) -> list[str]:
    return [one.get_text(" ", strip=True) for one in page.soup.select("[aria-labelledby=treff] h3")]


def test_only_what_the_library_can_take_is_shown_at_first(node: Node) -> None:
    page = node.browser("kari").get("/tavle")
    assert page.soup.find(id="kan").has_attr("checked")
    assert page.soup.find(id="treff").get_text() == "6 treff"
    assert "2 til, som dere ikke kan ta nå" in page.words
    assert "Ingen hos dere har meldt at de kan informasjonskompetanse og kildekritikk." in page.words
    assert "Det er 58 km til Lillestrøm, og tilbudet gjelder inntil 30 km." in page.words


def test_everything_is_shown_when_the_switch_is_off(node: Node) -> None:
    page = node.browser("kari").get("/tavle?vis=all")
    assert not page.soup.find(id="kan").has_attr("checked")
    assert page.soup.find(id="treff").get_text() == "8 treff"
    assert "som dere ikke kan ta nå" not in page.words


def test_filters_are_in_the_address_and_stay_chosen(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get("/tavle?kan=1&vis=needs&ferdighet=weeding&fylke=innlandet&reise=")
    assert titles(page) == ["Kassering"]
    assert page.soup.select_one("#ferdighet option[selected]")["value"] == "weeding"
    assert page.soup.select_one("#fylke option[selected]")["value"] == "innlandet"
    assert page.soup.select_one(".bb-filter details").has_attr("open")
    assert titles(browser.get("/tavle?kan=1&vis=all&reise=50")) == [
        "Plasting av bøker",
        "Hyllerydding",
        "Katalogisering og klassifikasjon",
        "Informasjonskompetanse og kildekritikk",
    ]
    assert titles(browser.get("/tavle?kan=1&vis=offers&fylke=trondelag")) == [
        "Informasjonskompetanse og kildekritikk"
    ]


def test_filters_that_are_none_of_ours_count_as_not_chosen(node: Node) -> None:
    page = node.browser("kari").get("/tavle?kan=1&vis=alt&reise=9999999999999&fylke=&ferdighet=")
    assert page.status == 200
    assert page.soup.find(id="treff").get_text() == "6 treff"


def test_nothing_found_says_what_helps(node: Node) -> None:
    page = node.browser("kari").get("/tavle?kan=1&vis=offers&ferdighet=children")
    assert page.soup.find(id="treff").get_text() == "0 treff"
    assert "Et videre filter gir flere treff" in page.words


def test_the_nearest_stand_first_and_the_reason_beside_them(node: Node) -> None:
    page = node.browser("kari").get("/tavle")
    first = page.soup.select("[aria-labelledby=treff] li")[0]
    words = " ".join(first.get_text(" ", strip=True).replace("\u00a0", " ").split())
    assert words.startswith(
        "Trenger hjelp Akershus Plasting av bøker Nes · tirsdag 1. desember · en halv dag hos dem"
    )
    assert "Jonas Berg kan plasting av bøker" in words
    assert "36 km" in words


def test_the_table_holds_every_library_of_the_map(node: Node) -> None:
    page = node.browser("kari").get("/tavle")
    aside = page.soup.find("aside")
    named = {text.get_text() for text in aside.select("svg.bb-map text[font-weight]")}
    rows = {row.th.find(string=True).strip() for row in aside.select("tbody tr")}
    assert named - {"Eidskog"} <= rows
    assert {"Nes", "Grue", "Hamar", "Tolga", "Stjørdal", "Lillestrøm"} == rows
    assert aside.find("svg").find("title").get_text() == "Kart over bibliotekene"


def test_libraries_without_a_place_are_in_the_list_and_not_on_the_map(node: Node) -> None:
    for library in node.backend.directory._libraries.values():
        library["latitude"] = library["longitude"] = None
    page = node.browser("kari").get("/tavle")
    assert page.soup.find("svg", class_="bb-map") is None
    assert "ukjent" in page.soup.find("aside").get_text()


def test_a_long_board_is_shown_page_by_page_with_the_same_filters(node: Node) -> None:
    offers = node.backend.directory._offers
    pattern = next(one for one in offers.values() if one["skills"] == ["information-literacy"])
    for number in range(70):
        offers[an_id(f"offer {number}")] = {**pattern, "id": an_id(f"offer {number}")}
    browser = node.browser("kari")
    page = browser.get("/tavle")
    assert page.soup.find(id="treff").get_text() == "76 treff"
    assert len(titles(page)) == 12
    for length in (24, 36, 48, 60, 72, 76):
        (more,) = [link for link in page.soup.select("main a") if link.get_text() == "Vis flere"]
        page = browser.follow(more["href"], page.url)
        assert len(titles(page)) == length
        assert page.soup.find(id="kan").has_attr("checked")
    assert not [link for link in page.soup.select("main a") if link.get_text() == "Vis flere"]
    for asked in ("0", "-1", "x", "99999999"):
        assert len(titles(browser.get(f"/tavle?kan=1&antall={asked}"))) == 12


def test_the_board_is_searched_by_words_days_and_field_as_the_directory_does(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(
        "/tavle?kan=1&ord=+kassere+&kategori=collection&fra=2026-12-01&til=2026-12-09&reise=100&fylke=innlandet"
    )
    asked = {
        "show": "all",
        "skill": None,
        "category": "collection",
        "county": "innlandet",
        "text": "kassere",
        "max_km": 100,
        "first_on": "2026-12-01",
        "last_on": "2026-12-09",
    }
    boards = [named for name, _, named in node.backend.calls if name == "directory.board"]
    assert boards == [{**asked, "only_possible": True, "cursor": None}, asked]
    assert page.soup.find(id="ord")["value"] == "kassere"
    assert page.soup.select_one("#kategori option[selected]").get_text() == "Samling"
    assert "luftlinje" in page.soup.find("label", attrs={"for": "reise"}).get_text()


def test_days_in_the_wrong_order_are_said_at_their_field_and_nothing_typed_is_lost(node: Node) -> None:
    page = node.browser("kari").get("/tavle?kan=1&ord=kasser&fra=2026-12-09&til=2026-12-01")
    assert page.soup.find(id="til-feil").get_text() == "Siste dag er før første dag. Bytt om datoene."
    assert [page.soup.find(id=name)["value"] for name in ("ord", "fra", "til")] == [
        "kasser",
        "2026-12-09",
        "2026-12-01",
    ]
    assert page.soup.select_one(".bb-filter details").has_attr("open")
    assert node.browser("kari").get("/tavle?fra=i+morgen&til=%00&ord=%00&fylke=%C3%98").status == 200


def test_a_board_longer_than_one_answer_goes_on_where_it_ended(node: Node) -> None:
    offers = node.backend.directory._offers
    pattern = next(one for one in offers.values() if one["skills"] == ["information-literacy"])
    for number in range(230):
        offers[an_id(f"offer {number}")] = {**pattern, "id": an_id(f"offer {number}")}
    browser = node.browser("kari")
    page = browser.get("/tavle?kan=1&antall=204")
    assert page.soup.find(id="treff").get_text() == "Mer enn 200 treff"
    (more,) = [link for link in page.soup.select("main a") if link.get_text() == "Vis flere"]
    page = browser.follow(more["href"], page.url)
    assert page.soup.find(id="treff").get_text() == "Flere treff"
    (more,) = [link for link in page.soup.select("main a") if link.get_text() == "Vis flere"]
    assert len(titles(browser.follow(more["href"], page.url))) == 24


def test_another_language_in_the_address_is_no_filter(node: Node) -> None:
    browser = node.browser("kari")
    assert titles(browser.get("/tavle?sprak=nb")) == titles(browser.get("/tavle"))
    assert browser.get("/tavle?sprak=nn").soup.find(id="kan").has_attr("checked")
