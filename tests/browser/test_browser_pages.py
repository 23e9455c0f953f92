"""Every page, as everybody sees it, in light and dark, on a desktop and a phone: no barrier, nothing cut."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from accessibility import sideways_scrolling, violations
from cast import COUNTY_LIBRARY, JONAS, KARI, NEWCOMER, OPERATOR, Past, Somebody, colleague, library_called
from conftest import Visit
from crawl import Seen, crawl
from playwright.sync_api import Page, expect
from routes import page_endpoints
from served import Served
from visitor import DESKTOP, PHONE

READERS: dict[str, Somebody | None] = {
    "anyone": None,
    "manager": KARI,
    "colleague": JONAS,
    "county library": COUNTY_LIBRARY,
    "operator": OPERATOR,
    "newcomer": NEWCOMER,
}
"""The roles, and a library where nothing has happened yet."""
READER_OF_ALL = colleague("innlandet", "Tynset")
"""Somebody who reads one language after the other."""
PICTURES = Path(__file__).parents[2] / "artefacts" / "browser"
Looks = tuple[tuple[dict[str, int], str], ...]
EVERY_LOOK: Looks = ((DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "dark"), (PHONE, "light"))
TWO_LOOKS = (EVERY_LOOK[0], EVERY_LOOK[2])
"""For a page that looks as one that another reader has opened: each colour and each width once."""
PICTURED = (*EVERY_LOOK[:2], EVERY_LOOK[3])
TEXT_SIZE_PERCENT = 200

Faults = list[str]


@pytest.fixture(scope="module")
def looked_at() -> dict[object, str]:
    """The kinds of pages that have been looked at in this module, with their endpoints."""
    return {}


def look_at(page: Page, name: str, looks: Looks = EVERY_LOOK) -> Faults:
    """What was found on the open page; when it was looked at in every way, pictures are in `artefacts/`."""
    faults = []
    for window, scheme in looks:
        page.set_viewport_size(window)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        look = f"{name}-{window['width']}-{scheme}"
        faults += [f"{look}: {one}" for one in violations(page)]
        if sideways_scrolling(page):
            faults.append(f"{look}: scrolls sideways by {sideways_scrolling(page)} px")
        if looks == EVERY_LOOK and (window, scheme) in PICTURED:
            page.screenshot(path=PICTURES / f"{look}.png", full_page=True)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.evaluate("size => { document.documentElement.style.fontSize = size }", f"{TEXT_SIZE_PERCENT}%")
    if sideways_scrolling(page):
        faults.append(f"{name}: scrolls sideways with text of {TEXT_SIZE_PERCENT} %")
    return faults


def one_of_each(pages: list[Seen]) -> Iterator[tuple[str, Seen]]:
    """A page of each kind, with a name for its pictures."""
    kinds: dict[object, Seen] = {}
    for seen in pages:
        kinds.setdefault(seen.kind, seen)
    names: Counter[str] = Counter()
    for seen in kinds.values():
        words = re.sub(r"\W+", "-", f"{seen.endpoint} {seen.state}".lower()).strip("-")
        names[words] += 1
        yield f"{words}-{names[words]}", seen


@pytest.mark.parametrize("role", READERS)
def test_every_page_is_open_to_everybody(
    visit: Visit, served: Served, furnished: None, looked_at: dict[object, str], role: str
) -> None:
    reader = READERS[role]
    visitor, faults = visit(reader), []
    for name, seen in one_of_each(crawl(served, reader)):
        looks = TWO_LOOKS if seen.kind in looked_at else EVERY_LOOK
        faults += look_at(visitor.open(seen.url), f"{name}-{role.replace(' ', '-')}", looks)
        looked_at.setdefault(seen.kind, seen.endpoint)
    assert not faults, "\n".join(faults)


def test_no_page_has_been_left_out(looked_at: dict[object, str]) -> None:
    assert set(looked_at.values()) == page_endpoints()


def test_the_page_before_the_counties_and_pages_that_say_no(visit: Visit) -> None:
    visitor, faults = visit(), []
    visitor.watch.expected_statuses = {404}
    for name, path in (("front", "/"), ("front-no-page", "/finnes-ikke"), ("no-page", "/innlandet/x")):
        faults += look_at(visitor.open(f"{visitor.url}{path}"), name)
    assert not faults, "\n".join(faults)


def test_forms_with_faults_and_a_page_for_others(visit: Visit) -> None:
    visitor, faults = visit(JONAS), []
    visitor.watch.expected_statuses = {403, 422}
    faults += look_at(visitor.open("/drift"), "not-for-you")
    for path, button in (
        ("/be-om-hjelp", "Vis hvem som passer"),
        ("/tilby-en-dag", "Legg tilbudet på tavla"),
    ):
        visitor.open(path)
        visitor.press(button)
        assert visitor.page.title().startswith("Feil:")
        faults += look_at(visitor.page, f"faults-{path.strip('/')}")
    assert not faults, "\n".join(faults)


def test_what_a_letter_leads_to(visit: Visit, past: Past) -> None:
    library = library_called("innlandet", "Øyer")
    given = {"library_id": library.id, "name": "Randi Lund", "email": "randi@oyer.example"}
    invitation = past.client(COUNTY_LIBRARY).post("invitations", given)
    visitor, faults = visit(), []
    visitor.watch.expected_statuses = {404, 422}
    page = visitor.open("/postkasse")
    visitor.comes_to_see("randi@oyer.example")
    letter = page.locator("li").filter(has_text="randi@oyer.example").locator("pre").text_content() or ""
    (link,) = re.findall(r"\S+/bli-med/\S+", letter)
    faults += look_at(visitor.open(link), "join")
    page.get_by_text("Les hele avtalen").click()
    visitor.press("Bli med")
    visitor.sees("2 ting må rettes")
    faults += look_at(page, "join-faults")
    faults += look_at(visitor.open("/bli-med/x"), "join-ended", TWO_LOOKS)
    past.client(COUNTY_LIBRARY).post(f"invitations/{invitation['id']}/withdraw")
    assert not faults, "\n".join(faults)


def test_everything_that_is_folded_away_is_open_too(visit: Visit) -> None:
    visitor, faults = visit(KARI), []
    for path in ("/oversikt", "/tavle", "/konto", "/avtaler"):
        page = visitor.open(path)
        if path == "/avtaler":
            visitor.page.get_by_role("main").get_by_role("heading", level=3).get_by_role("link").first.click()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        faults += look_at(page, f"unfolded-{path.strip('/')}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("language", "name"), [("nn", "Nynorsk"), ("en", "English")])
def test_the_other_languages_fit_too(visit: Visit, language: str, name: str) -> None:
    visitor, faults = visit(READER_OF_ALL), []
    page = visitor.open("/meg")
    page.get_by_label(name).check()
    page.locator("form[action$='/meg/sprak']").get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    for path in ("/oversikt", "/tavle", "/be-om-hjelp", "/konto"):
        faults += look_at(visitor.open(path), f"{path}-{language}", TWO_LOOKS)
    page = visitor.open("/meg")
    page.get_by_label("Bokmål", exact=True).check()
    page.locator("form[action$='/meg/sprak']").get_by_role("button").click()
    assert not faults, "\n".join(faults)


def test_a_page_with_barriers_is_found_out(visit: Visit) -> None:
    """The control: were axe silent, or the look at a phone, all of the above would be green for nothing."""
    visitor = visit(KARI)
    page = visitor.open("/oversikt")
    page.evaluate(
        """() => {
        document.documentElement.removeAttribute('lang');
        document.querySelector('h1').style.color = '#e8e0d0';
        document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="/livez"><input>');
        document.querySelector('main').style.minWidth = '2000px'; }"""
    )
    found = violations(page)
    for rule in ("html-has-lang", "color-contrast", "image-alt", "label"):
        assert any(one.startswith(f"{rule}:") for one in found), rule
    assert sideways_scrolling(page) > 0


@pytest.mark.parametrize("path", ["/oversikt", "/tavle", "/be-om-hjelp", "/konto"])
def test_the_keyboard_reaches_everything_and_is_always_seen(visit: Visit, path: str) -> None:
    visitor = visit(KARI)
    page = visitor.open(path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hopp til innholdet"
    expected, reached, unseen = page.evaluate(REACHABLE), 1, []
    for _ in range(PARTS_OF_A_DATE * expected):
        page.keyboard.press("Tab")
        what, is_seen, has_moved = page.evaluate(FOCUSED)
        if what is None:
            break
        # Inside a date field the browser goes from part to part and shows it itself.
        reached += has_moved
        unseen += [what] if has_moved and not is_seen else []
    assert unseen == []
    assert reached == expected


PARTS_OF_A_DATE = 4
REACHABLE = """() =>
  [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(one => one.checkVisibility() && !(one.type === 'radio' && !one.checked)).length"""
"""How many things the keyboard can go to; of a group of radio buttons only the chosen one."""
FOCUSED = """() => {
  const one = document.activeElement, hasMoved = one !== window.lastFocused;
  window.lastFocused = one;
  if (one === document.body) return [null, true, false];
  const isSeen = [one, one.closest('ds-field') || one].some(shown => {
    const style = getComputedStyle(shown);
    return (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none'; });
  return [(one.id || one.textContent || one.tagName).trim().slice(0, 60), isSeen, hasMoved]; }"""
"""What has the focus, whether it is seen, and whether it is another thing than before."""


def test_on_paper_the_statement_stands_alone(visit: Visit) -> None:
    visitor = visit(KARI)
    page = visitor.open("/konto")
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").first.is_visible()
    assert not page.get_by_role("button", name="Logg ut").is_visible()
    assert page.get_by_text("skrevet ut").is_visible()
    assert page.get_by_role("table", name="Dager gitt og fått").is_visible()
    page.screenshot(path=PICTURES / "konto-print.png", full_page=True)
