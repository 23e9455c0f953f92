"""Vandring rounds in words: how a round stands, how a visit does, and why somebody sits out."""

from typing import Any

from gateway import speech
from gateway.speech import N_, say, say_many
from gateway.words.engagement_table import BADGES as BADGES_OF_ENGAGEMENTS
from gateway.words.refusals import sentence_of
from gateway.words.sitting_out import PHRASES

Document = dict[str, Any]
CARRIED_OUT = ("carried_out", "confirmed", "settled")
OVER = ("declined", "expired", "cancelled", "no_show")

BADGES = {
    "inviting": (N_("Venter på svar"), "wait"),
    "planned": (N_("Klar til å legges ut"), "wait"),
    "published": (N_("Lagt ut"), "ok"),
    "discarded": (N_("Lagt bort"), "ok"),
}
"""The stage in a word, and whether somebody waits."""

STANDING = {
    "inviting": N_("Bibliotekene er spurt om de vil være med. Lag oppsettet når svarene er kommet."),
    "planned": N_("Se over oppsettet. Ingen har fått beskjed før dere legger det ut."),
    "published": N_("Oppsettet er lagt ut. Bibliotekene finner datoer sammen."),
    "discarded": N_("Vandringen er lagt bort."),
}

SIZES = {
    "any": N_("Alle kan besøke alle"),
    "same": N_("Bibliotek av samme størrelse"),
    "different": N_("Bibliotek av ulik størrelse"),
}

QUESTIONS = {
    "visitor": {
        "saw": N_("Hva så dere som dere vil ta med hjem?"),
        "learned": N_("Hva gjør de annerledes enn dere?"),
        "advice": N_("Hva kan andre bibliotek bruke?"),
    },
    "host": {
        "saw": N_("Hva la gjesten merke til hos dere?"),
        "learned": N_("Hva lærte dere av besøket?"),
        "advice": N_("Hva vil dere gjøre annerledes neste gang dere får besøk?"),
    },
}
"""The three questions, for whoever came and whoever received."""


def standing(round_: Document) -> str:
    """How the round stands, and what comes next."""
    return say(STANDING[round_["stage"]])


def answers(round_: Document) -> str:
    """How many have said what."""
    silent = round_["invited_count"] - round_["yes_count"] - round_["no_count"]
    said = [
        say_many("1 bibliotek er med.", "{n} bibliotek er med.", round_["yes_count"])
        if round_["yes_count"]
        else say("Ingen har sagt at de er med."),
        say_many("1 står over.", "{n} står over.", round_["no_count"]) if round_["no_count"] else "",
        say_many("1 har ikke svart.", "{n} har ikke svart.", silent) if silent else "",
    ]
    return " ".join(one for one in said if one)


def answer(library: Document) -> str:
    """What a library has said."""
    if library["has_left"]:
        return say("Har meldt avbud")
    if library["answer"] is None:
        return say("Ikke svart")
    return say("Er med") if library["answer"] else say("Står over")


def own_answer(library: Document) -> str:
    """What the reader's own library has said."""
    if library["has_left"]:
        return say("Dere har meldt avbud.")
    if library["answer"] is None:
        return say("Dere har ikke svart.")
    return say("Dere er med.") if library["answer"] else say("Dere står over denne gangen.")


def is_awaiting(round_: Document) -> bool:
    """Whether libraries have until the round's day to answer, and some have not."""
    is_open = round_["stage"] in ("inviting", "planned")
    is_in_time = speech.speech().today.isoformat() <= round_["reply_by_on"]
    return is_open and is_in_time and any(one["answer"] is None for one in round_["libraries"])


def sits_out(library: Document) -> str:
    """Why a library visits nobody."""
    why = PHRASES.get(library["sits_out"], PHRASES["several"])
    return say("{library} besøker ingen: {why}.", library=library["library_name"], why=say(why))


def week(visit: Document) -> str:
    """Uke 3, of a Monday."""
    return say("uke {n}", n=speech.as_date(visit["week_on"]).isocalendar().week)


def visit_when(visit: Document) -> str:
    """The day of a visit that is proposed or agreed, otherwise its week."""
    if visit["dates"] and visit["engagement_state"] not in OVER:
        return speech.on_days(visit["dates"])
    return week(visit)


def visit_state(visit: Document) -> str:
    """How a visit stands: without a day yet, or as its engagement does."""
    state = visit["engagement_state"]
    if state in CARRIED_OUT:
        return say("Gjennomført")
    if state is not None:
        return say(BADGES_OF_ENGAGEMENTS[state])
    if visit["refusal"]:
        return sentence_of(visit["refusal"]["code"], visit["refusal"]["parameters"])
    return say("Ingen dato ennå")


def reflections(visit: Document) -> str:
    """Who has not written yet, of a visit that is over; nothing before."""
    if visit["engagement_state"] not in CARRIED_OUT:
        return ""
    names = {"visitor": visit["visitor_library_name"], "host": visit["host_library_name"]}
    missing = [name for side, name in names.items() if side not in visit["has_reflection_of"]]
    if not missing:
        return say("Begge har skrevet")
    return say("Mangler fra {names}", names=speech.names(missing))


def is_missing_reflection(visit: Document) -> bool:
    """Whether somebody has not written about a visit that is over."""
    return visit["engagement_state"] in CARRIED_OUT and len(visit["has_reflection_of"]) < 2
