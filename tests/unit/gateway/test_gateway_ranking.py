"""The county library decides what counts most among those who could help."""

from datetime import date
from typing import Any

import pytest
from api_program import Program, problem_of
from conftest import Node
from gateway_browser import Page

from byttebank.contracts.ranking import BOUNDS, RankingWeights
from gateway.accounts import set_language
from gateway.speech import Speech, speak
from gateway.words.ranking import PARTS, WEIGHTS, preview_rows

PAGE = "/fylket/rekkefolge"
Document = dict[str, Any]


def order(page: Page) -> list[str]:
    return [one.get_text(strip=True) for one in page.soup.select("main ol.ds-list li")]


def history(page: Page) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in page.soup.select("main ol.bb-items > li")]


def put(program: Program, body: Document) -> Any:
    return program.client.put(f"{program.root}/ranking-weights", headers=program.headers, json=body)


def test_every_weight_has_its_field_its_sentence_and_its_part() -> None:
    assert set(WEIGHTS) == set(BOUNDS) == set(RankingWeights().fields) - {"version"}
    counting = {name for _, names in PARTS.values() for name in names}
    assert counting == set(BOUNDS) - {"km_per_point", "owes_per_half_day"}, "these two say how fast"


def test_the_page_says_what_counts_and_what_each_weight_does(node: Node) -> None:
    page = node.browser("ingrid").get(PAGE)
    assert order(page)[0] == "Kort vei, eller ingen reise: inntil 60 poeng"
    assert order(page)[-1] == "I vårt fylke, eller i et nabofylke: inntil 10 poeng"
    field = page.soup.find(id="same_county")
    assert field["value"] == "10"
    help_ = page.soup.find(id=field["aria-describedby"]).get_text()
    assert help_ == "Poeng til bibliotekene i Innlandet. Fra 0 til 1000. Fra starten: 10."
    assert history(page) == ["Utgave 0 Det alle begynner med."]


def test_a_change_counts_from_now_on_and_says_who_and_when(node: Node) -> None:
    browser = node.browser("ingrid")
    page = browser.press(browser.get(PAGE), "Lagre", same_county="100", can_teach=" 0 ")
    assert page.alerts == ["Rekkefølgen er endret, og gjelder fra nå av."]
    assert order(page)[0] == "I vårt fylke, eller i et nabofylke: inntil 100 poeng"
    assert not any("lære bort" in one for one in order(page)), "what counts nothing is not in the order"
    assert page.soup.find(id="same_county")["value"] == "100"
    who_and_when = "Utgave 1 søn. 22. nov. kl. 11.00 · Ingrid Aas"
    assert history(page)[0] == f"{who_and_when} Kan lære bort: 10 ble 0 Vårt fylke: 10 ble 100"


@pytest.mark.parametrize(
    ("name", "written", "sentence"),
    [
        ("owes_most", "100", "Skal være fra 0 til 99."),
        ("km_per_point", "0", "Skal være fra 1 til 1000."),
        ("can_teach", "mye", "Skal være et helt tall."),
        ("can_teach", "-1", "Skal være et helt tall."),
        ("can_teach", "²", "Skal være et helt tall."),
        ("can_teach", "", "Fyll ut «Kan lære bort»."),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_stays(
    node: Node, name: str, written: str, sentence: str
) -> None:
    browser = node.browser("ingrid")
    page = browser.press(browser.get(PAGE), "Lagre", all_dates="30", **{name: written})
    assert page.status == 422
    assert page.soup.find(id=f"{name}-feil").get_text() == sentence
    assert (page.soup.find(id=name)["value"], page.soup.find(id="all_dates")["value"]) == (written, "30")
    assert node.backend.matching.ranking_weights()["version"] == 0


def previewed(page: Page) -> list[list[str]]:
    rows = page.soup.select("[data-preview] tbody tr")
    return [
        [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.find_all(["th", "td"])]
        for row in rows
    ]


def test_what_other_numbers_would_do_is_shown_and_nothing_is_saved(node: Node) -> None:
    browser = node.browser("ingrid")
    page = browser.press(browser.get(PAGE), "Se hva det gjør", same_county="100")
    assert page.status == 200
    title = page.soup.select_one("[data-preview] h3").get_text().replace("\u00a0", " ")
    assert title == "Tolga: katalogisering og klassifikasjon, 7.–11. desember"
    assert previewed(page) == [
        ["1", "Grue (199 poeng)", "Eidskog (199 poeng) opp 1 plass"],
        ["2", "Eidskog (198 poeng)", "Grue (198 poeng) ned 1 plass"],
    ]
    assert page.soup.find(id="same_county")["value"] == "100"
    assert node.backend.matching.ranking_weights()["version"] == 0
    page = browser.press(page, "Lagre")
    assert page.alerts == ["Rekkefølgen er endret, og gjelder fra nå av."]
    assert node.backend.matching.ranking_weights()["same_county"] == 100


def test_who_would_leave_the_first_reads_where_to() -> None:
    def one(place: int, other: int) -> Document:
        named = {"library_name": f"B{place}", "colleague_name": "Kari", "score": 100}
        return {**named, "place": place, "other_place": other}

    speak(Speech("nb", date(2026, 11, 23)))
    (row,) = preview_rows({"before": [one(1, 4)], "after": [one(1, 3)]})
    assert (row.now, row.left) == ("Kari, B1 (100 poeng)", "blir nummer 4")
    assert row.moved == "opp 2 plasser"


def test_the_same_numbers_as_now_move_nobody(node: Node) -> None:
    browser = node.browser("ingrid")
    page = browser.press(browser.get(PAGE), "Se hva det gjør")
    assert [row[2] for row in previewed(page)] == ["Grue (199 poeng) som nå", "Eidskog (198 poeng) som nå"]


@pytest.mark.parametrize(("written", "sentence"), [("100", "Skal være fra 0 til 99."), ("", "Fyll ut «")])
def test_what_cannot_be_saved_is_not_shown_either(node: Node, written: str, sentence: str) -> None:
    browser = node.browser("ingrid")
    page = browser.press(browser.get(PAGE), "Se hva det gjør", owes_most=written)
    assert page.status == 422
    assert sentence in page.soup.find(id="owes_most-feil").get_text()
    assert not previewed(page)


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(node: Node) -> None:
    browser = node.browser("ingrid")
    old = browser.get(PAGE)
    browser.press(browser.get(PAGE), "Lagre", same_county="100")
    page = browser.press(old, "Lagre", all_dates="30")
    assert page.status == 412
    assert "Noen har endret dette etter at du åpnet siden." in page.words
    assert page.soup.find(id="all_dates")["value"] == "30"
    page = browser.press(page, "Lagre", same_county="100")
    assert page.alerts == ["Rekkefølgen er endret, og gjelder fra nå av."]


@pytest.mark.parametrize("looked_at", ["", "9" * 5000, "en"])
def test_who_does_not_say_which_version_was_looked_at_overwrites_none(node: Node, looked_at: str) -> None:
    browser = node.browser("ingrid")
    page = browser.press(browser.get(PAGE), "Lagre", utgave=looked_at, same_county="100")
    assert page.status == 412
    assert page.soup.find(id="same_county")["value"] == "100"
    assert node.backend.matching.ranking_weights()["version"] == 0


def test_only_the_county_library_decides(node: Node) -> None:
    assert node.browser("kari").get(PAGE).status == 403
    assert node.browser("per").get(PAGE).status == 200


def test_the_page_is_whole_in_every_language(node: Node) -> None:
    for language, title in (("nn", "Kven blir føreslått først?"), ("en", "Who is suggested first?")):
        with node.database.work() as work:
            set_language(work, node.users["ingrid"].user_id, language)
        assert title in node.browser("ingrid").get(PAGE).words


def test_programs_read_and_change_the_weights(node: Node) -> None:
    program = Program(node, "ingrid")
    first = program.get("/ranking-weights").json
    assert (first["version"], first["no_travel"]) == (0, 60)
    changed = put(program, {"no_travel": 80, "version": 0})
    assert (changed.json["version"], changed.json["no_travel"], changed.json["can_teach"]) == (1, 80, 10)
    problem_of(put(program, {"no_travel": 90, "version": 0}), 412, "stale_page")
    assert program.get("/ranking-weights?version=0").json["no_travel"] == 60
    problem_of(program.get("/ranking-weights?version=7"), 404, "not_found")
    problem = problem_of(put(program, {"owes_most": 100}), 422)
    assert problem["errors"] == [{"pointer": "/owes_most", "detail": "Skal være fra 0 til 99."}]
    problem_of(put(program, {"luck": 1}), 422)
    listed = program.get("/ranking-weights/versions").json["items"]
    assert [(one["version"], one["set_by"]) for one in listed] == [(1, "Ingrid Aas"), (0, None)]
    library = Program(node, "kari")
    assert library.get("/ranking-weights").status_code == 200
    assert library.get("/ranking-weights/versions").status_code == 403
    problem_of(put(library, {"no_travel": 0}), 403, "not_your_role")
