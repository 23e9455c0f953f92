"""Whether it lives, whether it is ready, and the page before the counties."""

import eidskog
import pytest
from conftest import Node
from gateway_browser import Browser

from byttebank.contracts.refusals import ServiceUnavailable
from gateway.front import create_front
from gateway.settings import FrontCounty, SignIn, read_sign_ins, write_sign_ins

COUNTIES = [
    FrontCounty("innlandet", "Innlandet", "/innlandet/"),
    FrontCounty("more-og-romsdal", "Møre og Romsdal", "/m/"),
]
SIGN_INS = [
    SignIn("innlandet", "Eidskog", "Kari Moen", "library_manager", "kari@x.example", eidskog.PASSWORD)
]


def test_it_lives_and_is_ready_under_any_prefix(any_node: Node) -> None:
    browser = any_node.browser()
    assert browser.client.get(f"{any_node.prefix}/livez").json == {"status": "live"}
    assert browser.client.get(f"{any_node.prefix}/readyz").json == {"status": "ready"}


@pytest.mark.parametrize("service", ["directory", "ledger", "matching", "notify"])
@pytest.mark.parametrize("fault", [ServiceUnavailable(service="x"), RuntimeError("lost")])
def test_a_service_that_does_not_answer_is_named(node: Node, service: str, fault: Exception) -> None:
    node.backend.failing[service] = fault
    answer = node.browser().client.get(f"{node.prefix}/readyz")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json["missing"] == [service]
    assert "lost" not in answer.get_data(as_text=True)
    assert node.browser().client.get(f"{node.prefix}/livez").status_code == 200


def test_a_store_that_does_not_answer_is_named(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> None:
        raise OSError("disk")

    monkeypatch.setattr(node.database, "reading", lost)
    assert node.browser().client.get(f"{node.prefix}/readyz").json["missing"] == ["gateway"]


def test_the_front_lists_the_counties_and_the_ways_in() -> None:
    page = Browser(create_front(COUNTIES, True, SIGN_INS), "").get("/")
    assert page.title == "Bibliotek bytter arbeidsdager"
    links = {link.get_text(): link["href"] for link in page.soup.select("main a")}
    assert links == {"Innlandet": "/innlandet/", "Møre og Romsdal": "/m/"}
    assert "Kari Moen Eidskog, leder kari@x.example · ni bøker på hylla" in page.words
    assert page.headers["Content-Security-Policy"].startswith("default-src 'self'")


def test_the_front_shows_no_passwords_outside_the_demonstration() -> None:
    page = Browser(create_front(COUNTIES, False, SIGN_INS), "").get("/")
    assert eidskog.PASSWORD not in page.text


def test_the_front_has_words_for_what_is_not_there_and_its_own_files() -> None:
    browser = Browser(create_front(COUNTIES, False, ()), "")
    assert browser.get("/nothing").status == 404
    assert browser.get("/nothing").title == "Siden finnes ikke"
    assert browser.client.get("/livez").json == {"status": "live"}
    for link in browser.get("/").soup.select("link[href]"):
        assert browser.client.get(link["href"]).status_code == 200


def test_the_front_works_behind_a_path_of_its_own() -> None:
    page = Browser(create_front(COUNTIES, False, ()), "/bank").get("/")
    assert page.soup.select_one("main a")["href"] == "/bank/innlandet/"


def test_sign_ins_are_kept_in_a_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "sign-ins.json"
    assert read_sign_ins(path) == []
    write_sign_ins(path, SIGN_INS)
    assert read_sign_ins(path) == SIGN_INS
