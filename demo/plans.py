"""Help that libraries of the demonstration have asked each other for and not yet given. Made up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from demo.days import working_day
from demo.people import Person, people_of
from demo.reference import DemoLibrary, fixed_id

BOTH = ("lender_manager", "colleague")
MANAGER = ("lender_manager",)
COLLEAGUE = ("colleague",)
NOBODY = ()


@dataclass(frozen=True)
class Plan:
    """A host has asked for a colleague; `said_yes`: who of the lender's has answered, by role.

    Agreed when both have. Is the day over, the host has said that it happened, and the lender is asked.
    """

    engagement_id: str
    host: DemoLibrary
    lender: DemoLibrary
    colleague: Person
    contact: Person
    half_days: int
    skill: str
    place: str
    own_words: str
    said_yes: tuple[str, ...]
    day: date
    is_over: bool


_PLANS: tuple[tuple[int, str, str, str, int, str, str, tuple[str, ...], str], ...] = (
    (-1, "Kongsvinger", "Eidskog", "Jonas Berg", 2, "weeding", "host", BOTH, "Fagbøkene i magasinet."),
    (5, "Grue", "Eidskog", "Jonas Berg", 2, "weeding", "host", COLLEAGUE, "Kassering i fagavdelingen."),
    (7, "Nes", "Eidskog", "Kari Moen", 2, "dissemination", "host", NOBODY, "Bokkveld for full sal."),
    (9, "Eidskog", "Hamar", "Trine Solheim", 2, "cataloguing", "host", BOTH, "Lokalsamlingen vår."),
    (12, "Eidskog", "Ringsaker", "Mona Ruud", 2, "book-covering", "host", BOTH, "Vi plaster sammen."),
    (14, "Åsnes", "Eidskog", "Jonas Berg", 1, "shelf-tidying", "host", MANAGER, "Etter flyttingen."),
    (16, "Stjørdal", "Eidskog", "Kari Moen", 1, "literature-promotion", "online", BOTH, "For 10. trinn."),
    (6, "Lillestrøm", "Nes", "Amina Khan", 2, "integration", "host", NOBODY, "Språkkaféen vokser."),
    (10, "Nes", "Drammen", "Ole Strand", 2, "weeding", "host", BOTH, "Romanene, fra A til K."),
    (8, "Tønsberg", "Drammen", "Silje Bakken", 2, "games", "host", NOBODY, "Spillkveld for ungdom."),
    (11, "Fredrikstad", "Tønsberg", "Henrik Lie", 2, "cataloguing", "host", BOTH, "En gave på 300 hefter."),
    (7, "Larvik", "Tønsberg", "Henrik Lie", 2, "weeding", "host", NOBODY, "Magasinet er fullt."),
    (8, "Sarpsborg", "Fredrikstad", "Erik Brekke", 2, "class-sets", "host", COLLEAGUE, "Nye klassesett."),
    (6, "Levanger", "Stjørdal", "Per Hagen", 2, "weeding", "host", NOBODY, "Romanene står for tur."),
)
"""Working days from the loading, host, lender, colleague, half-days, skill, place, who said yes, own words.
The first seven are the overview of Eidskog in the design; the others give each shown library something."""


def plans(libraries: Iterable[DemoLibrary], loaded_on: date) -> list[Plan]:
    """The plans, each on a working day counted from the loading, which itself is free."""
    by_name = {library.short_name: library for library in libraries if library.kind == "public"}
    return [
        _plan(by_name[host], by_name[lender], name, half_days, skill, place, said_yes, words, days, loaded_on)
        for days, host, lender, name, half_days, skill, place, said_yes, words in _PLANS
    ]


def _plan(
    host: DemoLibrary,
    lender: DemoLibrary,
    name: str,
    half_days: int,
    skill: str,
    place: str,
    said_yes: tuple[str, ...],
    own_words: str,
    days: int,
    loaded_on: date,
) -> Plan:
    return Plan(
        engagement_id=fixed_id("engagement", "planned", host.id, lender.id, skill),
        host=host,
        lender=lender,
        colleague=next(person for person in people_of(lender) if person.name == name),
        contact=people_of(host)[0],
        half_days=half_days,
        skill=skill,
        place=place,
        own_words=own_words,
        said_yes=said_yes,
        day=working_day(loaded_on, days),
        is_over=days < 0,
    )
