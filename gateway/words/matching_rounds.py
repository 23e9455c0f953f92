"""Rounds of matching in words: how one stands, what comes of it, and why somebody got no help."""

from typing import Any

from gateway import speech
from gateway.speech import N_, say, say_many
from gateway.words.engagement_table import BADGES as BADGES_OF_ENGAGEMENTS
from gateway.words.refusals import sentence_of

Document = dict[str, Any]

BADGES = {
    "gathering": (N_("Samler behovene"), "wait"),
    "collecting": (N_("Venter på fylkene"), "wait"),
    "waiting": (N_("Begynner"), "wait"),
    "computing": (N_("Regnes ut"), "wait"),
    "comparing": (N_("Sammenlignes"), "wait"),
    "computed": (N_("Klar til å sendes"), "wait"),
    "interrupted": (N_("Avbrutt"), "wait"),
    "failed": (N_("Ingenting å fordele"), "wait"),
    "publishing": (N_("Forslagene sendes"), "wait"),
    "published": (N_("Sendt"), "ok"),
    "discarded": (N_("Lagt bort"), "ok"),
}
"""The stage in a word, and whether somebody waits."""

STANDING = {
    "gathering": N_("Behov, tilbud og dager samles. Det tar noen sekunder."),
    "collecting": N_("Fylkene har én time på seg til å svare. Den som ikke svarer, blir ikke med."),
    "waiting": N_("Fordelingen begynner straks."),
    "computing": N_("Fordelingen regnes ut, og det tar høyst ett minutt. Ingenting er sendt til noen."),
    "comparing": N_("Fordelingen er regnet ut her. Nå ser vi om det andre fylket kom til det samme."),
    "computed": N_("Se over forslagene. Ingenting er sendt til noen før dere sender dem."),
    "interrupted": N_("Noden stanset midt i. Ingenting er sendt, og det som var samlet, er tatt vare på."),
    "publishing": N_("Forslagene går ut ett for ett. Stanser noden, fortsetter den der den slapp."),
    "published": N_("Forslagene er sendt. Bibliotekene og kollegaene svarer som på alle andre forslag."),
    "discarded": N_("Fordelingen er lagt bort. Ingenting ble sendt til noen."),
}
"""What a stage means for the county library."""

JOINT_FAILURES = {
    "alone": N_("Ingen av de andre fylkene svarte i tide. Begynn en ny runde, sammen med dem eller alene."),
    "withdrawn": N_("Fylket som begynte runden, har lagt den bort. Ingenting ble sendt til noen."),
    "left_out": N_("Svaret vårt kom for sent, så runden går uten oss. Ingenting ble sendt til noen."),
    "late": N_("Det kom ikke svar i tide. Ingenting ble sendt til noen. Begynn en ny runde."),
    "disagreed": N_(
        "Vi kom til noe annet enn fylket som samlet svarene, så herfra sendes ingenting. Snakk med dem før "
        "neste runde."
    ),
}
"""Why a round with other counties came to nothing here."""

COLLECTED = ("computed", "publishing", "published")
"""Something came of a round."""
SHOWN = 3

JOINT_STATES = {
    "invited": N_("har ikke svart ennå"),
    "answered": N_("har svart og regner"),
    "left_out": N_("er ikke med"),
    "agreed": N_("kom til det samme"),
    "disagreed": N_("kom til noe annet, og er ikke med videre"),
    "silent": N_("sa ikke fra i tide, og er ikke med videre"),
}
"""How far each county of a round is."""
STATES_WHILE_COLLECTING = {**JOINT_STATES, "answered": N_("har svart")}
"""Nobody computes before all have answered."""

FAILURES = {
    "no_requests": N_("Ingen bibliotek ber om hjelp på tavla disse dagene. Velg andre dager, eller vent."),
    "nobody_offers": N_("Ingen tilbyr hjelp disse dagene. Be noen om å legge inn tilbud, og prøv igjen."),
    "only_left_out": N_("Ingen av behovene passer i en fordelingsrunde. Under står hvorfor."),
    "too_large": N_("Det er for mye å regne ut på en gang. Velg færre dager."),
    **JOINT_FAILURES,
}

REASONS = {
    "own_limit": N_(
        "I en fordelingsrunde kan ingen gå over grensen. Tilby én dag til før {round_ends_on}, så er dere "
        "med."
    ),
    "nobody_free": N_(
        "Alle som kan «{skills}» {between}, er opptatt, også om andre bytter plass. Det trengs én til som "
        "kan det."
    ),
    "no_place": N_(
        "Den beste fordelingen vi fant, har ikke plass. Det er ikke bevist at det er umulig: flere datoer "
        "gjør det lettere."
    ),
    "cap": N_(
        "Noen kunne ha kommet fra et annet fylke, men da hadde sikkerhetsgrensen mellom fylkene blitt nådd. "
        "Vent til flere dager er gjennomført, eller be fylkesbiblioteket heve den."
    ),
    "half_day": N_("Denne runden teller hele dager. Den halve dagen kan dere spørre noen om selv."),
    "no_dates": N_("Det er ingen åpne dager igjen i runden. Velg flere datoer, eller vent på neste runde."),
    "no_account": N_("Biblioteket har ingen åpen konto. Fylkesbiblioteket kan åpne den."),
    "nobody_can": N_("Ingen på andre bibliotek tilbyr «{skills}» i runden."),
    "nobody_free_then": N_("{can} bibliotek kan «{skills}», men ingen av dem har noen ledig {between}."),
    "nobody_near": N_(
        "{can} bibliotek kan «{skills}» og {free} har noen ledig, men ingen av dem kan reise så langt."
    ),
    "too_many_days": N_("Det er for få dager igjen i runden til alt dere ber om. Velg flere datoer."),
}


def badge(round_: Document) -> tuple[str, str]:
    """The stage in a word, and whether somebody waits."""
    if round_["stage"] == "failed" and (round_["refusal"] or {}).get("code") in JOINT_FAILURES:
        return N_("Ble ikke noe av"), "wait"
    if round_["stage"] == "computed" and not round_["is_settled"]:
        return BADGES["collecting"]
    return BADGES[round_["stage"]]


def counties(round_: Document) -> list[tuple[str, str]]:
    """Each county of a round with others, and how far it is."""
    said = STATES_WHILE_COLLECTING if round_["stage"] == "collecting" else JOINT_STATES
    return [(one["county"], say(said[one["state"]])) for one in round_["counties"]]


def standing(round_: Document) -> str:
    """How the round stands, and what comes next."""
    if round_["stage"] in ("computed", "interrupted") and is_over(round_):
        return say("Dagene i runden har vært, så ingenting kan sendes. Legg den bort, og begynn en ny.")
    if round_["stage"] == "computed" and not round_["is_settled"]:
        when = speech.moment_short(round_["agree_by_at"])
        return say(
            "Forslagene kan sendes når alle fylkene har sagt fra, senest {when}. Ingenting er sendt til "
            "noen.",
            when=when,
        )
    if round_["stage"] == "failed":
        return say(FAILURES[(round_["refusal"] or {}).get("code", "too_large")])
    if round_["stage"] == "computed" and not round_["match_count"]:
        return say("Ingen kan få hjelp av noen andre disse dagene. Under står hvorfor.")
    if round_["stage"] == "computing" and round_["is_stopping"]:
        return say("Fordelingen avsluttes med det beste som er funnet til nå.")
    return say(STANDING[round_["stage"]])


def is_over(round_: Document) -> bool:
    """Whether all days of the round have been."""
    return bool(speech.as_date(round_["last_on"]) < speech.speech().today)


def progress(round_: Document) -> str:
    """How far the computation is; nothing where there is nothing to say."""
    found = round_["progress"]
    if round_["stage"] != "computing" or not found:
        return ""
    seconds = say_many("1 sekund", "{n} sekunder", found["seconds"])
    if found["days_served"] is None or found["bound"] is None:
        return say("Det har tatt {seconds} til nå.", seconds=seconds)
    return say(
        "Det har tatt {seconds} til nå. Det beste som er funnet, gir {served} av høyst {bound}.",
        seconds=seconds,
        served=speech.days(2 * found["days_served"]),
        bound=speech.days(2 * found["bound"]),
    )


def totals(round_: Document) -> str:
    """How much help the plan gives, and whether more is possible at all."""
    if round_["days_served"] is None:
        return ""
    values = {
        "served": speech.days(_half_days(round_, "served", "days_served")),
        "wanted": speech.days(_half_days(round_, "wanted", "days_wanted")),
        "bound": speech.days(_half_days(round_, "bound", "bound")),
    }
    if round_["is_optimal"]:
        return say("Det blir hjelp i {served} av {wanted} det er bedt om. Mer er ikke mulig.", **values)
    return say(
        "Det blir hjelp i {served} av {wanted} det er bedt om. Høyst {bound} kan være mulig.", **values
    )


def _half_days(round_: Document, which: str, days: str) -> int:
    """Rounds of before know whole days alone."""
    found = round_.get(f"half_days_{which}")
    return int(found if found is not None else 2 * round_[days])


def unmet(one: Document) -> str:
    """Why the request got no help, or not all of it, and what would have helped."""
    given = one["parameters"]
    values = {
        "skills": speech.skills(one["skills"]) if one["skills"] else say("hjelp"),
        "between": speech.span(given["first_on"], given["last_on"]),
        "round_ends_on": speech.on(given["round_ends_on"]),
        "can": str(given.get("can", 0)),
        "free": str(given.get("free", 0)),
    }
    return speech.capitalised(say(REASONS[_reason(one)], **values))


def _reason(one: Document) -> str:
    if one["reason"] != "no_candidate":
        return str(one["reason"])
    given = one["parameters"]
    if not given.get("can"):
        return "nobody_can"
    if not given.get("free"):
        return "nobody_free_then"
    return "nobody_near" if not given.get("near") else "too_many_days"


def answer(match: Document) -> str:
    """What has become of a match: how its proposal stands, or why there is none."""
    if match["state"] == "void":
        refusal = match["refusal"] or {"code": "", "parameters": {}}
        return sentence_of(refusal["code"], refusal["parameters"])
    if match["engagement_state"] is None:
        return say("Ikke sendt")
    return say(BADGES_OF_ENGAGEMENTS[match["engagement_state"]])


def collectors(rounds: list[Document]) -> str | None:
    """Which counties collected the answers in the last rounds with others, the newest first; None: none."""
    held = [one for one in rounds if one["coordinator"] and one["stage"] in COLLECTED]
    who = [f"{speech.county_name(one['coordinator'])} {_begun_on(one)}" for one in held[:SHOWN]]
    return say("Svarene er sist samlet av {who}. Bytt gjerne på.", who=speech.names(who)) if who else None


def _begun_on(round_: Document) -> str:
    return speech.on(speech.local(round_["created_at"]).date())
