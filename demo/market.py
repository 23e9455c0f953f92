"""What the libraries of the demonstration offer and need, from the day on which it is loaded."""

from datetime import date, timedelta
from typing import Any

from demo.days import working_day_from
from demo.people import Person, people_of
from demo.reference import NEIGHBOURS, DemoLibrary, draw, fixed_id, pick

Document = dict[str, Any]
OFFERING_PER_CENT = 55
ASKING_ONE_IN = 5

OFFER_WORDS = (
    "Vi hjelper gjerne, si bare fra når det passer.",
    "Helst tirsdag eller onsdag, da er vi flest på jobb.",
    "Kan ta med egne verktøy og maler.",
    "Passer best utenom lokale arrangementer, men spør!",
    "",
    "",
)
ASK_WORDS = {
    "weeding": "Magasinet er fullt, og vi rekker ikke alene. Fagbøkene står først for tur.",
    "cataloguing": "Vi har fått en gave på 300 lokalhistoriske hefter som må katalogiseres.",
    "book-covering": "Tre kasser med nye bøker venter på plast før jul.",
    "shelf-tidying": "Etter flyttingen står halve samlingen i feil rekkefølge.",
    "dissemination": "Vi trenger en som kan fortelle om bøker for en full sal.",
    "children": "Eventyrstund for to barnehager, og vår egen er i permisjon.",
    "events": "Forfatterbesøk med mange påmeldte. Vi trenger et par hender til.",
    "integration": "Språkkaféen vokser, og vi er bare én på jobb.",
    "routine-desk": "Vakt på utlånet en dag, så vi andre kan dra på kurs.",
    "information-literacy": "Kildekritikk for 10. trinn, gjerne på nett.",
    "games": "Spillkveld for ungdom. Noen som har gjort det før?",
    "literature-promotion": "Bokprat for ungdomsskolen, en halv dag.",
}
ASKED_SKILLS = tuple(ASK_WORDS)
ONLINE_SKILLS = {
    "information-literacy",
    "cataloguing",
    "literature-promotion",
    "planning",
    "statistics",
    "web",
}

STORY_OFFERS: tuple[tuple[str, str, str, Document], ...] = (
    ("Eidskog", "Jonas Berg", "weeding shelf-tidying book-covering", {"half_days": 12}),
    (
        "Eidskog",
        "Kari Moen",
        "literature-promotion dissemination",
        {"half_days": 6, "places": ["host", "online"]},
    ),
    (
        "Hamar",
        "Trine Solheim",
        "cataloguing",
        {"half_days": 4, "days": 68, "own_words": "Lokalsamling er min favoritt."},
    ),
    ("Grue", "Siri Haugen", "cataloguing integration", {"half_days": 8, "places": ["host", "online"]}),
    ("Ringsaker", "Mona Ruud", "book-covering shelf-tidying", {"half_days": 8}),
    ("Tolga", "Anders Lien", "weeding", {"half_days": 4, "max_km": 250}),
    ("Nes", "Amina Khan", "integration dissemination", {"half_days": 10}),
    ("Nes", "Hanne Lunde", "weeding events", {"half_days": 12}),
    ("Lillestrøm", "Nora Eide", "cataloguing weeding", {"half_days": 12, "places": ["host", "online"]}),
    ("Drammen", "Ole Strand", "weeding shelf-tidying cataloguing", {"half_days": 12}),
    (
        "Fredrikstad",
        "Erik Brekke",
        "cataloguing shelf-tidying",
        {"half_days": 10, "places": ["host", "online"]},
    ),
    ("Tønsberg", "Henrik Lie", "cataloguing weeding literature-promotion", {"half_days": 14}),
    ("Stjørdal", "Astrid Nygård", "information-literacy", {"half_days": 1, "days": 70, "places": ["online"]}),
    ("Stjørdal", "Per Hagen", "weeding cataloguing", {"half_days": 12, "places": ["host", "online"]}),
)
"""Library, colleague, skills, and the rest; `days`: ends so many days from the loading, else standing."""

STORY_REQUESTS: tuple[tuple[str, str, int, int, int, str], ...] = (
    ("Nes", "book-covering", 9, 9, 1, "host"),
    ("Grue", "shelf-tidying", 51, 62, 2, "host"),
    ("Tolga", "weeding", 15, 19, 2, "host"),
    ("Lillestrøm", "integration", 18, 18, 2, "host"),
    ("Ringsaker", "routine-desk", 16, 16, 2, "host"),
    ("Stjørdal", "literature-promotion", 30, 51, 1, "online"),
    ("Tønsberg", "events", 12, 14, 2, "host"),
    ("Fredrikstad", "weeding", 8, 19, 4, "host"),
    ("Drammen", "children", 11, 18, 1, "host"),
)
"""Library, skill, first and last day from the loading, half-days, place."""

STORY_LIBRARIES = {name for name, *_ in STORY_OFFERS}


def offers_of(library: DemoLibrary, loaded_on: date) -> list[tuple[Person, Document]]:
    """The offers of a library, each with its colleague."""
    people = people_of(library)
    if library.short_name in STORY_LIBRARIES and not library.is_demo:
        by_name = {person.name: person for person in people}
        return [
            (by_name[name], _story_offer(library, by_name[name], skills.split(), rest, loaded_on))
            for short_name, name, skills, rest in STORY_OFFERS
            if short_name == library.short_name and name in by_name
        ]
    if draw(100, "offers", library.id) >= OFFERING_PER_CENT:
        return []
    person = people[-1]
    return [(person, _offer(library, person, loaded_on))]


def requests_of(library: DemoLibrary, loaded_on: date) -> list[tuple[Person, Document]]:
    """The open requests of a library, each with the manager who asks."""
    people = people_of(library)
    asked = [
        (skill, loaded_on + timedelta(days=first), loaded_on + timedelta(days=last), half_days, place)
        for short_name, skill, first, last, half_days, place in STORY_REQUESTS
        if short_name == library.short_name
    ]
    if not asked and draw(ASKING_ONE_IN, "asks", library.id) == 0:
        skill = pick(ASKED_SKILLS, "asked", library.id)
        first_on = loaded_on + timedelta(days=4 + draw(30, "first", library.id))
        last_on = first_on + timedelta(days=draw(8, "last", library.id))
        place = "online" if skill == "information-literacy" else "host"
        asked = [(skill, first_on, last_on, 1 + draw(4, "asked half-days", library.id), place)]
    contact = pick(people, "contact", library.id)
    return [
        (
            people[0],
            {
                "id": fixed_id("request", library.id, skill),
                "library_id": library.id,
                "skills": [skill],
                "first_on": working_day_from(first_on).isoformat(),
                "last_on": max(working_day_from(first_on), working_day_from(last_on)).isoformat(),
                "half_days": half_days,
                "place": place,
                "own_words": ASK_WORDS[skill],
                "host_contact_id": contact.id,
                "is_open": True,
                "reach": "all",
            },
        )
        for skill, first_on, last_on, half_days, place in asked
    ]


def _story_offer(
    library: DemoLibrary, person: Person, skills: list[str], rest: Document, loaded_on: date
) -> Document:
    more = {key: value for key, value in rest.items() if key != "days"}
    if "days" in rest:
        more["last_on"] = (loaded_on + timedelta(days=rest["days"])).isoformat()
    return {**_bare_offer(library, person, skills), **more}


def _offer(library: DemoLibrary, person: Person, loaded_on: date) -> Document:
    """Half of the offers stand, most others hold for some months, a few are for single days."""
    seed = ("offer", library.id)
    skills = list(person.can[: 2 + draw(2, "skills", *seed)])
    offer = _bare_offer(library, person, skills)
    offer["half_days"] = 2 + draw(11, "half-days", *seed)
    offer["own_words"] = pick(OFFER_WORDS, "words", *seed)
    kind = draw(10, "kind", *seed)
    if kind >= 9:
        first = loaded_on + timedelta(days=3 + draw(20, "dates", *seed))
        days = {working_day_from(first + timedelta(days=7 * week)).isoformat() for week in range(5)}
        offer["dates"] = sorted(days)
    elif kind >= 5:
        offer["first_on"] = loaded_on.isoformat()
        offer["last_on"] = (loaded_on + timedelta(days=60 + draw(120, "span", *seed))).isoformat()
    if ONLINE_SKILLS & set(skills):
        offer["places"] = ["host", "online"]
    if draw(2, "limited", *seed) == 0:
        offer["max_km"] = 60 + 20 * draw(16, "radius", *seed)
    reach = draw(20, "reach", *seed)
    if reach >= 18:
        offer["reach"], offer["counties"] = "counties", list(NEIGHBOURS[library.county])
    elif reach >= 16:
        offer["reach"] = "county"
    return offer


def _bare_offer(library: DemoLibrary, person: Person, skills: list[str]) -> Document:
    return {
        "id": fixed_id("offer", person.id),
        "library_id": library.id,
        "colleague_id": person.id,
        "skills": skills,
        "places": ["host"],
        "half_days": 4,
        "reach": "all",
        "own_words": "",
    }
