"""Why somebody fits, or not: the reasons of candidates and of the board as sentences."""

from collections.abc import Callable
from typing import Any

from gateway import speech
from gateway.speech import say, say_many
from gateway.words.weekdays import every

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


def _offered_span(parameters: Parameters) -> str:
    span = speech.span(parameters["first_on"], parameters["last_on"])
    if parameters.get("weekdays"):
        return say("Tilbudt {weekdays} {span}", weekdays=every(parameters["weekdays"]), span=span)
    return say("Tilbudt {span}", span=span)


def _standing_offer(parameters: Parameters) -> str:
    if parameters.get("weekdays"):
        return say("Fast tilbud {weekdays}", weekdays=every(parameters["weekdays"]))
    return say("Fast tilbud, dato avtales")


def _no_skill(parameters: Parameters) -> str:
    skill = speech.skill_name(parameters["skill"])
    return say("Ingen hos dere har meldt at de kan {skill}", skill=skill)


def _too_far(parameters: Parameters) -> str:
    return say(
        "Det er {km} til {library}, og tilbudet gjelder inntil {max_km}",
        km=speech.km(parameters["km"]),
        library=parameters["library"],
        max_km=speech.km(parameters["max_km"]),
    )


def _last_visit(parameters: Parameters) -> str:
    months = parameters["months"]
    if months < 1:
        return say("Dere har hjulpet hverandre nylig")
    return say_many(
        "Dere hjalp hverandre sist for 1 måned siden",
        "Dere hjalp hverandre sist for {n} måneder siden",
        months,
    )


SENTENCES: dict[str, Callable[[Parameters], str]] = {
    "colleague_can": _colleague_can,
    "no_skill": _no_skill,
    "too_far": _too_far,
    "no_travel": lambda p: say("Ingen reise"),
    "county_frozen": lambda p: say(
        "Utvekslingen med {county} er stanset inntil videre", county=speech.county_name(p["county"])
    ),
    "offered_dates": _offered_dates,
    "offered_span": _offered_span,
    "standing_offer": _standing_offer,
    "can": lambda p: say("Kan {skill}", skill=speech.skill_name(p["skill"])),
    "can_teach": lambda p: say("Kan lære bort {skill}", skill=speech.skill_name(p["skill"])),
    "free_on": lambda p: say("Ledig {dates}", dates=speech.on_days(p["dates"])),
    "distance": lambda p: say("{km} unna i luftlinje", km=speech.km(p["km"])),
    "travel_time": lambda p: say("{time} etter reisetabellen", time=speech.travel_time(p["minutes"])),
    "owes": lambda p: say("Har fått {days} mer enn de har gitt", days=speech.days(p["half_days"])),
    "gives": lambda p: say("Har gitt {days} mer enn de har fått", days=speech.days(p["half_days"])),
    "first_visit": lambda p: say("Dere har ikke hjulpet hverandre før"),
    "last_visit": _last_visit,
    "same_county": lambda p: say("I {county}, som dere", county=speech.county_name(p["county"])),
    "other_county": lambda p: say("I {county}", county=speech.county_name(p["county"])),
}


def reason_sentence(reason: dict[str, Any]) -> str:
    """The reason as a person reads it. A code this release has not heard of says only which way it speaks."""
    turn = SENTENCES.get(reason["code"])
    if turn is None:
        return say("Noe taler for") if reason["is_favourable"] else say("Noe taler imot")
    return turn(reason["parameters"])
