"""What counts most among those who could help: each weight by name, with what it does."""

from itertools import zip_longest
from typing import Any, NamedTuple

from byttebank.contracts.ranking import BOUNDS
from gateway import speech
from gateway.speech import N_, say, say_many

Document = dict[str, Any]
WEIGHTS: dict[str, tuple[str, str]] = {
    "can_teach": (N_("Kan lære bort"), N_("Poeng til den som også kan lære bort det som trengs.")),
    "all_dates": (
        N_("Ledig alle dagene"),
        N_(
            "Poeng til den som er ledig så mange dager som det bes om. Den som kan færre, får tilsvarende "
            "færre."
        ),
    ),
    "no_travel": (
        N_("Ingen reise"),
        N_("Poeng når ingen må reise. Den som reiser, får færre jo lengre veien er."),
    ),
    "km_per_point": (
        N_("Kilometer for hvert poeng"),
        N_(
            "Så mange kilometer trekker ett poeng. Der reisetabellen har tiden, teller et minutt som en "
            "kilometer."
        ),
    ),
    "owes_per_half_day": (
        N_("For hver halve dag fått"),
        N_(
            "Poeng for hver halve dag biblioteket har fått mer enn det har gitt, så de kan gi igjen. "
            "Har de gitt mest, trekkes like mye, så de får hvile."
        ),
    ),
    "owes_most": (
        N_("Høyst for dager gitt og fått"),
        N_("Mer enn dette teller dager gitt og fått aldri, verken opp eller ned."),
    ),
    "first_visit": (
        N_("Har ikke hjulpet hverandre før"),
        N_("Poeng når de to bibliotekene ikke har hjulpet hverandre før."),
    ),
    "months_most": (
        N_("Lenge siden sist"),
        N_("Ett poeng for hver måned siden de hjalp hverandre sist, inntil dette."),
    ),
    "same_county": (N_("Vårt fylke"), N_("Poeng til bibliotekene i {county}.")),
    "neighbour_county": (
        N_("Nabofylker"),
        N_("Poeng til bibliotek i fylker som grenser til {county}."),
    ),
}
"""By weight: what it is called, and what it does."""
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "can_teach": (N_("kan lære bort"), ("can_teach",)),
    "free_on": (N_("ledig alle dagene"), ("all_dates",)),
    "distance": (N_("kort vei, eller ingen reise"), ("no_travel",)),
    "owes": (N_("har fått mer enn de har gitt"), ("owes_most",)),
    "last_visit": (
        N_("har ikke hjulpet hverandre før, eller ikke på lenge"),
        ("first_visit", "months_most"),
    ),
    "county": (N_("i vårt fylke, eller i et nabofylke"), ("same_county", "neighbour_county")),
}
"""The parts of a score, and the weights that say how much each can count at most."""


class Part(NamedTuple):
    """A part of the score and the most points that it can give."""

    words: str
    points: int


def weight_names() -> dict[str, str]:
    """What the form calls each weight."""
    return {name: say(WEIGHTS[name][0]) for name in BOUNDS}


def weight_sentences() -> dict[str, str]:
    """What each weight does, and within what it can be chosen."""
    known = speech.speech().names
    county = known.own_county() if known else ""
    return {
        name: f"{say(WEIGHTS[name][1], county=county)} {say('Fra {low} til {high}.', low=low, high=high)}"
        for name, (low, high) in BOUNDS.items()
    }


def parts_in_order(weights: Document) -> list[Part]:
    """What counts at all, what can count most first."""
    found = [Part(say(words), max(weights[name] for name in counting)) for words, counting in PARTS.values()]
    return sorted((part for part in found if part.points), key=lambda part: -part.points)


def part_sentence(part: Part) -> str:
    """One part of the order."""
    return speech.capitalised(
        say_many("{part}: inntil 1 poeng", "{part}: inntil {n} poeng", part.points, part=part.words)
    )


def changes(version: Document, before: Document) -> list[str]:
    """What a version changed, a line for each weight."""
    return [
        say("{weight}: {before} ble {after}", weight=say(words), before=before[name], after=version[name])
        for name, (words, _) in WEIGHTS.items()
        if version[name] != before[name]
    ]


class Row(NamedTuple):
    """A place in the order: who has it now, who would have it, and how she got there."""

    place: int
    now: str
    left: str
    """Where she goes who would not be among the first any more."""
    then: str
    moved: str


def preview_title(wanted: Document) -> str:
    """A request in the preview: Tolga: kassering, 7.-11. desember."""
    return say(
        "{library}: {skills}, {dates}",
        library=wanted["library_name"],
        skills=speech.names([speech.skill_name(code) for code in wanted["skills"]]),
        dates=speech.span(wanted["first_on"], wanted["last_on"]),
    )


def preview_rows(wanted: Document) -> list[Row]:
    """The two orders side by side, a row for each place."""
    pairs = zip_longest(wanted["before"], wanted["after"])
    return [
        Row(place, _placed(now), _left(now, len(wanted["after"])), _placed(then), _moved(then))
        for place, (now, then) in enumerate(pairs, start=1)
    ]


def _placed(one: Document | None) -> str:
    if one is None:
        return ""
    name = say("{name}, {library}", name=one["colleague_name"], library=one["library_name"])
    who = name if one["colleague_name"] else one["library_name"]
    return say("{who} ({points} poeng)", who=who, points=one["score"])


def _left(one: Document | None, shown: int) -> str:
    place = one["other_place"] if one else None
    return say("blir nummer {n}", n=place) if place and place > shown else ""


def _moved(one: Document | None) -> str:
    if one is None:
        return ""
    before = one["other_place"]
    if before is None:
        return say("ny her")
    up = before - one["place"]
    if up > 0:
        return say_many("opp 1 plass", "opp {n} plasser", up)
    return say_many("ned 1 plass", "ned {n} plasser", -up) if up else say("som nå")
