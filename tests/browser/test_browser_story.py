"""One exchange between two counties, as two people at two browsers live it, with scripts and without."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from cast import AMINA, HANNE, KARI, Past, Somebody, library_called
from conftest import Visit
from served import Served
from visitor import Visitor

from byttebank.storage.work import TIME_ZONE
from demo.days import working_day

AFTERNOON = time(15, 30)


def ask_for_help(kari: Visitor, day: date) -> None:
    """Eidskog in Innlandet needs somebody for a day, and puts it on the board."""
    kari.open("/oversikt")
    kari.follow("Be om hjelp")
    page = kari.page
    page.get_by_label("Hva trenger dere hjelp til?").fill("Bokkafé for voksne, vi er bare to.")
    page.get_by_label("Hva må de kunne?").select_option(label="Inkludering og integrering")
    page.get_by_label("1 dag").check()
    page.get_by_label("Første dag som passer").fill(day.isoformat())
    page.get_by_label("Siste dag som passer").fill(day.isoformat())
    page.get_by_label("Hos oss").check()
    page.get_by_label("Hvem tar imot hos dere?").select_option(label="Kari Moen")
    kari.press("Vis hvem som passer")
    page.get_by_label("Hvem skal se det nå?").select_option(label="Alle fylkene vi samarbeider med")
    kari.press("Legg ut på tavla")
    kari.sees("Forespørselen ligger på tavla.", "Behovet ligger på tavla.")


def offer_help(hanne: Visitor) -> None:
    """Nes in Akershus sees the need, and Hanne offers Amina's help."""
    hanne.open("/tavle")
    hanne.page.get_by_text("Flere filtre").click()
    hanne.page.get_by_label("Vis", exact=True).select_option(label="Trenger hjelp")
    hanne.page.get_by_label("Fylke").select_option(label="Innlandet")
    hanne.press("Oppdater lista")
    hanne.comes_to_see("Bokkafé for voksne, vi er bare to.")
    need = hanne.page.get_by_role("listitem").filter(has_text="Bokkafé for voksne").last
    hanne.follow("Vi kan hjelpe", need)
    assert hanne.title == "Eidskog trenger hjelp"
    hanne.page.get_by_label("Hvem kan hjelpe?").select_option(label="Amina Khan")
    hanne.press("Tilby hjelp")
    hanne.sees("Forslaget er sendt. De andre får beskjed.")


def say_yes(kari: Visitor, hanne: Visitor) -> None:
    """The host's manager and the colleague say yes, each after what the first page says is waiting."""
    kari.open("/oversikt")
    kari.comes_to_see("Nes vil hjelpe dere")
    task = kari.page.get_by_role("listitem").filter(has_text="Nes vil hjelpe dere")
    kari.follow("Les og svar", task)
    kari.page.get_by_label("Hvem tar imot hos dere?").select_option(label="Kari Moen")
    kari.press("Ja, det passer")
    kari.sees("Svaret er sendt: ja.", "Nå: venter på svar fra Amina Khan")

    # The colleague takes over the same computer.
    hanne.press("Logg ut")
    hanne.sees("Du er logget ut.")
    hanne.sign_in(AMINA)
    hanne.comes_to_see("Kan du hjelpe Eidskog?")
    hanne.follow("Les og svar", hanne.page.get_by_role("listitem").filter(has_text="Kan du hjelpe Eidskog?"))
    hanne.press("Ja, det passer")
    hanne.comes_to_see("Alle har sagt ja")


def wait_for_the_day(kari: Visitor, hanne: Visitor) -> None:
    """Both counties' pages say that the day is agreed and set aside."""
    kari.open("/avtaler")
    kari.comes_to_see("Avtalt: Amina Khan fra Nes hjelper dere")
    kari.sees("Dere har satt av en dag.")
    kari.open("/konto")
    kari.sees("1 dag til Nes, som kommer")
    hanne.open("/avtaler")
    hanne.comes_to_see("Avtalt: du hjelper Eidskog")


def confirm(kari: Visitor, hanne: Visitor, engagement: str) -> None:
    """The day has been, and both say so. Signed out since yesterday, they come back to where they were."""
    kari.open(engagement)
    kari.sees("Du er logget ut fordi det har gått en stund.")
    kari.fill_in_sign_in()
    kari.sees("Nå: ble dagen gjennomført?")
    kari.press("Ja, det ble gjort")
    kari.sees("Svaret er sendt. Takk for innsatsen.")

    hanne.sign_in(HANNE)
    hanne.comes_to_see("Eidskog sier ja om")
    task = hanne.page.get_by_role("listitem").filter(has_text="Eidskog sier ja om")
    hanne.follow("Svar ja eller nei", task)
    hanne.press("Ja, det ble gjort")
    for visitor in (kari, hanne):
        visitor.comes_to_see("Begge har bekreftet")
        visitor.comes_to_see("Ført")


def newest_line(visitor: Visitor) -> list[str]:
    """The first line of the statement: the date, what happened, the change, days to use."""
    visitor.open("/konto")
    row = visitor.page.get_by_role("table", name="Dager gitt og fått").get_by_role("row").nth(1)
    return [cell.inner_text().replace("\u00a0", " ") for cell in row.locator("th, td").all()]


def balance(past: Past, somebody: Somebody, library: str) -> float:
    """Days to use, by the programming interface."""
    library_id = library_called(somebody.county, library).id
    return float(past.client(somebody).get(f"accounts/{library_id}")["balance_days"])


def column(days: float) -> str:
    """A number of days as a table shows it."""
    return f"{days:g}".replace(".", ",").replace("-", "−")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_day_of_help_between_two_counties(
    visit: Visit, served: Served, past: Past, javascript: bool
) -> None:
    kari, hanne = visit(KARI, javascript=javascript), visit(HANNE, javascript=javascript)
    before = balance(past, KARI, "Eidskog"), balance(past, HANNE, "Nes")
    day = working_day(past.today(), 1)

    ask_for_help(kari, day)
    offer_help(hanne)
    say_yes(kari, hanne)
    wait_for_the_day(kari, hanne)
    kari.open("/avtaler")
    kari.follow("Nes hjelper oss")
    engagement = kari.page.url

    served.set_clock(datetime.combine(day, AFTERNOON, ZoneInfo(TIME_ZONE)))
    confirm(kari, hanne, engagement)

    theirs, ours = newest_line(hanne), newest_line(kari)
    assert ours[1].startswith("Nes (Akershus) hjalp oss")
    assert theirs[1].startswith("Vi hjalp Eidskog (Innlandet)")
    assert (ours[2], theirs[2]) == ("−1", "+1")
    assert (ours[3], theirs[3]) == (column(before[0] - 1), column(before[1] + 1))
    for visitor in (kari, hanne):
        visitor.open("/om")
        visitor.sees("går i null")
