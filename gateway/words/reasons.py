"""Why somebody fits, or not: the reasons of candidates and of the board as sentences."""

from collections.abc import Callable
from typing import Any

from gateway import speech
from gateway.speech import N_, say

Parameters = dict[str, Any]


def _colleague_can(parameters: Parameters) -> str:
    known = [name for name in parameters["names"] if name]
    skill = speech.skill_name(parameters["skill"])
    if known:
        return say("{names} kan {skill}", names=speech.names(known), skill=skill)
    return say("En kollega kan {skill}", skill=skill)


def _offered_dates(parameters: Parameters) -> str:
    if not parameters["dates"]:
        return say("Datoene som var tilbudt, har vært")
    return say("Tilbudt {dates}", dates=speech.on_days(parameters["dates"]))


BOARD: dict[str, Callable[[Parameters], str]] = {
    "colleague_can": _colleague_can,
    "no_skill": lambda p: say(
        "Ingen hos dere har meldt at de kan {skill}", skill=speech.skill_name(p["skill"])
    ),
    "too_far": lambda p: say(
        "Det er {km} til {library}, og tilbudet gjelder inntil {max_km}",
        km=speech.km(p["km"]),
        library=p["library"],
        max_km=speech.km(p["max_km"]),
    ),
    "no_travel": lambda p: say("Ingen reise"),
    "county_frozen": lambda p: say(
        "Utvekslingen med {county} er stanset inntil videre", county=speech.county_name(p["county"])
    ),
    "offered_dates": _offered_dates,
    "offered_span": lambda p: say("Tilbudt {span}", span=speech.span(p["first_on"], p["last_on"])),
    "standing_offer": lambda p: say("Fast tilbud, dato avtales"),
}

N_("Noe taler for")
N_("Noe taler imot")


def reason_sentence(reason: dict[str, Any]) -> str:
    """The reason as a person reads it. A code this release has not heard of says only which way it speaks."""
    turn = BOARD.get(reason["code"]) or CANDIDATES.get(reason["code"])
    if turn is None:
        return say("Noe taler for") if reason["is_favourable"] else say("Noe taler imot")
    return turn(reason["parameters"])


CANDIDATES: dict[str, Callable[[Parameters], str]] = {}
