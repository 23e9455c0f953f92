"""Signing in, staying signed in, coming back to where one was, signing out."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import eidskog
import pytest
from conftest import Node, make_node
from gateway_browser import Browser

from byttebank.clock import FixedClock
from byttebank.storage.work import Database
from gateway import storage
from gateway.accounts import MAX_ATTEMPTS, add_user

pytestmark = pytest.mark.simulation
"""Takes seconds: passwords are hashed as slowly as in earnest."""

ASK = "/be-om-hjelp"


def cookie(node: Node, browser: Any) -> Any:
    """The one cookie, wherever it is kept."""
    (found,) = browser.client._cookies.values()
    return found


def signed_in(node: Node, who: str) -> Browser:
    """A browser whose owner has filled in the form."""
    browser = node.browser()
    assert browser.sign_in(node.users[who].email, eidskog.PASSWORD).status == 200
    return browser


def test_one_signs_in_and_out_under_any_prefix(any_node: Node) -> None:
    browser = signed_in(any_node, "kari")
    page = browser.get("/oversikt")
    assert page.title == "God morgen, Kari"
    out = browser.press(page, "Logg ut")
    assert out.alerts == ["Du er logget ut."]
    assert browser.get("/oversikt").title == "Logg inn"


def test_the_cookie_belongs_to_this_county_and_is_out_of_reach_of_scripts(any_node: Node) -> None:
    browser = signed_in(any_node, "kari")
    kept = cookie(any_node, browser)
    assert kept.key == "byttebank-innlandet"
    assert kept.path == (any_node.prefix or "/")
    assert kept.http_only
    assert kept.same_site == "Lax"


def test_over_https_the_cookie_is_tied_to_the_host(database: Database, clock: FixedClock) -> None:
    node = make_node(database, clock, "/innlandet", public_url="https://bank.example/innlandet")
    answer = node.app.test_client().get("/logg-inn")
    header = answer.headers["Set-Cookie"]
    assert header.startswith("__Host-byttebank-innlandet=")
    assert "Secure" in header
    assert "Path=/" in header
    assert "Domain" not in header
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_a_wrong_password_is_said_at_the_field_and_the_address_is_kept(node: Node) -> None:
    browser = node.browser()
    page = browser.sign_in("kari@bibliotek.example", "feil passord")
    assert page.status == 401
    assert page.soup.find("title").get_text().startswith("Feil:")
    assert (
        page.soup.find(id="passord-feil").get_text()
        == "E-postadressen og passordet hører ikke sammen. Prøv igjen."
    )
    assert page.soup.find(id="passord")["aria-invalid"] == "true"
    assert page.soup.find(id="epost")["value"] == "kari@bibliotek.example"
    assert not page.soup.find(id="passord").has_attr("value")
    assert page.soup.find(id="feil").find("a")["href"] == "#passord"


def test_empty_fields_are_said_one_by_one(node: Node) -> None:
    page = node.browser().sign_in("", "")
    assert page.status == 422
    assert page.soup.find(id="epost-feil").get_text() == "Fyll ut «E-post»."
    assert page.soup.find(id="feiltittel").get_text() == "2 ting må rettes"


def test_too_many_attempts_wait(node: Node) -> None:
    browser = node.browser()
    for _ in range(MAX_ATTEMPTS):
        browser.sign_in("kari@bibliotek.example", "feil passord")
    page = browser.sign_in("kari@bibliotek.example", eidskog.PASSWORD)
    assert page.status == 429
    assert "Det har vært mange forsøk. Vent til kl. 08.29." in page.words


def test_the_session_is_a_new_one_after_signing_in(node: Node) -> None:
    browser = signed_in(node, "kari")
    first = cookie(node, browser).value
    browser.press(browser.get("/oversikt"), "Logg ut")
    browser.sign_in("kari@bibliotek.example", eidskog.PASSWORD)
    assert cookie(node, browser).value != first
    with node.database.reading() as work:
        assert len(work.connection.execute(storage.sessions.select()).all()) == 1


def test_a_cookie_from_before_signing_out_opens_nothing(node: Node) -> None:
    browser = signed_in(node, "kari")
    kept = cookie(node, browser)
    browser.press(browser.get("/oversikt"), "Logg ut")
    browser.client.set_cookie(kept.key, kept.value, path=kept.path, domain="localhost")
    assert browser.get("/oversikt").title == "Logg inn"


def test_a_cookie_somebody_else_signed_opens_nothing(
    node: Node, database: Database, clock: FixedClock
) -> None:
    other = make_node(database, clock, "/innlandet", secret_key=b"z" * 32)
    kept = cookie(node, signed_in(node, "kari"))
    browser = other.browser()
    browser.client.set_cookie(kept.key, kept.value, path=kept.path, domain="localhost")
    assert browser.get("/oversikt").title == "Logg inn"


def test_whoever_is_not_signed_in_comes_back_to_where_one_was(any_node: Node) -> None:
    browser = any_node.browser()
    page = browser.get("/tavle?vis=needs&reise=100")
    assert page.title == "Logg inn"
    there = browser.press(page, "Logg inn", epost="kari@bibliotek.example", passord=eidskog.PASSWORD)
    assert there.url == f"{any_node.prefix}/tavle?vis=needs&reise=100"


def test_when_the_session_has_ended_one_is_told_and_comes_back(node: Node, clock: FixedClock) -> None:
    browser = signed_in(node, "kari")
    form = browser.get(ASK)
    clock.move_to(clock.now() + timedelta(hours=9))
    page = browser.press(form, "Vis hvem som passer", hva="Hjelp")
    assert page.title == "Logg inn"
    assert page.alerts == ["Du er logget ut fordi det har gått en stund. Logg inn, så kommer du tilbake hit."]
    there = browser.press(page, "Logg inn", epost="kari@bibliotek.example", passord=eidskog.PASSWORD)
    assert there.url == node.prefix + ASK
    assert node.backend.asked("directory.create_request") == []


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "/" + "x" * 3000,
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(node: Node, elsewhere: str) -> None:
    browser = node.browser()
    there = browser.sign_in(
        "kari@bibliotek.example", eidskog.PASSWORD, f"/logg-inn?neste={quote(elsewhere, safe='')}"
    )
    assert there.url == f"{node.prefix}/oversikt"


def test_a_form_without_its_token_is_turned_down(node: Node) -> None:
    browser = signed_in(node, "kari")
    page = browser.post("/be-om-hjelp", {"hva": "x"})
    assert page.status == 400
    assert "Åpne den på nytt" in page.words
    assert node.backend.asked("directory.create_request") == []


def test_a_token_from_another_browser_does_not_count(node: Node) -> None:
    theirs = signed_in(node, "siri").get(ASK).soup.find("input", {"name": "csrf_token"})["value"]
    page = signed_in(node, "kari").post(ASK, {"csrf_token": theirs, "hva": "x"})
    assert page.status == 400


def test_a_sign_in_form_that_is_too_old_is_shown_again(node: Node) -> None:
    browser = node.browser()
    page = browser.post("/logg-inn", {"epost": "kari@bibliotek.example", "passord": eidskog.PASSWORD})
    assert page.title == "Logg inn"
    assert page.alerts == ["Siden hadde stått åpen for lenge. Prøv igjen."]


def test_a_new_role_means_signing_in_again(node: Node) -> None:
    browser = signed_in(node, "kari")
    kari = node.users["kari"]
    with node.database.work() as work:
        add_user(
            work,
            user_id=kari.user_id,
            email=kari.email,
            name=kari.name,
            password_hash="$argon2id$changed",
            role="colleague",
            library_id=kari.library_id,
            colleague_id=kari.colleague_id,
        )
    assert browser.get("/oversikt").title == "Logg inn"


def test_the_demonstration_signs_in_with_one_press(node: Node) -> None:
    browser = node.browser()
    page = browser.press(browser.get("/"), "Logg inn som Jonas")
    assert page.title == "God morgen, Jonas"
    assert browser.get("/logg-inn").url == f"{node.prefix}/oversikt"


@pytest.mark.parametrize(
    "email", ["k\x00ri@x.example", "\ud800@x.example".encode("utf-8", "surrogatepass").decode("latin-1")]
)
def test_an_address_that_is_no_text_is_only_wrong(node: Node, email: str) -> None:
    assert node.browser().sign_in(email, "et passord\x00").status == 401
