"""Pages under any prefix: every link leads somewhere, every form works without a script."""

import re
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

import eidskog
import pytest
from conftest import Node, make_node
from fake_service import an_id
from gateway_browser import HOST, Page

from byttebank.contracts.refusals import ServiceUnavailable, UnknownOutcome

pytestmark = pytest.mark.simulation
"""Every page is opened for everybody."""

OWN_REQUEST = f"/foresporsler/{an_id('300 lokalhistoriske hefter må katalogiseres før jul')}"
PAGES = [
    "/",
    "/om",
    "/problemer",
    "/bibliotek",
    "/bibliotek?q=grue",
    "/postkasse",
    "/oversikt",
    "/tavle",
    "/tavle?vis=needs&ferdighet=weeding&fylke=innlandet&reise=100",
    "/kartlegging",
    "/kartlegging?ferdighet=weeding",
    "/be-om-hjelp",
    "/tilby-en-dag",
    OWN_REQUEST,
    f"/foresporsler/{an_id('Kassering i fagavdelingen')}",
    f"/tilbud/{an_id('offer Trine Solheim')}",
    f"/tilbud/{an_id('offer Liv Stav')}",
    f"/tilbud/{an_id('offer Jonas Berg')}",
    "/avtaler",
    *[f"/avtaler/{an_id(f'engagement {key}')}" for key in ("grue", "nes", "tolga", "hamar", "stjordal")],
    "/konto",
    "/varsler",
    "/vandring",
    "/refleksjoner",
    f"/bibliotek/{eidskog.library('Eidskog')}",
    f"/bibliotek/{eidskog.library('Grue')}",
]


def check_well_formed(page: Page) -> None:
    """What must not change (the reference's list), and nothing said in code."""
    assert page.status == 200, (page.url, page.words)
    assert len(page.soup.find_all("h1")) == 1
    levels = [int(one.name[1]) for one in page.soup.find_all(re.compile(r"h[1-6]"))]
    assert all(after - before <= 1 for before, after in pairwise(levels)), (
        page.url,
        levels,
    )
    ids = [one["id"] for one in page.soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), (page.url, [one for one in ids if ids.count(one) > 1])
    for field in page.soup.select("main input:not([type=hidden]), main select, main textarea"):
        assert page.soup.find("label", {"for": field["id"]}), (page.url, field)
    for described in page.soup.find_all(attrs={"aria-describedby": True}):
        assert set(described["aria-describedby"].split()) <= set(ids)
    for labelled in page.soup.find_all(attrs={"aria-labelledby": True}):
        assert set(labelled["aria-labelledby"].split()) <= set(ids), page.url
    for table in page.soup.find_all("table"):
        assert table.find("caption")
    for plain in page.soup.select("ul.bb-plain, ol.bb-plain"):
        assert plain.get("role") == "list"
    assert not re.search(r"\{[a-z_]+\}|half_days|None|undefined", page.words), page.words
    assert ".." not in page.words.replace(". .", ".."), page.words


@pytest.mark.parametrize("who", ["kari", "jonas", "siri", "ingrid", "per"])
def test_every_page_stands_for_every_reader(node: Node, who: str) -> None:
    browser = node.browser(who)
    for path in PAGES:
        page = browser.get(path)
        is_others = ("/avtaler/" in path or path == OWN_REQUEST) and page.status == 404
        if not is_others:
            check_well_formed(page)


def test_every_link_leads_to_a_page_of_ours_under_any_prefix(any_node: Node) -> None:
    browser = any_node.browser("kari")
    waiting, seen = [any_node.prefix + path for path in PAGES], set()
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        page = browser.follow(url, url)
        assert page.status == 200, (url, page.status)
        if page.headers["Content-Type"].partition(";")[0] != "text/html":
            continue
        for link in page.soup.select("a[href], link[href], script[src]"):
            href = link.get("href") or link.get("src")
            if href.startswith(("#", "mailto:")):
                assert href.startswith("mailto:") or page.soup.find(id=href[1:]), (url, href)
                continue
            parts = urlsplit(urljoin(HOST + url, href))
            assert parts.netloc == "localhost", href
            assert parts.path.startswith(f"{any_node.prefix}/"), (url, href)
            waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        for form in page.soup.find_all("form"):
            assert str(form["action"]).startswith(f"{any_node.prefix}/"), (url, form["action"])
    assert len(seen) > 40


def test_a_visitor_reads_what_is_public_and_nothing_else(node: Node) -> None:
    browser = node.browser()
    for path in PAGES:
        page = browser.get(path)
        is_public = path in ("/", "/om", "/problemer", "/postkasse") or path.startswith("/bibliotek?")
        if is_public or path == "/bibliotek":
            check_well_formed(page)
            assert "Jonas Berg" not in page.words or path == "/"
        else:
            assert page.title == "Logg inn", path


def test_the_first_page_answers_the_three_questions(node: Node) -> None:
    page = node.browser("kari").get("/oversikt")
    assert page.title == "God morgen, Kari"
    tasks = [one.get_text(" ", strip=True) for one in page.soup.select("[aria-labelledby=naa] h3")]
    assert tasks == [
        "Grue spør om Jonas Berg kan hjelpe",
        "Tolga spør om Jonas Berg kan hjelpe",
        "Ble dagen hos Nes gjennomført?",
    ]
    filled = page.soup.select("[aria-labelledby=naa] .ds-button:not([data-variant])")
    assert len(filled) == 1
    agreed = [one.get_text(" ", strip=True) for one in page.soup.select("[aria-labelledby=avtalt] h3")]
    assert agreed == ["Hamar hjelper oss", "Ringsaker hjelper oss", "Vi hjelper Stjørdal"]
    panel = page.soup.select_one("[aria-labelledby=staar]")
    assert panel is not None
    words = " ".join(panel.get_text(" ", strip=True).replace("\u00a0", " ").split())
    assert words.startswith("Hvordan står vi Dere kan be om 4 dager nå")
    assert "2 dager er satt av: Hamar tor. 3. des. og Ringsaker tir. 8. des." in words
    assert len(panel.select(".bb-days .bb-free")) == 4
    assert len(panel.select(".bb-days .bb-box")) == 2


def test_a_colleague_is_asked_as_herself(node: Node) -> None:
    page = node.browser("jonas").get("/oversikt")
    tasks = [one.get_text(" ", strip=True) for one in page.soup.select("[aria-labelledby=naa] h3")]
    assert tasks == ["Kan du hjelpe Tolga?", "Ble dagen hos Nes gjennomført?"]


@pytest.mark.parametrize("fault", [ServiceUnavailable(service="x"), UnknownOutcome()])
@pytest.mark.parametrize("service", ["ledger", "matching", "notify"])
def test_a_service_that_is_down_takes_away_its_own_answer_only(
    node: Node, service: str, fault: Exception
) -> None:
    browser = node.browser("kari")
    node.backend.failing[service] = fault
    page = browser.get("/oversikt")
    check_well_formed(page)
    assert ("Dere kan be om" in page.words) == (service != "ledger")
    assert ("Hamar hjelper oss" in page.words) == (service != "matching")


def test_a_page_that_needs_the_service_says_so_in_plain_words(node: Node) -> None:
    browser = node.browser("kari")
    node.backend.failing["directory.board"] = ServiceUnavailable(service="directory")
    page = browser.get("/tavle")
    assert page.status == 503
    assert "Ingenting er endret. Prøv igjen om litt." in page.words


def test_a_fault_of_ours_shows_no_traceback_and_no_secret(node: Node) -> None:
    browser = node.browser("kari")
    node.backend.failing["directory.board"] = RuntimeError("password=hunter2")
    page = browser.get("/tavle")
    assert page.status == 500
    assert page.title == "Noe gikk galt hos oss"
    assert "hunter2" not in page.text
    assert "Traceback" not in page.text


@pytest.mark.parametrize(
    "path", ["/finnes-ikke", "/avtaler/x", f"/avtaler/{an_id('nobody')}", "/foresporsler/1"]
)
def test_what_does_not_exist_is_said_in_plain_words(node: Node, path: str) -> None:
    page = node.browser("kari").get(path)
    assert page.status == 404
    assert page.title == "Siden finnes ikke"


def test_the_wrong_method_says_which_are_right(node: Node) -> None:
    page = node.browser("kari").get("/logg-ut")
    assert page.status == 405
    assert "POST" in page.headers["Allow"]


def test_other_libraries_agreements_are_not_shown(node: Node) -> None:
    browser = node.browser("siri")
    assert browser.get(f"/avtaler/{an_id('engagement hamar')}").status == 404
    assert browser.get(f"/avtaler/{an_id('engagement grue')}").status == 200


def test_the_operators_page_is_for_the_county_and_operators(node: Node) -> None:
    assert node.browser("kari").get("/drift").status == 403
    for who in ("per", "ingrid"):
        page = node.browser(who).get("/drift")
        check_well_formed(page)
        assert page.title == "Én forbindelse venter. Ingenting er tapt."
        assert "Bøkene går i null, kl. 08.14." in page.words
        rows = [
            row.get_text(" ", strip=True) for row in page.soup.select("[aria-labelledby=lenker] tbody tr")
        ]
        assert "Akershus" in rows[0]
        assert "Åpen" in rows[0]
        assert "Venter på svar" in rows[1]


def test_books_that_are_not_in_balance_are_not_called_so(node: Node) -> None:
    balance = node.backend.ledger.trial_balance()
    node.backend.ledger.trial_balance = lambda: {**balance, "imbalance_half_days": 1}
    page = node.browser("per").get("/drift")
    assert page.title == "Bøkene går ikke i null"
    assert "byttebank ledger verify" in page.words
    assert "går ikke i null" in node.browser().get("/om").words


def test_the_mailbox_is_for_the_demonstration(node: Node, database, clock) -> None:  # type: ignore[no-untyped-def]
    assert "Svar innen mandag 30. november." in node.browser().get("/postkasse").words
    real = make_node(database, clock, "/innlandet", is_demo=False)
    page = real.browser().get("/")
    assert real.browser().get("/postkasse").status == 404
    assert "Postkassen" not in page.text
    assert eidskog.PASSWORD not in page.text
    assert eidskog.PASSWORD not in real.browser().get("/logg-inn").text


def test_libraries_are_found_by_name_and_page_by_page(node: Node) -> None:
    browser = node.browser()
    names = [one.get_text() for one in browser.get("/bibliotek?q=grue").soup.select("main h2")]
    assert names == ["Grue bibliotek"]
    assert "Prøv et kortere ord" in browser.get("/bibliotek?q=zzz").words


def test_names_show_as_far_as_their_owners_chose(node: Node) -> None:
    page = node.browser("siri").get(f"/bibliotek/{eidskog.library('Eidskog')}")
    assert "Jonas Berg" not in page.words
    assert "2 kolleger viser ikke navnet sitt her." in page.words
    own = node.browser("kari").get(f"/bibliotek/{eidskog.library('Eidskog')}")
    assert "Jonas Berg" in own.words


def test_a_notice_is_read_once_and_leads_to_what_it_is_about(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get("/varsler")
    assert page.words.count("Nytt") == 2
    there = browser.press(page, "Se avtalen")
    assert there.title == "Vi hjelper Grue"
    assert browser.get("/varsler").words.count("Nytt") == 1


def test_security_headers_are_on_every_answer(node: Node) -> None:
    browser = node.browser("kari")
    for path in ("/", "/oversikt", "/nope", "/static/byttebank.css", "/api/v1/county", "/openapi.json"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'; img-src 'self' data:;"), path
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        is_static = path.startswith("/static")
        assert ("no-store" in headers["Cache-Control"]) != is_static, path


def test_a_form_that_is_too_long_is_turned_down_in_words(node: Node) -> None:
    page = node.browser("kari").post("/be-om-hjelp", {"hva": "x" * 70_000})
    assert page.status == 413
    assert page.title == "Det er for langt"


def test_own_words_stay_as_typed_and_are_never_markup(node: Node) -> None:
    words = "<b>Hei</b> & «god» {name} {{ 7*7 }} <script>alert(1)</script>\n  linje to"
    browser = node.browser("kari")
    page = browser.get("/be-om-hjelp")
    made = browser.press(
        page, "Vis hvem som passer", hva=words, kunnskap="weeding", fra="2026-12-01", til="2026-12-02"
    )
    assert made.status == 200
    sent = node.backend.asked("directory.create_request")[-1][1][0]
    assert sent["own_words"].replace("\r\n", "\n") == words
    shown = made.soup.select_one(".bb-words")
    assert shown is not None
    assert shown.get_text().replace("\r\n", "\n") == words
    assert "<script>alert" not in made.text
    assert "49" not in shown.get_text()


def test_a_name_with_markup_is_only_a_name(node: Node) -> None:
    library = node.backend.directory._libraries[eidskog.library("Grue")]
    library["short_name"] = library["name"] = '"><img src=x onerror=alert(1)>'
    browser = node.browser("kari")
    for path in (
        "/oversikt",
        "/tavle",
        "/avtaler",
        "/konto",
        f"/avtaler/{an_id('engagement grue')}",
        "/bibliotek",
    ):
        assert "<img" not in browser.get(path).text, path


def test_what_is_told_to_the_person_too_is_not_told_twice(node: Node) -> None:
    library = node.backend.notify._notices[0]
    own = {**library, "id": an_id("own"), "person_id": eidskog.colleague("Jonas Berg")}
    node.backend.notify._notices.insert(0, own)
    subject = "Forslag: Tolga onsdag 9. desember"
    assert node.browser("jonas").get("/varsler").words.count(subject) == 1
    assert node.browser("kari").get("/varsler").words.count(subject) == 1
