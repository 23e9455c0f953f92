"""The exchange with another county in words: how it stands, what was compared, what was decided and why."""

from typing import Any

from gateway import speech
from gateway.speech import N_, say

Document = dict[str, Any]

BADGES = {
    "open": (N_("Åpen"), "ok"),
    "waiting": (N_("Venter på svar"), "wait"),
    "recovering": (N_("Gjenoppretter"), "wait"),
    "down": (N_("Ingen kontakt"), "wait"),
    "frozen": (N_("Stanset"), "wait"),
    "ended": (N_("Avsluttet der"), "wait"),
    "left": (N_("Ikke med lenger"), "wait"),
}
"""The state in a word, and whether somebody waits."""

STANDING = {
    "open": N_("Dager mellom oss føres med en gang."),
    "waiting": N_("Noen dager er sendt til {county} og ikke besvart. De føres når svaret kommer."),
    "recovering": N_(
        "Nodene finner ut hvor langt de var kommet. Til da venter dagene, og ingenting er tapt."
    ),
    "down": N_("Noden får ikke kontakt med {county}. Meldingene venter her, og går av seg selv."),
    "frozen": N_(
        "Ingenting nytt avtales eller sendes. Det som er ført, står, og det som er på vei, venter til det "
        "åpnes."
    ),
    "ended": N_(
        "{county} har avsluttet samarbeidet. Det som er ført, står, men ingenting nytt kommer fram dit. Ring "
        "dem, og avslutt det her også hvis det skal være slutt."
    ),
    "left": N_("{county} utveksler ikke dager lenger. Det som er ført, står."),
}

ROLES = {
    "county": N_("fylkesbiblioteket"),
    "operator": N_("den driftsansvarlige"),
    "node": N_("noden selv"),
}


def standing(state: str, county: str) -> str:
    """What a state means."""
    return say(STANDING[state], county=speech.county_name(county))


def compared(row: Document, own: str) -> str:
    """How the last comparison over one county's messages ended."""
    county, when = speech.county_name(row["county"]), speech.moment_short(row["compared_at"])
    is_ours = row["sender"] == own
    if row["state"] == "agreed":
        sentence = (
            say("Det vi har ført for {county}, er likt i begge bøkene. Sist sammenlignet {when}.")
            if is_ours
            else say("Det {county} har ført for oss, er likt i begge bøkene. Sist sammenlignet {when}.")
        )
    elif row["state"] == "searching":
        sentence = say(
            "Bøkene er ikke like. Nodene leter etter den første forskjellen; det tar noen sekunder."
        )
    else:
        sentence = say("Bøkene er ikke like, sist sammenlignet {when}. Den første forskjellen står under.")
    return sentence.format(county=county, when=when)


def difference(dispute: Document, own: str) -> str:
    """What a difference between two books is, and what comes of it."""
    county, sender = speech.county_name(dispute["county"]), speech.county_name(dispute["sender"])
    if dispute["hash_here"] != dispute["hash_there"]:
        return say(
            "Til og med melding {before} fra {sender} er bøkene like. Melding {seq} er ikke den samme hos "
            "{county} som her. Begge er tatt vare på. Ring {county} og hold dem opp mot hverandre.",
            before=dispute["seq"] - 1,
            seq=dispute["seq"],
            sender=sender,
            county=county,
        )
    return say(
        "Til og med melding {before} fra {sender} er bøkene like. Etter melding {seq} har vi ført {here} til "
        "sammen, og {county} {there}. Begge har den samme meldingen, så en av bøkene følger den ikke: la den "
        "driftsansvarlige kontrollere boka hos begge.",
        before=dispute["seq"] - 1,
        seq=dispute["seq"],
        sender=sender,
        county=county,
        here=speech.days(dispute["half_days_here"]),
        there=speech.days(dispute["half_days_there"]),
    )


def decided(act: Document) -> str:
    """What was decided about a county, and by whom."""
    who = say(ROLES[act["role"]])
    if act["what"] == "fuse":
        days = speech.days_count(act["fuse_half_days"])
        return say("Sikkerhetsgrensen ble satt til {days} av {who}.", days=days, who=who)
    if act["what"] == "freeze":
        return say("Utvekslingen ble stanset av {who}.", who=who)
    if act["what"] == "leave":
        return say("Samarbeidet ble avsluttet av {who}.", who=who)
    return say("Utvekslingen ble åpnet igjen av {who}.", who=who)


def why(act: Document) -> str:
    """The reason somebody wrote, or what the node has found."""
    if act["role"] != "node":
        return str(act["reason"])
    county = speech.county_name(act["county"])
    if act["reason"] == "clearing":
        return say(
            "{county} har signert to ting i en avregning som ikke kan være sanne samtidig. Begge er tatt "
            "vare på. Ring {county} før dere åpner igjen.",
            county=county,
        )
    return say(
        "{county} har signert to ulike meldinger med nummer {seq}. Begge er tatt vare på, og utvekslingen er "
        "stanset. Ring {county} før dere åpner igjen.",
        county=county,
        seq=str(act["detail"] or "").rpartition(" ")[2],
    )
