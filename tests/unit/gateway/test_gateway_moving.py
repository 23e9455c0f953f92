"""An agreed day is moved from its page: asked for, answered, and never half."""

from api_program import Program
from conftest import Node
from fake_service import an_id
from gateway_browser import Browser, Page

PATH = f"/avtaler/{an_id('engagement grue')}"
NEW = "2026-12-03"


def agree(node: Node) -> Browser:
    """Kari says yes to Jonas' visit of Thursday 26 November."""
    kari = node.browser("kari")
    kari.press(kari.get(PATH), "Ja, det passer")
    return kari


def ask(browser: Browser, day: str = NEW) -> Page:
    return browser.press(browser.get(PATH), "Spør om å flytte", dag=day)


def move_of(page: Page) -> str:
    (found,) = page.soup.select("[data-move]")
    return " ".join(found.get_text(" ", strip=True).replace("\u00a0", " ").split())


def test_a_day_moves_when_all_three_have_said_yes(node: Node) -> None:
    kari = agree(node)
    page = ask(kari)
    assert page.alerts == ["Spørsmålet er sendt. Avtalen står til alle har sagt ja."]
    assert move_of(page).startswith("Dere har sagt ja til å flytte til torsdag 3. desember. Nå mangler svar")
    assert "Trekk spørsmålet" in page.buttons()
    jonas = node.browser("jonas")
    page = jonas.get(PATH)
    assert move_of(page).startswith(
        "Eidskog spør om torsdag 26. november kan flyttes til torsdag 3. desember."
    )
    page = jonas.press(page, "Ja, flytt dagen")
    assert page.alerts == ["Svaret er sendt: ja."]
    siri = node.browser("siri")
    page = siri.press(siri.get(PATH), "Ja, flytt dagen")
    assert not page.soup.select("[data-move]")
    assert "torsdag 3. desember" in page.words
    assert "torsdag 26. november" not in page.words


def test_who_is_asked_finds_it_on_the_first_page(node: Node) -> None:
    ask(agree(node))
    words = node.browser("siri").get("/oversikt").words
    assert "Ny dato? Grue torsdag 26. november" in words


def test_a_no_leaves_the_day_and_so_does_taking_the_question_back(node: Node) -> None:
    kari = agree(node)
    for browser, button in ((node.browser("siri"), "Nei, behold dagen"), (kari, "Trekk spørsmålet")):
        ask(kari)
        page = browser.press(browser.get(PATH), button)
        assert page.alerts == ["Dagen står som avtalt."]
        assert not page.soup.select("[data-move]")
        assert "torsdag 26. november" in page.words


def test_a_wrong_date_is_said_at_its_field_and_stays(node: Node) -> None:
    kari = agree(node)
    for day, sentence in (
        ("", "Fyll ut «Ny dato»."),
        ("2026-11-02", "mandag 2. november har vært"),
    ):
        page = ask(kari, day)
        assert page.status == 422
        (field,) = page.soup.select("#dag-flytt")
        assert field["value"] == day
        assert field["aria-invalid"] == "true"
        assert sentence.lower() in page.words.lower()
        assert page.soup.select("details[open] #dag-flytt")


def test_an_answer_to_another_question_than_the_one_on_the_page_is_none(node: Node) -> None:
    kari, siri = agree(node), node.browser("siri")
    ask(kari)
    old = siri.get(PATH)
    ask(kari, "2026-12-04")
    page = siri.press(old, "Ja, flytt dagen")
    assert page.alerts != ["Svaret er sendt: ja."]
    assert "fredag 4. desember" in move_of(page)


def test_programs_move_a_day_too(node: Node) -> None:
    agree(node)
    path = f"/engagements/{an_id('engagement grue')}"
    kari = Program(node, "kari")
    problem = kari.post(f"{path}/move", {"dates": [NEW, "2026-12-04"]})
    assert (problem.status_code, problem.json["code"]) == (422, "date_count")
    asked = kari.post(f"{path}/move", {"dates": [NEW]}).json
    assert (asked["move"]["dates"], asked["dates"]) == ([NEW], ["2026-11-26"])
    for who in ("jonas", "siri"):
        answer = Program(node, who).post(f"{path}/move/answer", {"dates": [NEW], "accepts": True}).json
    assert (answer["move"], answer["dates"]) == (None, [NEW])


def test_nothing_is_moved_that_is_only_proposed(node: Node) -> None:
    page = node.browser("kari").get(PATH)
    assert "Spør om å flytte" not in page.buttons()
