"""What a county library does on the pages, one function for each way."""

from acts_of_libraries import make_a_promise
from cast import COUNTY_LIBRARY, Somebody, library_called
from desk import Desk, Way
from visitor import Visitor

AKERSHUS = Somebody("akershus", "fylket@akershus.example")


def filter_the_book(desk: Desk) -> Visitor:
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open("/fylket/kontoutskrift")
    page.get_by_label("Hvem").select_option(label="Eidskog")
    page.get_by_label("Fra og med").fill("2026-06-01")
    visitor.press("Vis")
    visitor.sees("Eidskog hjalp Tolga")
    assert "Eidskog hjalp Nes" not in page.get_by_role("main").inner_text()
    return visitor


def take_days_back(desk: Desk) -> Visitor:
    """First without a reason, then with one."""
    desk.past.engagement("Os", "Engerdal", "settled")
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.watch.expected_statuses = {422}
    page = visitor.open(f"/fylket/kontoutskrift?hvem={library_called('innlandet', 'Engerdal').id}")
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_label("Hvor mange dager skal føres tilbake?").fill("0,5")
    visitor.press("Før tilbake")
    visitor.sees("Én ting må rettes")
    page.get_by_label("Grunn").fill("Dagen ble flyttet.")
    visitor.press("Før tilbake")
    visitor.sees("Dagene er ført tilbake.")
    return visitor


def let_days_stay(desk: Desk) -> Visitor:
    """Akershus asks Innlandet for a day back, and Innlandet says no."""
    theirs = desk.somebody(AKERSHUS)
    page = theirs.open(f"/fylket/kontoutskrift?hvem={library_called('akershus', 'Nes').id}")
    page.get_by_role("rowheader").get_by_role("link", name="Eidskog (Innlandet) hjalp Nes").first.click()
    page.get_by_label("Hvor mange dager skal føres tilbake?").fill("1")
    page.get_by_label("Grunn").fill("Vi fant dagen to ganger.")
    theirs.press("Før tilbake")
    theirs.sees("Det andre fylket er spurt om å føre dagene tilbake.")
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.open("/fylket/uenigheter")
    visitor.comes_to_see("Akershus ber om å få dagene ført tilbake.")
    visitor.page.get_by_label("Hvorfor blir dagene stående?").fill("Dagen ble gjort.")
    visitor.press("La dagene stå")
    visitor.sees("Det andre fylket får beskjed om at dagene står.")
    return visitor


def add_a_skill(desk: Desk) -> Visitor:
    """First a name that exists, then one that does not."""
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.watch.expected_statuses = {422}
    visitor.open("/kartlegging").get_by_role("link", name="Fylkets ferdigheter").click()
    visitor.page.get_by_label("Navn på bokmål").fill("Kassering")
    visitor.press("Lagre")
    visitor.sees("Én ting må rettes")
    visitor.page.get_by_label("Navn på bokmål").fill("Slektsgransking")
    visitor.page.get_by_label("Kategori").select_option(label="Formidling")
    visitor.press("Lagre")
    visitor.sees("Slektsgransking er med blant fylkets ferdigheter.")
    return visitor


def close_an_account(desk: Desk, library: str = "Etnedal") -> Visitor:
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open(f"/fylket/kontoutskrift?hvem={library_called('innlandet', library).id}")
    page.get_by_text("Avslutt kontoen").first.click()
    page.get_by_label("Gi dagene til fylkesbiblioteket").check()
    page.get_by_label("Grunn").fill("Biblioteket er ikke med lenger.")
    visitor.press("Avslutt kontoen")
    visitor.sees("Kontoen er avsluttet og går i null.")
    return visitor


def use_an_account_again(desk: Desk) -> Visitor:
    visitor = close_an_account(desk, "Vang")
    visitor.page.get_by_label("Grunn").fill("Biblioteket er med igjen.")
    visitor.press("Ta i bruk igjen")
    visitor.sees("Kontoen er i bruk igjen.")
    return visitor


def _promised(desk: Desk) -> Visitor:
    """The county's list, with a promise that a library has made just now."""
    make_a_promise(desk)
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.open("/fylket/lofter")
    visitor.page.get_by_text("Gi løftet dato, eller ettergi det").first.click()
    return visitor


def date_a_promise(desk: Desk) -> Visitor:
    visitor = _promised(desk)
    day = desk.past.another_day().isoformat()
    visitor.page.get_by_label("Hvilken dag har noen spurt om?").first.fill(day)
    visitor.page.get_by_role("button", name="Gi dato").first.click()
    visitor.sees("Løftet har fått dato.")
    return visitor


def forgive_a_promise(desk: Desk) -> Visitor:
    visitor = _promised(desk)
    visitor.page.get_by_label("Hvorfor ettergis løftet?").first.fill("Biblioteket brant.")
    visitor.page.get_by_role("button", name="Ettergi").first.click()
    visitor.sees("Løftet er ettergitt.")
    return visitor


def _rule(desk: Desk, library: str, button: str) -> Visitor:
    desk.past.engagement("Skjåk", library, "disputed")
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open("/fylket/uenigheter")
    dispute = page.get_by_role("listitem").filter(has_text=f"{library} hjelper Skjåk")
    dispute = dispute.filter(has=page.get_by_role("button", name=button))
    dispute.get_by_label("Grunn").fill("Vi har snakket med begge.")
    visitor.press(button, dispute)
    visitor.sees("Uenigheten er avgjort. Begge bibliotekene får beskjed.")
    return visitor


def rule_that_it_happened(desk: Desk) -> Visitor:
    return _rule(desk, "Engerdal", "Det ble gjort")


def rule_that_it_did_not(desk: Desk) -> Visitor:
    return _rule(desk, "Os", "Det ble ikke noe av")


def begin_clearing(desk: Desk) -> Visitor:
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.open("/fylket/avregning")
    visitor.press("Begynn en avregning")
    visitor.sees("De andre fylkene er spurt. Svarene kommer her etter hvert.")
    return visitor


def _peer(desk: Desk, county: str = "ostfold") -> Visitor:
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.open(f"/fylket/samarbeid/{county}")
    return visitor


def compare_the_books_with_all(desk: Desk) -> Visitor:
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.open("/fylket/samarbeid")
    visitor.press("Sammenlign bøkene nå")
    visitor.sees("Bøkene sammenlignes nå.")
    visitor.comes_to_see("er likt i begge bøkene")
    return visitor


def compare_the_books_with_one(desk: Desk) -> Visitor:
    visitor = _peer(desk, "akershus")
    visitor.press("Sammenlign nå")
    visitor.sees("Bøkene sammenlignes nå.")
    return visitor


def stop_the_exchange(desk: Desk) -> Visitor:
    """And open it again, so that others may go on with the county."""
    visitor = _peer(desk)
    page = visitor.page
    page.get_by_text("Stans utvekslingen").first.click()
    page.locator("#grunn-stans").fill("Nøkkelen deres er på avveie.")
    visitor.press("Stans")
    visitor.sees("Utvekslingen er stanset.")
    page.locator("#grunn-apne").fill("De har ny nøkkel.")
    visitor.press("Åpne utvekslingen igjen")
    visitor.sees("Utvekslingen er åpnet igjen.")
    return visitor


def change_a_security_limit(desk: Desk) -> Visitor:
    visitor = _peer(desk)
    page = visitor.page
    page.get_by_text("Endre sikkerhetsgrensen").first.click()
    page.get_by_label("Hele dager").fill("120")
    page.locator("#grunn-grense").fill("Mye på gang.")
    visitor.press("Endre grensen")
    visitor.sees("Sikkerhetsgrensen er endret.")
    return visitor


def move_what_is_owed(desk: Desk) -> Visitor:
    """Vestfold has become a part of Buskerud."""
    visitor = _peer(desk, "vestfold")
    page = visitor.page
    page.get_by_text("Fylket er blitt en del av et annet").first.click()
    page.get_by_label("Hvilket fylke har overtatt?").select_option("buskerud")
    page.locator("#grunn-overtar").fill("Fylkene er slått sammen.")
    visitor.press("Flytt mellomværendet")
    visitor.sees("Mellomværendet med Vestfold står nå mot Buskerud.")
    return visitor


def end_the_exchange(desk: Desk) -> Visitor:
    """Without the county's name: said what to write, so that others may go on with the county."""
    visitor = _peer(desk)
    visitor.watch.expected_statuses = {422}
    page = visitor.page
    page.get_by_text("Avslutt samarbeidet").first.click()
    page.locator("#navn-avslutt").fill("Øst")
    page.locator("#grunn-avslutt").fill("Vi går hver til vårt.")
    visitor.press("Avslutt")
    visitor.sees("Skriv Østfold i feltet for å bekrefte at samarbeidet skal avsluttes.")
    assert page.locator("#grunn-avslutt").input_value() == "Vi går hver til vårt."
    return visitor


def set_money_aside(desk: Desk) -> Visitor:
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open("/fylket/reisepott")
    page.get_by_text("Sett av penger til reiser").first.click()
    page.locator("#belop-av").fill("10 000")
    page.locator("#grunn-av").fill("Budsjett 2026")
    visitor.press("Sett av")
    visitor.sees("Pengene er satt av.")
    return visitor


def refund_a_journey(desk: Desk) -> Visitor:
    visitor = set_money_aside(desk)
    page = visitor.page
    page.get_by_text("Refunder en reise").first.click()
    page.get_by_label("Bibliotek").select_option(label="Eidskog")
    page.locator("#belop-ref").fill("450,50")
    page.locator("#grunn-ref").fill("Tog til Hamar")
    visitor.press("Refunder")
    visitor.sees("Refusjonen er ført.")
    return visitor


def take_a_refund_back(desk: Desk) -> Visitor:
    visitor = refund_a_journey(desk)
    line = visitor.page.get_by_role("rowheader").filter(has_text="Reiserefusjon: Eidskog").first
    line.get_by_text("Før tilbake").first.click()
    line.get_by_label("Grunn").fill("Betalt to ganger")
    visitor.press("Før tilbake til reisepotten", line)
    visitor.sees("Refusjonen er ført tilbake.")
    return visitor


def change_what_counts_most(desk: Desk) -> Visitor:
    """First more than can be, then what can."""
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.watch.expected_statuses = {422}
    page = visitor.open("/fylket/rekkefolge")
    page.get_by_label("Høyst for dager gitt og fått").fill("100")
    visitor.press("Lagre")
    visitor.sees("Én ting må rettes", "Skal være fra 0 til 99.")
    page.get_by_label("Høyst for dager gitt og fått").fill("41")
    visitor.press("Lagre")
    visitor.sees("Rekkefølgen er endret, og gjelder fra nå av.", "40 ble 41")
    return visitor


def see_what_other_numbers_would_do(desk: Desk) -> Visitor:
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open("/fylket/rekkefolge")
    page.get_by_label("Vårt fylke").fill("0")
    visitor.press("Se hva det gjør")
    visitor.sees("Ingenting er lagret.")
    return visitor


ACTS: dict[str, tuple[Way, ...]] = {
    "ranking.change": (change_what_counts_most,),
    "ranking.change svar=vis": (see_what_other_numbers_would_do,),
    "vocabulary.write": (add_a_skill,),
    "county_book.show": (filter_the_book,),
    "county_book.reverse": (take_days_back,),
    "county_book.close": (close_an_account,),
    "county_book.open_again": (use_an_account_again,),
    "promises.give_date": (date_a_promise,),
    "promises.forgive": (forgive_a_promise,),
    "rulings.rule svar=ja": (rule_that_it_happened,),
    "rulings.rule svar=nei": (rule_that_it_did_not,),
    "rulings.decline": (let_days_stay,),
    "clearing.propose": (begin_clearing,),
    "peers.reconcile": (compare_the_books_with_all, compare_the_books_with_one),
    "peers.freeze": (stop_the_exchange,),
    "peers.thaw": (stop_the_exchange,),
    "peers.set_fuse": (change_a_security_limit,),
    "peers.leave": (end_the_exchange,),
    "peers.merge": (move_what_is_owed,),
    "travel_fund.grant": (set_money_aside,),
    "travel_fund.refund": (refund_a_journey,),
    "travel_fund.give_back": (take_a_refund_back,),
}
"""What a form can be sent as, and the ways in which it is tried."""
