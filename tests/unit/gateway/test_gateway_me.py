"""One's own page: who sees the name, everything that is kept to take along, and all of it erased."""

import json
from typing import Any

import eidskog
from api_program import Program, problem_of
from conftest import Node
from gateway_browser import Page, fields_of

from byttebank.contracts.refusals import ServiceUnavailable
from gateway import storage

JONAS = eidskog.colleague("Jonas Berg")
EMAIL = eidskog.email("Jonas Berg")


def account(node: Node) -> dict[str, Any]:
    with node.database.reading() as work:
        row = storage.find_user(work.connection, node.users["jonas"].user_id)
    assert row is not None
    return dict(row)


def erased(node: Node, **values: str) -> Page:
    browser = node.browser("jonas")
    return browser.press(browser.get("/meg"), "Slett", **values)


def test_the_name_shows_as_far_as_was_chosen_at_once(node: Node) -> None:
    browser = node.browser("jonas")
    page = browser.get("/meg")
    assert fields_of(page.form("Lagre valget"))["navn"] in ("library", "county", "all")
    form = {"navn": "all"}
    page = browser.press(page, "Lagre valget", **form)
    assert page.alerts == ["Valget ditt gjelder nå, overalt."]
    kept = node.backend.directory._colleagues[JONAS]
    assert (kept["sharing"], kept["may_be_offered"]) == ("all", True)
    browser.post(
        "/meg/valg", {"navn": "all", "csrf_token": fields_of(page.form("Lagre valget"))["csrf_token"]}
    )
    assert kept["may_be_offered"] is False
    assert "tilbys" not in fields_of(browser.get("/meg").form("Lagre valget"))
    assert browser.press(browser.get("/meg"), "Lagre valget", navn="verden").alerts == [
        "Noe av dette kan ikke leses slik det er skrevet. Rett det og send på nytt."
    ]


def test_each_says_what_one_can_can_teach_and_wants_to_learn(node: Node) -> None:
    browser = node.browser("jonas")
    page = browser.press(
        browser.get("/meg"),
        "Lagre det jeg kan",
        kan=["weeding", "cataloguing"],
        laerer=["weeding"],
        vil=["children"],
        ord="Gotisk skrift, čállit",
    )
    assert page.alerts == ["Det du kan, er skrevet ned."]
    kept = node.backend.directory._colleagues[JONAS]
    assert (kept["can"], kept["can_teach"], kept["wants_to_learn"], kept["own_words"]) == (
        ["weeding", "cataloguing"],
        ["weeding"],
        ["children"],
        "Gotisk skrift, čállit",
    )
    assert "Kassering · Katalogisering og klassifikasjon" in page.words
    assert set(fields_of(page.form("Lagre det jeg kan"))["kan"]) == {"cataloguing", "weeding"}
    refused = browser.press(page, "Lagre det jeg kan", kan=["flying"], ord="Strikking")
    assert refused.status == 422
    assert "Byttebanken kjenner ikke ferdigheten" in refused.words
    assert "Strikking" in refused.text
    program = Program(node, "jonas")
    answer = program.client.put(
        f"{node.prefix}/api/v1/me/skills", json={"can": ["weeding"]}, headers=program.headers
    )
    assert (answer.json["can"], answer.json["wants_to_learn"]) == (["weeding"], [])


def test_everything_that_is_kept_is_a_file(node: Node) -> None:
    page = node.browser("jonas").get("/meg/alt-om-meg.json")
    assert "attachment" in page.headers["Content-Disposition"]
    assert page.headers["Cache-Control"] == "no-store"
    kept = json.loads(page.text)
    assert kept["account"]["email"] == EMAIL
    assert kept["directory"]["colleague"]["name"] == "Jonas Berg"
    assert {one["colleague_id"] for one in kept["engagements"]} == {JONAS}
    assert "password_hash" not in page.text


def test_the_legal_basis_is_said_where_the_county_has_one(node: Node) -> None:
    node.backend.directory._county["legal_basis"] = "Personopplysningsloven § 8"
    assert "Grunnlaget for å lagre det: Personopplysningsloven § 8" in node.browser("jonas").get("/meg").words


def test_nothing_is_erased_without_saying_so_twice(node: Node) -> None:
    page = erased(node)
    assert page.alerts == ["Kryss av for at alt om deg skal slettes."]
    assert account(node)["email"] == EMAIL


def test_erasing_leaves_nothing_here_and_asks_the_others(node: Node) -> None:
    program = Program(node, "jonas")
    page = erased(node, sikker="1")
    assert page.alerts == [
        "Opplysningene om deg er slettet her, og du er logget ut.",
        "Vi har bedt Akershus og Trøndelag om det samme.",
    ]
    assert node.backend.directory._colleagues[JONAS]["name"] is None
    kept = account(node)
    assert kept["is_disabled"]
    assert EMAIL not in str(kept)
    assert "Jonas" not in str(kept)
    assert program.get("/me").status_code == 401
    browser = node.browser()
    assert browser.sign_in(EMAIL, eidskog.PASSWORD).status == 401


def test_when_the_directory_cannot_nothing_is_erased(node: Node) -> None:
    node.backend.failing["directory.erase_person"] = ServiceUnavailable()
    page = erased(node, sikker="1")
    assert page.alerts[0].startswith("Byttebanken får ikke gjort dette akkurat nå.")
    assert account(node)["email"] == EMAIL


def test_an_account_without_a_colleague_has_nothing_to_choose_and_can_still_be_erased(node: Node) -> None:
    with node.database.work() as work:
        storage.update_user(work.connection, node.users["per"].user_id, {"colleague_id": None})
    page = node.browser("per").get("/meg")
    assert "Lagre valget" not in page.buttons()
    assert json.loads(node.browser("per").get("/meg/alt-om-meg.json").text)["directory"] is None
    browser = node.browser("per")
    page = browser.press(browser.get("/meg"), "Slett", sikker="1")
    assert page.alerts == ["Opplysningene om deg er slettet her, og du er logget ut."]


def test_a_program_does_the_same(node: Node) -> None:
    program = Program(node, "jonas")
    choices = {"sharing": "county", "may_be_offered": False}
    path = f"{node.prefix}/api/v1/me/choices"
    answer = program.client.put(path, json=choices, headers=program.headers).json
    assert {name: answer[name] for name in choices} == choices
    answer = program.client.put(path, json={**choices, "sharing": "x"}, headers=program.headers)
    assert problem_of(answer, 422, "malformed")
    kept = program.get("/me/export").json
    assert kept["account"]["name"] == "Jonas Berg"
    assert kept["matching"]["reflections"] == []
    assert [one["person_id"] for one in kept["notify"]["notices"]] == [JONAS] * len(kept["notify"]["notices"])
    told = program.post("/me/erase").json["items"]
    assert [one["county"] for one in told] == ["innlandet", "akershus", "trondelag"]
    assert program.get("/me").status_code == 401
