"""An engagement from each side: one step is now, and only what is possible can be pressed."""

import eidskog
import pytest
from conftest import Node
from fake_service import an_id
from gateway_browser import Page, fields_of

from byttebank.clock import FixedClock, parse_time
from byttebank.contracts import resources
from byttebank.contracts.refusals import NotYourRole, UnknownOutcome

pytestmark = pytest.mark.simulation
"""Takes seconds: every row of a long table."""


def path_of(key: str) -> str:
    return f"/avtaler/{an_id(f'engagement {key}')}"


def now_of(page: Page) -> str:
    """The one step that is now."""
    (step,) = page.soup.select("[aria-current=step]")
    return " ".join(step.get_text(" ", strip=True).replace("\u00a0", " ").split())


def move_to(clock: FixedClock, day: str) -> None:
    clock.move_to(parse_time(f"{day}T09:00:00Z"))


def set_state(node: Node, key: str, **changes: object) -> None:
    node.backend.matching._engagements[an_id(f"engagement {key}")].update(changes)


def test_the_manager_who_has_not_answered_is_asked_now(node: Node) -> None:
    page = node.browser("kari").get(path_of("grue"))
    assert now_of(page).startswith(
        "Nå: dere må svare Grue spør om Jonas Berg kan hjelpe torsdag 26. november."
    )
    assert "Frist ons. 25. nov.: svarer ikke alle innen da, går forslaget ut." in now_of(page)
    assert page.buttons() == ["Ja, det passer", "Nei, det passer ikke"]


def test_whoever_has_answered_waits_and_may_change_to_no(node: Node) -> None:
    page = node.browser("jonas").get(path_of("grue"))
    assert now_of(page).startswith("Nå: venter på svar fra Eidskog Du har sagt ja.")
    assert page.buttons() == ["Trekk svaret, det passer ikke"]


def test_the_last_yes_agrees_the_day(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get(path_of("grue")), "Ja, det passer")
    assert page.alerts == ["Svaret er sendt: ja."]
    assert "Alle har sagt ja" in page.words
    assert page.soup.find(class_="ds-tag").get_text() == "Avtalt"


def test_saying_yes_twice_is_one_yes(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get(path_of("grue"))
    browser.press(form, "Ja, det passer")
    page = browser.press(form, "Ja, det passer")
    assert page.alerts == ["Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."]
    assert len(node.backend.asked("matching.accept")) == 1


def test_no_is_no_and_nobody_asks_why(node: Node) -> None:
    browser = node.browser("jonas")
    page = browser.press(browser.get(path_of("tolga")), "Nei, det passer ikke")
    assert page.alerts == ["Svaret er sendt: det passet ikke. Ingen spør hvorfor."]
    assert now_of(page) == (
        "Det passet ikke Det blir ikke noe oppdrag onsdag 9. desember. Ingen spør hvorfor."
    )
    assert page.buttons() == []
    assert page.soup.find("textarea") is None


def test_the_host_says_who_receives_the_visitor(node: Node) -> None:
    set_state(node, "grue", consents={}, host_contact_id=None, host_contact_name=None)
    browser = node.browser("siri")
    page = browser.get(path_of("grue"))
    assert fields_of(page.form("Ja, det passer"))["vert"] == eidskog.colleague("Siri Haugen")
    there = browser.press(page, "Ja, det passer")
    assert "Siri Haugen" in there.soup.find("aside").get_text()


def test_yes_to_what_was_called_off_meanwhile_is_said_in_words(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get(path_of("grue"))
    set_state(node, "grue", state="declined")
    page = browser.press(form, "Ja, det passer")
    assert page.alerts[0].startswith("Dette går ikke lenger: noe har skjedd med oppdraget")


def test_an_act_without_an_answer_may_be_tried_again(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get(path_of("grue"))
    node.backend.failing["matching.accept"] = UnknownOutcome()
    page = browser.press(form, "Ja, det passer")
    assert page.alerts == ["Det er uvisst om dette kom fram. Prøv igjen; det blir ikke registrert to ganger."]
    node.backend.failing.clear()
    assert browser.press(page, "Ja, det passer").alerts == ["Svaret er sendt: ja."]


def test_a_role_that_cannot_is_told_who_can(node: Node) -> None:
    browser = node.browser("kari")
    form = browser.get(path_of("grue"))
    node.backend.failing["matching.accept"] = NotYourRole(role="library_manager")
    assert browser.press(form, "Ja, det passer").alerts == ["Dette kan lederen gjøre. Spør hos dere."]


def test_both_sides_confirm_and_the_day_is_recorded(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.get(path_of("nes"))
    assert now_of(page).startswith(
        "Nå: ble dagen gjennomført? Hjalp Jonas Berg Nes tirsdag 17. november? Nes sier ja."
    )
    done = browser.press(page, "Ja, det ble gjort")
    assert done.alerts == ["Svaret er sendt. Takk for innsatsen."]
    assert "Vi hjalp Nes tirsdag 17. november. Vi fikk en dag." in done.words
    assert done.soup.select("[aria-current=step]") == []
    assert "Vi hjalp Nes (Akershus)" in browser.get("/konto").words


def test_no_against_yes_is_a_disagreement_for_the_county(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get(path_of("nes")), "Det ble ikke noe av")
    assert page.alerts == ["Svaret er sendt: det ble ikke noe av."]
    assert "Dagen står stille til fylkesbiblioteket har avgjort." in now_of(page)


def test_one_can_only_confirm_what_has_been(node: Node, clock: FixedClock) -> None:
    browser = node.browser("kari")
    assert "Ja, det ble gjort" not in browser.get(path_of("hamar")).buttons()
    move_to(clock, "2026-12-03")
    page = browser.sign_in("kari@bibliotek.example", eidskog.PASSWORD)
    page = browser.get(path_of("hamar"))
    assert now_of(page).startswith("Nå: ble dagen gjennomført? Fikk dere hjelp av Hamar torsdag 3. desember?")
    assert "Ja, det ble gjort" in page.buttons()


def test_an_agreed_day_can_be_called_off_without_a_reason(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get(path_of("hamar")), "Avlys")
    assert page.alerts == ["Oppdraget er avlyst. De andre får beskjed."]
    assert "Dere kan bruke en dag til noe annet" in now_of(page)
    assert "Dere kan be om 5 dager nå" in browser.get("/oversikt").words


def test_the_host_sees_who_is_asked_instead_and_the_others_do_not(node: Node) -> None:
    called_off = {"state": "cancelled", "dispute_by_on": "2027-01-01"}
    set_state(node, "ringsaker", **called_off)
    set_state(node, "hamar", **called_off)
    history = [
        {"at": "2026-11-23T08:00:00.000000Z", "what": "asked_instead", "by_library_id": None, "by_name": None}
    ]
    set_state(
        node,
        "tolga",
        host_library_id=eidskog.library("Eidskog"),
        lender_library_id=eidskog.library("Tolga"),
        replaces=an_id("engagement ringsaker"),
        history=history,
    )
    browser = node.browser("kari")
    page = browser.get(path_of("ringsaker"))
    assert "Vi har spurt om en annen kan komme Tolga" in page.words
    assert "Vi har spurt" not in browser.get(path_of("hamar")).words
    asked = browser.follow(page.soup.find("a", string="Tolga")["href"], page.url)
    assert "Eidskog mistet hjelpen sin og spør på nytt" in asked.words


def test_what_is_recorded_can_be_disagreed_with_in_time(node: Node) -> None:
    set_state(
        node, "nes", state="settled", happened={"host": True, "lender": True}, dispute_by_on="2026-11-23"
    )
    browser = node.browser("kari")
    page = browser.press(browser.get(path_of("nes")), "Vi er uenige")
    assert page.alerts[0].startswith("Uenigheten er meldt.")
    set_state(node, "nes", state="settled", dispute_by_on="2026-11-22")
    assert "Vi er uenige" not in browser.get(path_of("nes")).buttons()


def test_a_limit_that_is_reached_says_the_way_back(node: Node) -> None:
    refusal = {"code": "limit_hard", "parameters": {"available_half_days": 0, "wanted_half_days": 2}}
    everybody = dict.fromkeys(("lender_manager", "host_manager", "colleague"), "2026-11-20T09:00:00.000000Z")
    set_state(node, "grue", state="refused", refusal=refusal, consents=everybody)
    host = node.browser("siri").get(path_of("grue"))
    assert "Tilby en dag, eller snakk med fylkesbiblioteket." in now_of(host)
    assert "Prøv igjen" in host.buttons()
    lender = node.browser("kari").get(path_of("grue"))
    assert "Byttebanken har sagt fra til Grue." in now_of(lender)
    assert "Prøv igjen" not in lender.buttons()


@pytest.mark.parametrize("state", resources.ENGAGEMENT_STATES)
@pytest.mark.parametrize("who", ["kari", "jonas", "siri"])
def test_every_state_stands_on_a_page_with_at_most_one_step_now(node: Node, state: str, who: str) -> None:
    browser = node.browser(who)
    for purpose, day in (("help", "2026-11-20"), ("vandring", "2026-11-26")):
        set_state(node, "grue", state=state, dates=[day], purpose=purpose)
        page = browser.get(path_of("grue"))
        assert page.status == 200
        now = page.soup.select("[aria-current=step]")
        assert len(now) == (0 if state == "settled" else 1), (state, day)


@pytest.mark.parametrize("state", resources.ENGAGEMENT_STATES)
def test_what_can_be_pressed_is_what_the_service_allows(node: Node, state: str) -> None:
    """Every button of every state does something: none of them leads to a refusal."""
    browser = node.browser("kari")
    for day in ("2026-11-20", "2026-11-26"):
        set_state(node, "grue", state=state, dates=[day], happened={}, consents={}, dispute_by_on=None)
        for button in browser.get(path_of("grue")).buttons():
            set_state(node, "grue", state=state, dates=[day], happened={}, consents={})
            page = browser.press(browser.get(path_of("grue")), button)
            assert page.soup.select(".ds-alert[data-color=danger]") == [], (state, button, page.alerts)


def test_the_list_says_whose_turn_it_is(node: Node) -> None:
    page = node.browser("kari").get("/avtaler")
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("main li.bb-item")]
    waiting = [row for row in rows if "Venter på deg" in row]
    assert len(rows) == 6
    assert len(waiting) == 3


def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(node: Node) -> None:
    browser = node.browser("kari")
    page = browser.press(browser.get(path_of("nes")), "Ja, det ble gjort", svar="kanskje")
    assert node.backend.asked("matching.confirm") != []
    form = browser.get(path_of("grue")).form("Logg ut")
    page = browser.post(f"{path_of('nes')}/gjort", {**fields_of(form), "svar": "kanskje"})
    assert page.alerts == ["Svar ja eller nei."]


def test_the_link_in_a_letter_leads_to_the_engagement(node: Node) -> None:
    letter = f"/engagements/{an_id('engagement grue')}"
    assert node.browser("kari").get(letter).title == "Vi hjelper Grue"
    browser = node.browser()
    page = browser.get(letter)
    there = browser.press(page, "Logg inn", epost="kari@bibliotek.example", passord=eidskog.PASSWORD)
    assert there.title == "Vi hjelper Grue"


def test_a_day_that_silence_confirmed_says_whose(node: Node) -> None:
    set_state(node, "nes", state="settled", happened={"lender": True})
    assert "Bekreftet uten svar fra Nes" in node.browser("kari").get(path_of("nes")).words
    set_state(node, "nes", happened={"lender": True, "host": True})
    assert "Begge har bekreftet" in node.browser("kari").get(path_of("nes")).words


def test_whoever_has_said_that_it_happened_waits_for_the_other(node: Node) -> None:
    page = node.browser("jonas").get(path_of("nes"))
    assert "Ja, det ble gjort" in page.buttons()
    set_state(node, "nes", happened={"lender": True})
    page = node.browser("jonas").get(path_of("nes"))
    assert "Det er svart at det ble gjort. Nå mangler svar fra Nes." in now_of(page)
    assert page.buttons() == ["Vi er uenige"]
