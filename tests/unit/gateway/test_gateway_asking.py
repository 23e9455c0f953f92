"""What a request may say beside its seven fields, and how it asks further out."""

from datetime import date

import pytest
from api_program import Program, problem_of
from conftest import Node
from eidskog import colleague
from gateway_browser import Page, fields_of
from test_gateway_forms import BUTTON, GOOD, OWN_REQUEST, TOLGAS_REQUEST, error_of

from byttebank.contracts.refusals import all_refusals
from gateway.pages.asking import PLACES, PLACES_OF_DATES
from gateway.pages.dates import dates_from_text, dates_to_text

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

NEW_FIELDS = {"datoer": "7.12., 2026-12-10", "samme": "1", "haster": "high"}
MONDAY = date(2026, 11, 23)


def asked(node: Node) -> dict[str, object]:
    """The request that was sent last."""
    return next(args[0] for name, args, _ in node.backend.calls[::-1] if name == "directory.create_request")


def test_single_dates_are_asked_for_without_a_window(node: Node) -> None:
    browser = node.browser("kari")
    values = {**GOOD, **NEW_FIELDS, "mengde": "2", "fra": "", "til": ""}
    page = browser.press(browser.get("/be-om-hjelp"), BUTTON, **values)
    assert page.status == 200
    wanted = asked(node)
    assert (wanted["dates"], wanted["same_person"], wanted["urgency"]) == (
        ["2026-12-07", "2026-12-10"],
        True,
        "high",
    )
    assert "mandag 7. desember og torsdag 10. desember" in page.words
    assert "Samme person alle dagene Det haster" in page.words


def test_what_few_need_stands_folded_until_it_is_used_or_wrong(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get("/be-om-hjelp")
    assert not page.form(BUTTON).find("details").has_attr("open")
    page = browser.press(page, BUTTON, **{**GOOD, **NEW_FIELDS, "datoer": "en dag i desember"})
    assert error_of(page, "datoer") == "Skriv datoene som 7.12.2026, med komma mellom."
    form = page.form(BUTTON)
    assert form.find("details").has_attr("open")
    kept = fields_of(form)
    assert {name: kept[name] for name in (*GOOD, *NEW_FIELDS)} == {
        **GOOD,
        **NEW_FIELDS,
        "datoer": "en dag i desember",
    }


@pytest.mark.parametrize(
    ("code", "parameters", "field", "dates_field"),
    [
        ("date_order", {"first_on": "2026-12-09", "last_on": "2026-12-01"}, "til", "datoer"),
        ("date_past", {"date": "2026-11-01"}, "fra", "datoer"),
        ("date_too_far", {"date": "2031-11-01", "months": 18}, "til", "datoer"),
        ("no_open_day", {"first_on": "2026-12-25", "last_on": "2026-12-26"}, "til", "datoer"),
        ("too_many_days", {"max_half_days": 40}, "mengde", "mengde"),
        ("below_half_day", {}, "mengde", "mengde"),
        ("host_contact_missing", {}, "vert", "vert"),
    ],
)
def test_every_refusal_stands_at_its_field_and_nothing_typed_is_lost(
    node: Node, code: str, parameters: dict[str, object], field: str, dates_field: str
) -> None:
    (kind,) = [one for one in all_refusals() if one.code == code]
    node.backend.failing["directory.create_request"] = kind(**parameters)
    browser = node.browser("kari")
    words = "Bjørg sier Čáppa 🙂 <b>hei</b>"
    for more, place in (({}, field), (NEW_FIELDS, dates_field)):
        page = browser.press(browser.get("/be-om-hjelp"), BUTTON, **{**GOOD, **more, "hva": words})
        assert len(error_of(page, place)) > 20
        assert fields_of(page.form(BUTTON))["hva"] == words


def test_the_places_of_refusals_are_fields_of_the_form(node: Node) -> None:
    fields = set(fields_of(node.browser("kari").get("/be-om-hjelp").form(BUTTON))) | {"samme"}
    assert set(PLACES.values()) | set(PLACES_OF_DATES.values()) <= fields


def put_on_the_board(node: Node, **chosen: str) -> Page:
    browser = node.browser("kari")
    return browser.press(browser.get(f"/foresporsler/{OWN_REQUEST}"), "Legg ut på tavla", **chosen)


def test_a_request_is_seen_in_the_own_county_first_and_asks_further_out_by_itself(node: Node) -> None:
    page = put_on_the_board(node)
    assert "Nå ser bibliotekene i Innlandet det." in page.words
    assert "Har ingen svart, blir det spurt lenger ut torsdag 26. november." in page.words
    request = node.backend.directory._requests[OWN_REQUEST]
    assert (request["is_open"], request["reach"], request["widens_on"]) == (True, "county", "2026-11-26")


def test_the_clock_is_changed_stopped_and_started_and_the_request_seen_by_all(node: Node) -> None:
    put_on_the_board(node, dager="7")
    browser = node.browser("kari")
    page = browser.get(f"/foresporsler/{OWN_REQUEST}")
    assert "blir det spurt lenger ut mandag 30. november" in page.words
    page = browser.press(page, "Lagre", dager="0")
    assert page.alerts == ["Det er endret hvem som ser forespørselen."]
    assert "Det blir ikke spurt lenger ut av seg selv." in page.words
    page = browser.press(page, "Lagre", dager="1", rekkevidde="neighbours")
    assert "blir det spurt lenger ut tirsdag 24. november" in page.words
    assert {one["value"] for one in page.soup.select("#rekkevidde option")} == {"neighbours", "all"}
    page = browser.press(page, "Lagre", rekkevidde="all")
    assert "Nå ser bibliotekene i Innlandet og alle fylkene vi samarbeider med, det." in page.words
    assert "Endre hvem som ser det" not in page.words


def test_on_the_board_without_asking_further_out(node: Node) -> None:
    page = put_on_the_board(node, dager="0", rekkevidde="neighbours")
    assert "Det blir ikke spurt lenger ut av seg selv." in page.words
    assert node.backend.directory._requests[OWN_REQUEST]["widens_on"] is None


def test_what_is_none_of_the_choices_changes_nothing_about_who_sees_it(node: Node) -> None:
    put_on_the_board(node, rekkevidde="neighbours")
    browser = node.browser("kari")
    page = browser.get(f"/foresporsler/{OWN_REQUEST}")
    page = browser.press(page, "Lagre", rekkevidde="verden", dager="²")
    request = node.backend.directory._requests[OWN_REQUEST]
    assert (page.status, request["reach"], request["widens_on"]) == (200, "neighbours", None)


def test_one_library_may_help_with_some_of_the_days(node: Node) -> None:
    node.backend.directory._requests[TOLGAS_REQUEST]["half_days"] = 6
    browser = node.browser("kari")
    page = browser.get(f"/foresporsler/{TOLGAS_REQUEST}")
    assert fields_of(page.form("Tilby hjelp"))["mengde"] == "3"
    page = browser.press(page, "Tilby hjelp", mengde="2", dato="2026-12-11")
    assert error_of(page, "dato") == "Det er ikke nok dager etter denne. Velg en tidligere dag."
    page = browser.press(page, "Tilby hjelp", mengde="2", dato="2026-12-08")
    assert page.alerts == ["Forslaget er sendt. De andre får beskjed."]
    (proposal,) = [args[0] for name, args, _ in node.backend.calls if name == "matching.propose"]
    assert (proposal["dates"], proposal["half_days"]) == (["2026-12-08", "2026-12-09"], 4)


def test_one_person_helps_with_all_of_the_days(node: Node) -> None:
    node.backend.directory._requests[TOLGAS_REQUEST].update(half_days=6, same_person=True)
    page = node.browser("kari").get(f"/foresporsler/{TOLGAS_REQUEST}")
    assert "mengde" not in fields_of(page.form("Tilby hjelp"))
    assert fields_of(page.form("Tilby hjelp"))["dato"].count(",") == 2


def test_help_is_offered_on_the_dates_that_were_asked_for(node: Node) -> None:
    node.backend.directory._requests[TOLGAS_REQUEST]["dates"] = ["2026-12-12", "2026-12-13"]
    page = node.browser("kari").get(f"/foresporsler/{TOLGAS_REQUEST}")
    assert [one["value"] for one in page.soup.select("#dato option")] == ["2026-12-12", "2026-12-13"]


def test_dates_are_read_as_people_write_them() -> None:
    assert dates_from_text(" 7.12.2026, 9/12;2026-12-10\n7.12.", MONDAY) == [
        "2026-12-07",
        "2026-12-09",
        "2026-12-10",
    ]
    assert dates_from_text("22.11.", MONDAY) == ["2027-11-22"]
    assert dates_from_text("", MONDAY) == []
    assert dates_to_text(["2026-12-07", "2026-12-10"]) == "7.12.2026, 10.12.2026"
    for wrong in ("30.2.2026", "7.desember", "7", "2026-13-01", "99.99.", "7.12.26"):
        assert dates_from_text(wrong, MONDAY) is None


def test_a_program_asks_on_dates_and_further_out(node: Node) -> None:
    program = Program(node, "kari")
    request = {
        "skills": ["cataloguing"],
        "dates": ["2026-12-09", "2026-12-07"],
        "days": 1.5,
        "same_person": True,
        "urgency": "high",
        "reach": "county",
        "widens_after_days": 5,
        "is_open": True,
        "host_contact_id": colleague("Kari Moen"),
    }
    made = program.post("/requests", request).json
    assert (made["first_on"], made["last_on"], made["urgency"]) == ("2026-12-07", "2026-12-09", "high")
    path = f"/requests/{made['id']}/widen"
    assert program.post(path, {"reach": "neighbours", "widens_after_days": 1}).json["reach"] == "neighbours"
    assert program.post(path, {}).json["widens_on"] is None
    assert problem_of(program.post(path, {"reach": "county"}), 409, "not_now")
    assert problem_of(program.post(path, {"widens_after_days": 91}), 422, "malformed")
    board = program.get("/board?only_possible=true&category=collection&limit=2").json
    assert (len(board["items"]), all(one["is_possible"] for one in board["items"])) == (2, True)
    assert program.get(f"/board?limit=2&cursor={board['next_cursor']}").status_code == 200
    assert problem_of(program.get("/board?first_on=2026-12-09&last_on=2026-12-01"), 422, "date_order")
