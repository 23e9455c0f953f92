"""What a county library and its libraries do in a vandring, one function for each way."""

from itertools import count

from cast import COUNTY_LIBRARY
from desk import Desk, Way, manager_of
from season import Document, free_visit, invited, put_away, season, terms_of, visited
from visitor import Visitor

LATER = ("Nord-Fron", "Sør-Fron", "Gausdal")
"""Those who are invited to a round that comes to nothing."""
SOON = 8
"""Weeks ahead."""
_weeks = count(12, 2)
"""Weeks ahead for the next round: what is published stands in the way of another in the same weeks."""


def begin_a_vandring(desk: Desk) -> Visitor:
    put_away(desk.past)
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open("/fylket/vandring")
    terms = terms_of(desk.past, "Hele fylket", LATER, SOON)
    page.get_by_label("Navn på vandringen").fill("Hele fylket")
    page.get_by_label("Fra og med").fill(terms["first_on"])
    page.get_by_label("Til og med").fill(terms["last_on"])
    page.get_by_label("Svar innen").fill(terms["reply_by_on"])
    visitor.press("Inviter bibliotekene")
    visitor.sees("Bibliotekene er spurt om de vil være med på vandringen.", "Ingen har sagt at de er med.")
    return visitor


def _prepared(desk: Desk, *, answered: bool = True) -> Visitor:
    round_id = invited(desk.past, LATER, next(_weeks), answered=answered)
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.open(f"/fylket/vandring/{round_id}")
    return visitor


def make_a_plan(desk: Desk) -> Visitor:
    visitor = _prepared(desk)
    visitor.press("Lag oppsettet")
    visitor.sees("Oppsettet er laget. Ingen har fått beskjed ennå.", "Hvem som besøker hvem")
    return visitor


def publish_a_plan(desk: Desk) -> Visitor:
    visitor = make_a_plan(desk)
    visitor.press("Legg ut oppsettet")
    visitor.sees("Oppsettet er lagt ut, og alle som er med, får beskjed.")
    return visitor


def put_a_vandring_away(desk: Desk) -> Visitor:
    visitor = _prepared(desk)
    visitor.press("Legg bort")
    visitor.sees("Vandringen er lagt bort.")
    return visitor


def answer_for_a_library(desk: Desk) -> Visitor:
    visitor = _prepared(desk, answered=False)
    for button, said in (("De er med", "1 bibliotek er med."), ("De står over", "1 står over.")):
        visitor.page.get_by_text("Svar for et bibliotek som har ringt").first.click()
        visitor.page.get_by_label("Bibliotek").select_option(label="Gausdal")
        visitor.press(button)
        visitor.sees("Svaret er tatt vare på.", said)
    return visitor


def answer_an_invitation(desk: Desk) -> Visitor:
    """First no, then yes: it can be changed until the plan is published."""
    round_id = invited(desk.past, LATER, next(_weeks), answered=False)
    visitor = desk.somebody(manager_of("Nord-Fron"))
    visitor.open("/vandring")
    visitor.open(f"/vandring/{round_id}")
    visitor.press("Nei, vi står over")
    visitor.sees("Dere står over denne gangen.")
    visitor.press("Ja, vi er med")
    visitor.sees("Dere er med.")
    return visitor


def propose_a_visit(desk: Desk) -> Visitor:
    visit = free_visit(desk.past, 0)
    visitor = desk.somebody(manager_of(visit["visitor_library_name"]))
    page = visitor.open(f"/vandring/{season(desk.past)}")
    page.get_by_label("Hvilken dag?").fill(visit["week_on"])
    visitor.press("Foreslå dagen")
    visitor.sees("Forslaget er sendt til verten og kollegaen.", "Foreslått")
    return visitor


def _wish(desk: Desk, which: int) -> Document:
    """A library has asked another to swap; what it asked for."""
    round_id = season(desk.past)
    visit = free_visit(desk.past, which)
    asker = desk.past.client(manager_of(visit["visitor_library_name"]))
    others = asker.get(f"vandring-rounds/{round_id}")["swap_with"]
    other = next(one for one in others if one["engagement_state"] is None)
    swap = {"other_library_id": other["visitor_library_id"]}
    asker.post(f"vandring-rounds/{round_id}/swaps", swap)
    return dict(other)


def ask_to_swap(desk: Desk) -> Visitor:
    visit = free_visit(desk.past, 1)
    visitor = desk.somebody(manager_of(visit["visitor_library_name"]))
    page = visitor.open(f"/vandring/{season(desk.past)}")
    page.get_by_text("Bytt besøk med et annet bibliotek").first.click()
    visitor.press("Spør om å bytte")
    visitor.sees("Biblioteket er spurt.")
    return visitor


def _answer_a_wish(desk: Desk, button: str, said: str, which: int) -> Visitor:
    other = _wish(desk, which)
    visitor = desk.somebody(manager_of(other["visitor_library_name"]))
    visitor.open(f"/vandring/{season(desk.past)}")
    visitor.page.get_by_role("button", name=button).first.click()
    visitor.sees(said)
    return visitor


def say_yes_to_a_swap(desk: Desk) -> Visitor:
    return _answer_a_wish(desk, "Ja, vi bytter", "Byttet er gjort.", 2)


def say_no_to_a_swap(desk: Desk) -> Visitor:
    return _answer_a_wish(desk, "Nei, vi beholder vårt", "Dere beholder besøket deres.", 3)


def drop_out(desk: Desk) -> Visitor:
    visit = free_visit(desk.past, -1)
    visitor = desk.somebody(manager_of(visit["visitor_library_name"]))
    visitor.open(f"/vandring/{season(desk.past)}")
    visitor.press("Meld avbud")
    visitor.sees("Avbudet er registrert. De det gjelder, får beskjed.", "Dere har meldt avbud.")
    return visitor


def write_a_reflection(desk: Desk) -> Visitor:
    """First nothing, then something."""
    visit = visited(desk.past)
    visitor = desk.somebody(manager_of(visit["visitor_library_name"]))
    visitor.watch.expected_statuses = {422}
    page = visitor.open(f"/vandring/{season(desk.past)}")
    visitor.follow("Skriv refleksjon")
    visitor.press("Lagre refleksjonen")
    visitor.sees("Én ting må rettes")
    page.get_by_label("Hva så dere som dere vil ta med hjem?").fill("Åpne hyller og god kaffe.")
    visitor.press("Lagre refleksjonen")
    visitor.sees("Refleksjonen er lagret. Takk for at dere deler.", "Åpne hyller og god kaffe.")
    return visitor


def search_the_reflections(desk: Desk) -> Visitor:
    """First words that stand nowhere, then some that do."""
    visitor = write_a_reflection(desk)
    for words, said in (
        ("mellomlager", "Ingen refleksjoner har alle ordene."),
        ("KAFFE hyller", "god kaffe"),
    ):
        visitor.page.get_by_label("Søk", exact=True).fill(words)
        visitor.press("Søk")
        visitor.sees(said)
    return visitor


def remind_of_reflections(desk: Desk) -> Visitor:
    visited(desk.past)
    visitor = desk.somebody(COUNTY_LIBRARY)
    visitor.open(f"/fylket/vandring/{season(desk.past)}")
    visitor.press("Minn om refleksjonene")
    visitor.sees("får en påminnelse.")
    return visitor


ACTS: dict[str, tuple[Way, ...]] = {
    "vandring.create": (begin_a_vandring,),
    "vandring.plan": (make_a_plan,),
    "vandring.publish": (publish_a_plan,),
    "vandring.discard": (put_a_vandring_away,),
    "vandring.answer svar=ja": (answer_for_a_library,),
    "vandring.answer svar=nei": (answer_for_a_library,),
    "vandring.remind": (remind_of_reflections,),
    "own_vandring.answer svar=ja": (answer_an_invitation,),
    "own_vandring.answer svar=nei": (answer_an_invitation,),
    "own_vandring.propose": (propose_a_visit,),
    "own_vandring.ask_swap": (ask_to_swap,),
    "own_vandring.answer_swap svar=ja": (say_yes_to_a_swap,),
    "own_vandring.answer_swap svar=nei": (say_no_to_a_swap,),
    "own_vandring.leave": (drop_out,),
    "reflections.write": (write_a_reflection,),
    "reflections.index": (search_the_reflections,),
}
"""What a form can be sent as, and the ways in which it is tried."""
