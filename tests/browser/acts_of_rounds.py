"""What a county library does with rounds of matching, one function for each way."""

from datetime import date, timedelta

from cast import COUNTY_LIBRARY
from desk import Desk, Way
from visitor import Visitor


def _begun(desk: Desk, first_on: date, days: int) -> Visitor:
    """A round over so many days, begun as soon as no other is under way."""
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open("/fylket/fordeling")
    visitor.comes_to_see("Ny fordelingsrunde")
    page.get_by_label("Navn på runden").fill("Alle som trenger hjelp")
    page.get_by_label("Fra og med").fill(first_on.isoformat())
    page.get_by_label("Til og med").fill((first_on + timedelta(days=days)).isoformat())
    page.get_by_label("Svar innen").fill(first_on.isoformat())
    visitor.press("Regn ut fordelingen")
    visitor.sees("Fordelingsrunden er i gang. Ingenting sendes før dere har sett over den.")
    return visitor


def _computed(desk: Desk) -> Visitor:
    visitor = _begun(desk, desk.past.today() + timedelta(days=7), 60)
    visitor.comes_to_see("Klar til å sendes")
    return visitor


def begin_a_round(desk: Desk) -> Visitor:
    visitor = _computed(desk)
    visitor.sees("Hvem som hjelper hvem", "Dagene til bibliotekene, hvis alle sier ja")
    return visitor


def send_the_proposals(desk: Desk) -> Visitor:
    visitor = _computed(desk)
    visitor.press("Send forslagene")
    visitor.sees("Forslagene sendes nå.")
    visitor.comes_to_see("Forslagene er sendt.")
    return visitor


def put_a_round_away(desk: Desk) -> Visitor:
    visitor = _computed(desk)
    visitor.press("Legg bort")
    visitor.sees("Fordelingen er lagt bort. Ingenting ble sendt til noen.")
    return visitor


def try_a_round_again(desk: Desk) -> Visitor:
    """Nobody needs help in that far-off week."""
    visitor = _begun(desk, desk.past.today() + timedelta(days=500), 4)
    visitor.comes_to_see("Ingenting å fordele")
    visitor.press("Prøv igjen")
    visitor.sees("Fordelingsrunden er i gang igjen.")
    return visitor


ACTS: dict[str, tuple[Way, ...]] = {
    "matching_rounds.create": (begin_a_round,),
    "matching_rounds.publish": (send_the_proposals,),
    "matching_rounds.discard": (put_a_round_away,),
    "matching_rounds.run": (try_a_round_again,),
}
"""What a form can be sent as, and the ways in which it is tried."""
