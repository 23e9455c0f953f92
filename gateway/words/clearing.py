"""A round of clearing in plain words: who owed whom in a ring, and what has become of it."""

from typing import Any

from gateway import speech
from gateway.speech import N_, say

Document = dict[str, Any]

STANDING = {
    "heard": N_("Vi er spurt, og har ikke svart."),
    "stated": N_("Vi har sagt hva vi skylder og har til gode. Så lenge runden varer, står det fast."),
    "accepted": N_("Vi har regnet ut det samme som de andre og sagt ja. {county} samler svarene."),
    "closing": N_("Vi har bedt om å avslutte runden. Den er over når de andre har bedt om det samme."),
    "left": N_("Det var ingenting av vårt å stryke ut. Ingenting er endret hos oss."),
    "applied": N_("Det er ført. Hva hvert fylke har gitt og fått til sammen, er som før."),
    "late": N_("{county} avsluttet runden fordi noen ikke svarte i tide. Ingenting er endret."),
    "nothing_to_clear": N_("Ingen skyldte i ring denne gangen. Ingenting er endret."),
    "closed": N_("Runden ble avsluttet uten {county}, som ikke svarte. Ingenting er endret."),
}
"""What a stage means for the reader's county."""

COMES_TO = {
    "applied": N_("Til sammen skyldte fylkene hverandre {owed}. Av det er det strøket ut {cleared}."),
    "proposed": N_("Til sammen skyldte fylkene hverandre {owed}. Av det går det an å stryke ut {cleared}."),
    "nothing": N_("Til sammen skyldte fylkene hverandre {owed}. Ingenting av det gikk i ring."),
}

BADGES = {
    "heard": (N_("Ikke svart"), "wait"),
    "stated": (N_("Pågår"), "wait"),
    "accepted": (N_("Pågår"), "wait"),
    "closing": (N_("Avsluttes"), "wait"),
    "left": (N_("Ferdig"), "ok"),
    "applied": (N_("Ført"), "ok"),
    "aborted": (N_("Avsluttet uten endring"), "ok"),
    "closed": (N_("Avsluttet uten endring"), "ok"),
}
"""The stage in a word, and whether somebody waits."""


def explanation(round_: Document) -> list[str]:
    """Each ring in a sentence: Innlandet skyldte Akershus 4 dager, ..."""
    owed = {(one["debtor"], one["creditor"]): one["owed_half_days"] for one in round_["positions"]}
    return [_ring(ring, owed) for ring in round_["rings"]]


def standing(round_: Document) -> str:
    """What the round has come to, for the reader's county."""
    stage, reason = round_["stage"], round_["abort_reason"]
    if stage == "aborted" or (reason and stage in ("left", "heard")):
        stage = reason or "late"
    return say(STANDING[stage], county=speech.county_name(round_["coordinator"]))


def result(round_: Document) -> str:
    """How much of what was owed is struck out, or would be; nothing before the answers are in."""
    if not round_["positions"]:
        return ""
    template = COMES_TO["applied" if round_["stage"] == "applied" else "proposed"]
    return say(
        template if round_["cleared_half_days"] else COMES_TO["nothing"],
        owed=speech.days(round_["owed_half_days"]),
        cleared=speech.days(round_["cleared_half_days"]),
    )


def left_out(round_: Document) -> list[str]:
    """Pairs that had a day on its way, so that their books did not say the same."""
    return [
        say(
            "{county_a} og {county_b} hadde en dag på vei mellom seg, og er ikke regnet med denne gangen.",
            county_a=speech.county_name(one),
            county_b=speech.county_name(other),
        )
        for one, other in round_["left_out"]
    ]


def silent(round_: Document) -> list[str]:
    """The counties that were asked and are not counted with, by name."""
    return [speech.county_name(one) for one in round_["counties"] if one not in round_["answered"]]


def _ring(ring: Document, owed: dict[tuple[str, str], int]) -> str:
    counties = ring["counties"]
    clauses = [
        say(
            "{debtor} skyldte {creditor} {days}",
            debtor=speech.county_name(debtor),
            creditor=speech.county_name(creditor),
            days=speech.days(owed[debtor, creditor]),
        )
        for debtor, creditor in zip(counties, counties[1:] + counties[:1], strict=True)
    ]
    return say(
        "{chain}. Rundt hele ringen går {days} opp i opp.",
        chain=speech.names(clauses),
        days=speech.days(ring["half_days"]),
    )
