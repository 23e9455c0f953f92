"""What an offer may say, how long it stands, and how it is renewed."""

from typing import Any

import pytest
from api_program import Program, problem_of
from conftest import Node
from eidskog import colleague
from gateway_browser import Page, fields_of
from test_gateway_forms import error_of

from byttebank.contracts.refusals import Malformed, all_refusals
from gateway.pages.offering import OF_DATES, OF_EXPIRY, PLACES
from gateway.words.weekdays import every

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

BUTTON = "Legg tilbudet på tavla"
GOOD = {"kunnskap": "weeding", "mengde": "1", "hva": "Gjerne i Solør 🙂 Čáppa"}


def offer_with(node: Node, **values: Any) -> Page:
    """The page after sending the form."""
    browser = node.browser("kari")
    return browser.press(browser.get("/tilby-en-dag"), BUTTON, **{**GOOD, **values})


def offered(node: Node) -> dict[str, Any]:
    """The offer that was sent last."""
    sent: dict[str, Any] = next(
        args[0] for name, args, _ in node.backend.calls[::-1] if name == "directory.create_offer"
    )
    return sent


def test_an_offer_that_comes_again_on_weekdays_to_some_counties(node: Node) -> None:
    page = offer_with(
        node,
        ukedager=["1", "3"],
        fra="2026-12-01",
        til="2027-01-31",
        utgaar="2027-01-15",
        formaal="hospitering",
        sted=["host", "online"],
        rekkevidde="counties",
        fylker=["akershus"],
        hjemme="2",
        reise="80",
        flere=["cataloguing", "weeding"],
    )
    assert page.alerts == ["Tilbudet ligger på tavla."]
    sent = offered(node)
    wanted = {
        "weekdays": [1, 3],
        "expires_on": "2027-01-15",
        "purpose": "hospitering",
        "places": ["host", "online"],
        "reach": "counties",
        "counties": ["akershus"],
        "min_at_home": 2,
        "max_km": 80,
        "skills": ["weeding", "cataloguing"],
    }
    assert {name: sent[name] for name in wanted} == wanted
    for words in (
        "Mandager og onsdager 1. desember 2026–31. januar 2027",
        "Hospitering",
        "Gjelder til 15. jan. 2027",
        "Innlandet og Akershus",
        "Minst 2",
    ):
        assert words in page.words, page.words


def test_a_plain_offer_is_for_help_standing_anywhere_and_seen_by_all(node: Node) -> None:
    offer_with(node)
    sent = offered(node)
    assert (sent["purpose"], sent["reach"], sent["places"], sent["weekdays"], sent["dates"]) == (
        "help",
        "all",
        ["host", "home", "online"],
        [],
        [],
    )
    assert (sent["expires_on"], sent["min_at_home"], sent["max_km"]) == (None, None, None)


def test_dates_one_by_one(node: Node) -> None:
    page = offer_with(node, datoer="10.12.2026 7.12.")
    assert offered(node)["dates"] == ["2026-12-07", "2026-12-10"]
    assert "Mandag 7. desember og torsdag 10. desember" in page.words


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"datoer": "snart"}, "datoer", "Skriv datoene som 7.12.2026, med komma mellom."),
        ({"rekkevidde": "counties"}, "fylker", "Velg minst ett fylke, eller la alle se tilbudet."),
        ({"sted": []}, "sted", "Velg minst ett sted."),
        ({"hjemme": "to"}, "hjemme", "Skriv et helt tall, som 2, eller la feltet stå tomt."),
        ({"reise": "²"}, "reise", "Skriv et helt tall, som 80, eller la feltet stå tomt."),
        (
            {"mengde": "0.3"},
            "mengde",
            "Byttebanken teller halve og hele dager. Velg en halv dag eller en dag.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    node: Node, values: dict[str, Any], field: str, sentence: str
) -> None:
    page = offer_with(node, **values)
    assert error_of(page, field) == sentence
    assert fields_of(page.form(BUTTON))["hva"] == GOOD["hva"]
    assert page.form(BUTTON).find("details").has_attr("open") == (field not in ("reise", "mengde"))


@pytest.mark.parametrize(
    ("code", "values", "field"),
    [
        ("colleague_not_agreed", {}, "hvem"),
        ("offer_overlaps", {"ukedager": ["1"]}, "ukedager"),
        ("too_few_at_home", {"hjemme": "3"}, "hjemme"),
        ("date_order", {"fra": "2026-12-09", "til": "2026-12-01"}, "til"),
        ("date_order", {"fra": "2027-03-01", "til": "2027-04-30", "utgaar": "2027-02-28"}, "utgaar"),
        ("date_order", {"datoer": "1.3.2027", "fra": "", "til": "", "utgaar": "2027-02-28"}, "utgaar"),
        ("date_past", {"datoer": "1.12.2025"}, "datoer"),
        ("date_past", {"utgaar": "2025-12-01"}, "utgaar"),
        ("date_too_far", {"til": "2033-12-01"}, "til"),
    ],
)
def test_every_refusal_stands_at_the_field_it_is_about(
    node: Node, code: str, values: dict[str, Any], field: str
) -> None:
    (kind,) = [one for one in all_refusals() if one.code == code]
    node.backend.failing["directory.create_offer"] = kind()
    page = offer_with(node, **values)
    assert len(error_of(page, field)) > 20
    kept = fields_of(page.form(BUTTON))
    assert kept["hva"] == GOOD["hva"]
    assert [kept[name] for name in values if name != "ukedager"] == [
        value for name, value in values.items() if name != "ukedager"
    ]


def test_dates_and_weekdays_in_one_are_said_to_be_one_too_many(node: Node) -> None:
    fault = {"pointer": "/weekdays", "detail": "Give dates or weekdays, not both."}
    node.backend.failing["directory.create_offer"] = Malformed(errors=[fault])
    page = offer_with(node, datoer="7.12.2026", ukedager=["1"])
    assert error_of(page, "ukedager") == "Gi enten datoer eller ukedager."
    assert page.soup.find(id="ukedager").has_attr("checked")


def test_the_places_of_refusals_are_fields_of_the_form(node: Node) -> None:
    form = node.browser("kari").get("/tilby-en-dag").form(BUTTON)
    names = {one.get("name") for one in form.find_all(["input", "select", "textarea"])}
    assert {*PLACES.values(), *OF_DATES.values(), *OF_EXPIRY.values()} <= names


def test_an_offer_is_renewed_with_one_press(node: Node) -> None:
    offer_with(node, utgaar="2026-12-01")
    browser, offer_id = node.browser("kari"), offered(node)["id"]
    page = browser.press(browser.get(f"/tilbud/{offer_id}"), "Forny tilbudet")
    assert page.alerts == ["Tilbudet gjelder til 23. mai 2027."]
    node.backend.directory._offers[offer_id]["expires_on"] = "2026-11-01"
    page = browser.get(f"/tilbud/{offer_id}")
    assert "Tilbudet gikk ut søndag 1. november. Gjelder det fortsatt?" in page.words
    assert "Forny tilbudet" in page.buttons()
    other = node.browser("siri").get(f"/tilbud/{offer_id}")
    assert "Spør Eidskog om det fortsatt gjelder." in other.words
    assert "Forny tilbudet" not in other.buttons()


def test_what_is_offered_on_weekdays_is_asked_for_on_those_days(node: Node) -> None:
    offer_with(node, ukedager=["6"], til="2026-12-20")
    page = node.browser("siri").get(f"/tilbud/{offered(node)['id']}")
    days = [one["value"] for one in page.soup.select("#dato option")]
    assert days == ["2026-11-28", "2026-12-05", "2026-12-12", "2026-12-19"]


def test_a_program_offers_and_renews(node: Node) -> None:
    program = Program(node, "kari")
    offer = {
        "colleague_id": colleague("Kari Moen"),
        "skills": ["weeding"],
        "days": 1,
        "weekdays": [2],
        "min_at_home": 1,
        "expires_on": "2026-12-31",
    }
    made = program.post("/offers", offer).json
    assert (made["weekdays"], made["expires_on"]) == ([2], "2026-12-31")
    assert program.post(f"/offers/{made['id']}/renew").json["expires_on"] == "2027-05-23"
    assert program.post(f"/offers/{made['id']}/withdraw").json["state"] == "withdrawn"
    assert problem_of(program.post(f"/offers/{made['id']}/renew"), 409, "not_now")
    assert problem_of(program.post("/offers", {**offer, "weekdays": [8]}), 422, "malformed")


def test_weekdays_are_said_as_people_say_them() -> None:
    assert every([1, 3, 7]) == "mandager, onsdager og søndager"
