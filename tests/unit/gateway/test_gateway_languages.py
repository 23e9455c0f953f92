"""In which language one reads: before signing in, as a person, at a library, as a program."""

from typing import Any

import eidskog
import pytest
from conftest import Node, make_node
from gateway_browser import Browser

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import ServiceUnavailable
from byttebank.storage.work import Database
from gateway.front import create_front
from gateway.settings import FrontCounty

EIDSKOG = eidskog.library("Eidskog")
OWN_PAGE = f"/bibliotek/{EIDSKOG}"
SIGN_IN = {"nb": "Logg inn", "nn": "Logg inn", "en": "Sign in"}
ABOUT = {"nb": "Om byttebanken", "nn": "Om byttebanken", "en": "About Byttebank"}


def language_of(page: Any) -> str:
    return str(page.soup.html["lang"])


def asking(header: str) -> dict[str, Any]:
    return {"headers": {"Accept-Language": header}}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("nn", "nn"),
        ("nn-NO,nn;q=0.9,nb;q=0.8", "nn"),
        ("nb-NO,nb;q=0.9,no;q=0.8,nn;q=0.6,en-US;q=0.5,en;q=0.4", "nb"),
        ("no,en;q=0.5", "nb"),
        ("en-GB,en;q=0.9,nb;q=0.5", "en"),
        ("en-US", "en"),
        ("sv-SE,sv;q=0.9,en;q=0.8", "en"),
        ("de,en;q=0", "nb"),
        ("se, nn;q=0.1, nb;q=0.2", "nb"),
        ("*", "nb"),
        ("", "nb"),
        (";;;q=x", "nb"),
    ],
)
def test_before_signing_in_one_reads_as_the_browser_asks(node: Node, header: str, language: str) -> None:
    page = node.browser().get("/om", **asking(header))
    assert (language_of(page), page.title) == (language, ABOUT[language])
    assert page.headers["Content-Language"] == language


def test_a_county_may_have_another_language_for_those_who_ask_for_none(node: Node) -> None:
    node.backend.directory._county["language"] = "nn"
    assert language_of(node.browser().get("/om")) == "nn"
    node.backend.directory._county["language"] = "se"
    assert language_of(make_node_again(node).browser().get("/om")) == "nb"


def make_node_again(node: Node) -> Node:
    """The same gateway, having forgotten what things are called."""
    from gateway.here import EXTENSION

    node.app.extensions[EXTENSION].names._kept.clear()
    return node


def test_a_choice_is_visible_on_every_open_page_and_is_kept(any_node: Node) -> None:
    browser = any_node.browser()
    for path in ("/", "/om", "/bibliotek?q=grue", "/logg-inn", "/postkasse", "/finnes-ikke"):
        page = browser.get(path, **asking("nb"))
        (choice,) = page.soup.select("footer nav")
        links = choice.find_all("a")
        assert [(one.get_text(), one["lang"], one["hreflang"]) for one in links] == [
            ("Bokmål", "nb", "nb"),
            ("Nynorsk", "nn", "nn"),
            ("English", "en", "en"),
        ]
        assert [one["lang"] for one in links if one.has_attr("aria-current")] == ["nb"]
    found = browser.get("/bibliotek?q=grue&sprak=nb")
    chosen = browser.follow(found.soup.select_one("footer nav a[lang=en]")["href"], found.url)
    assert (language_of(chosen), chosen.title) == ("en", "Who takes part")
    assert [one.get_text() for one in chosen.soup.select("main li h2")] == ["Grue bibliotek"]
    later = browser.get("/om", **asking("nb"))
    assert later.title == "About Byttebank"
    assert browser.get("/om?sprak=nn", **asking("nb")).title == "Om byttebanken"
    assert language_of(browser.get("/om")) == "nn"


def test_a_choice_that_is_none_changes_nothing(node: Node) -> None:
    browser = node.browser()
    for path in ("/om?sprak=xx", "/om?sprak=", "/om?sprak=../../etc"):
        page = browser.get(path, **asking("en"))
        assert language_of(page) == "en"
        assert "Set-Cookie" not in page.headers
    browser.client.set_cookie("byttebank-language", "xx")
    assert language_of(browser.get("/om")) == "nb"


@pytest.mark.parametrize(
    ("address", "is_secure"), [("https://bank.example", True), ("http://localhost", False)]
)
def test_the_choice_is_kept_in_a_cookie_of_a_year_that_scripts_do_not_see(
    database: Database, clock: FixedClock, address: str, is_secure: bool
) -> None:
    node = make_node(database, clock, "", public_url=address)
    cookie = node.browser().get("/om?sprak=nn").headers["Set-Cookie"]
    assert cookie.startswith("byttebank-language=nn;")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert ("Secure" in cookie) == is_secure


def test_a_person_chooses_once_and_reads_so_everywhere(node: Node) -> None:
    browser = node.browser("jonas")
    page = browser.follow(browser.get("/oversikt").soup.select_one(".bb-me-who")["href"], "")
    assert (page.title, language_of(page)) == ("Jonas Berg", "nb")
    assert page.soup.find("input", {"name": "sprak", "checked": True})["value"] == ""
    assert "Som biblioteket (Bokmål)" in page.words
    changed = browser.press(page, "Lagre", sprak="en")
    assert changed.alerts == ["The language is changed."]
    assert language_of(changed) == "en"
    assert changed.soup.find("input", {"name": "sprak", "checked": True})["value"] == "en"
    assert browser.get("/oversikt").words.startswith("Monday 23 November")
    told = node.backend.calls[-20:]
    assert ("directory.set_colleague_language") in [call[0] for call in told]
    assert node.backend.directory._colleagues[eidskog.colleague("Jonas Berg")]["language"] == "en"
    elsewhere = node.browser("jonas").get("/avtaler", **asking("nn"))
    assert (language_of(elsewhere), elsewhere.title) == ("en", "Engagements")
    assert language_of(node.browser("kari").get("/avtaler")) == "nb"


def test_the_page_to_sign_in_speaks_the_persons_language_the_next_time(node: Node) -> None:
    browser = node.browser("jonas")
    browser.press(browser.get("/meg"), "Lagre", sprak="nn")
    out = browser.press(browser.get("/meg"), "Logg ut")
    assert (language_of(out), out.alerts) == ("nn", ["Du er logga ut."])
    back = browser.sign_in(node.users["jonas"].email, eidskog.PASSWORD)
    assert language_of(back) == "nn"
    browser.press(browser.get("/meg"), "Lagre", sprak="")
    assert language_of(browser.get("/oversikt")) == "nb"
    assert browser.client.get_cookie("byttebank-language") is None


def test_who_has_not_chosen_reads_what_the_manager_chose_for_the_library(node: Node) -> None:
    manager, colleague = node.browser("kari"), node.browser("jonas")
    assert manager.press(manager.get(OWN_PAGE), "Lagre", sprak="nn").alerts == ["Språket er endra."]
    assert manager.get(OWN_PAGE).soup.select_one("#sprak option[selected]")["value"] == "nn"
    assert language_of(colleague.get("/oversikt")) == "nn"
    assert language_of(node.browser("siri").get("/oversikt")) == "nb"
    assert "Som biblioteket (Nynorsk)" in colleague.get("/meg").words
    colleague.press(colleague.get("/meg"), "Lagre", sprak="nb")
    assert language_of(colleague.get("/oversikt")) == "nb"
    assert manager.press(manager.get(OWN_PAGE), "Lagre", sprak="").alerts == ["Språket er endret."]


def test_a_choice_made_before_signing_in_counts_for_somebody_who_has_none(node: Node) -> None:
    browser = node.browser()
    browser.get("/om?sprak=en")
    page = browser.press(
        browser.get("/logg-inn"), "Sign in", epost=node.users["jonas"].email, passord=eidskog.PASSWORD
    )
    assert language_of(page) == "en"
    assert language_of(node.browser("jonas").get("/oversikt")) == "nb"


def test_only_the_manager_may_choose_for_the_library(node: Node) -> None:
    for who in ("jonas", "siri"):
        browser = node.browser(who)
        assert "Språk" not in browser.get(OWN_PAGE).words
        form = {"csrf_token": token_of(browser), "sprak": "nn"}
        page = browser.post(f"{OWN_PAGE}/sprak", form)
        assert page.status == 403 or page.alerts == ["Dette kan lederen gjøre. Spør hos dere."], page.words
    assert node.backend.directory._libraries[EIDSKOG].get("language") is None


def token_of(browser: Browser) -> str:
    return str(browser.get("/meg").soup.find("input", {"name": "csrf_token"})["value"])


@pytest.mark.parametrize("path", ["/meg/sprak", f"{OWN_PAGE}/sprak"])
def test_a_language_we_do_not_have_is_turned_down_in_words(node: Node, path: str) -> None:
    browser = node.browser("kari")
    page = browser.post(path, {"csrf_token": token_of(browser), "sprak": "se"})
    assert page.alerts == ["Velg et av språkene."]


def test_while_the_directory_is_down_nothing_is_chosen_and_it_is_said(node: Node) -> None:
    browser = node.browser("jonas")
    page = browser.get("/meg")
    node.backend.failing["directory.set_colleague_language"] = ServiceUnavailable(service="directory")
    answer = browser.press(page, "Lagre", sprak="en")
    assert answer.alerts[0].startswith("Byttebanken får ikke gjort dette akkurat nå.")
    assert language_of(browser.get("/oversikt")) == "nb"


def test_a_person_without_a_colleague_in_the_directory_chooses_too(node: Node) -> None:
    node.backend.directory._colleagues.pop(eidskog.colleague("Jonas Berg"))
    browser = node.browser("jonas")
    assert language_of(browser.press(browser.get("/meg"), "Lagre", sprak="en")) == "en"


def program_of(node: Node, who: str) -> tuple[Any, dict[str, str]]:
    client = node.browser().client
    given = {"email": node.users[who].email, "password": eidskog.PASSWORD}
    token = client.post(f"{node.prefix}/api/v1/tokens", json=given).json["token"]
    return client, {"Authorization": f"Bearer {token}"}


def test_a_program_reads_as_it_asks_else_as_its_person(node: Node) -> None:
    client, headers = program_of(node, "jonas")
    missing = f"{node.prefix}/api/v1/libraries/{'0' * 8}-0000-4000-8000-{'0' * 12}"
    said = {
        "nb": "Siden finnes ikke, eller den er ikke delt med biblioteket ditt.",
        "nn": "Sida finst ikkje, eller ho er ikkje delt med biblioteket ditt.",
        "en": "The page does not exist, or is not shared with your library.",
    }
    for asked, language in (("", "nb"), ("nn", "nn"), ("en-GB, nb;q=0.5", "en"), ("de", "nb")):
        answer = client.get(missing, headers={**headers, "Accept-Language": asked})
        assert answer.json["title"] == said[language]
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]
    chosen = client.put(f"{node.prefix}/api/v1/me/language", json={"language": "nn"}, headers=headers)
    assert chosen.json["language"] == "nn"
    assert client.get(missing, headers=headers).json["title"] == said["nn"]
    assert client.get(missing, headers={**headers, "Accept-Language": "en"}).json["title"] == said["en"]


def test_a_program_that_is_nobody_asks_the_services_nothing(node: Node) -> None:
    client = node.browser().client
    for path in ("/api/v1/county", "/livez", "/readyz", "/static/byttebank.css"):
        node.backend.calls.clear()
        answer = client.get(node.prefix + path)
        assert not [call for call in node.backend.calls if call[0] == "directory.get_library"]
        if path.startswith("/api"):
            assert node.backend.calls == []
            assert answer.headers["Content-Language"] == "nb"
    answer = client.get(f"{node.prefix}/api/v1/county", headers={"Accept-Language": "en"})
    assert answer.json["title"] == "Sign in first"


def test_what_a_page_can_choose_a_program_can(node: Node) -> None:
    client, headers = program_of(node, "kari")
    root = f"{node.prefix}/api/v1"
    me = client.get(f"{root}/me", headers=headers).json
    assert (me["name"], me["role"], me["language"]) == ("Kari Moen", "library_manager", None)
    path = f"{root}/libraries/{EIDSKOG}/language"
    assert client.put(path, json={"language": "nn"}, headers=headers).json["language"] == "nn"
    assert language_of(node.browser("jonas").get("/oversikt")) == "nn"
    assert client.put(path, json={"language": None}, headers=headers).json["language"] is None
    for given in ({"language": "se"}, {}, {"language": 1}):
        answer = client.put(path, json=given, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (422, "malformed")
    other, theirs = program_of(node, "jonas")
    answer = other.put(path, json={"language": "en"}, headers=theirs)
    assert (answer.status_code, answer.json["code"]) == (403, "not_your_role")


def test_the_title_of_a_problem_is_its_whole_first_sentence(node: Node) -> None:
    client, headers = program_of(node, "kari")
    past = {
        "skills": ["cataloguing"],
        "first_on": "2026-11-20",
        "last_on": "2026-11-24",
        "days": 1,
        "host_contact_id": eidskog.colleague("Kari Moen"),
    }
    for language, title in (
        ("nb", "Fredag 20. november har vært."),
        ("en", "Friday 20 November has passed."),
    ):
        answer = client.post(
            f"{node.prefix}/api/v1/requests", json=past, headers={**headers, "Accept-Language": language}
        )
        assert answer.json["title"] == title


def test_the_page_before_the_counties_is_in_the_readers_language_too() -> None:
    browser = Browser(create_front([FrontCounty("innlandet", "Innlandet", "/innlandet/")], True), "")
    assert browser.get("/").title == "Bibliotek bytter arbeidsdager"
    assert browser.get("/", **asking("en")).title == "Libraries swap workdays"
    page = browser.get("/?sprak=nn")
    assert (page.title, language_of(page)) == ("Bibliotek byter arbeidsdagar", "nn")
    assert browser.get("/finnes-ikke").words.startswith("Sida finst ikkje")
