"""Notices as they are read: a subject, and one sentence that stands alone."""

from dataclasses import dataclass
from typing import Any

from gateway import speech
from gateway.speech import N_, say
from gateway.words.refusals import sentence_of
from gateway.words.vandring_notices import VANDRING_NOTICES, named_key
from gateway.words.visits import VISIT_NOTICES

WORDS: dict[str, tuple[str, str]] = {
    "proposal": (
        N_("Forslag: {host} {date}"),
        N_("{host} vil gjerne ha hjelp {date}. Svar innen {reply_by}."),
    ),
    "proposal.offer": (
        N_("Forslag: {lender} {date}"),
        N_("{lender} tilbyr hjelp {date}. Svar innen {reply_by}."),
    ),
    "proposal.round": (
        N_("Forslag: {host} {date}"),
        N_("En fordelingsrunde foreslår at dere hjelper {host} {date}. Svar innen {reply_by}."),
    ),
    "proposal.round.host": (
        N_("Forslag: {lender} {date}"),
        N_("En fordelingsrunde foreslår at {lender} hjelper dere {date}. Svar innen {reply_by}."),
    ),
    "proposal_reminder": (
        N_("Svar innen {reply_by}: {host} {date}"),
        N_("Forslaget går ut {reply_by}. Både ja og nei hjelper."),
    ),
    "refused": (N_("Ikke avtalt ennå: {lender} {date}"), N_("{refusal}")),
    "agreed": (N_("Avtalt: {host} {date}"), N_("Alle har sagt ja til {date}.")),
    "move": (
        N_("Ny dato? {host} {date}"),
        N_(
            "{library} spør om dagen kan flyttes til {new_date}. Avtalen om {date} gjelder til alle har "
            "sagt ja."
        ),
    ),
    "moved": (N_("Flyttet: {host} {date}"), N_("Alle har sagt ja, og dagen er flyttet til {date}.")),
    "move_declined": (
        N_("Ikke flyttet: {host} {date}"),
        N_("Dagen er ikke flyttet. Avtalen om {date} gjelder."),
    ),
    "move_turned_down": (
        N_("Ikke flyttet: {host} {date}"),
        N_("Den nye datoen går ikke. Avtalen om {date} gjelder."),
    ),
    "declined": (N_("{date} passet ikke"), N_("{date} passet ikke for {library}. Andre kan kanskje.")),
    "expired": (
        N_("Forslaget om {date} gikk ut"),
        N_("Ikke alle rakk å svare. Send gjerne et nytt forslag."),
    ),
    "replacement": (
        N_("Kan en annen komme {date}?"),
        N_("{host} mistet hjelpen sin {date} og spør på nytt."),
    ),
    "reminder_7": (N_("Om en uke: {host} {date}"), N_("Om en uke hjelper {lender} {host}.")),
    "reminder_1": (N_("I morgen: {host}"), N_("{lender} hjelper {host} {date}. {contact} tar imot.")),
    "did_it_happen": (N_("Ble det noe av {date}?"), N_("Ett trykk er nok: ja, eller det ble ikke noe av.")),
    "did_it_happen_again": (
        N_("Svar innen {confirm_by}: {date}"),
        N_("{library} sier at det ble gjort. Uten svar blir det ført {confirm_by}."),
    ),
    "confirmed": (
        N_("Bekreftet: {host} {date}"),
        N_("{lender} hjalp {host} {date}, og begge har bekreftet."),
    ),
    "confirmed_by_silence": (
        N_("Ført uten svar: {host} {date}"),
        N_("Ingen sa imot, så {date} er ført. Dere kan melde uenighet til {dispute_by}."),
    ),
    "settled": (N_("Ført: {host} {date}"), N_("{lender} hjalp {host} {date}, og {days} er ført.")),
    "settled.no_days": (
        N_("Ferdig: {host} {date}"),
        N_("{lender} besøkte {host} {date}. Ingen dager ble flyttet."),
    ),
    "nobody_answered": (
        N_("Ingen har svart: {lender} og {host} {date}"),
        N_("Spør bibliotekene om det ble noe av."),
    ),
    "cancelled": (N_("Avlyst: {host} {date}"), N_("{date} er avlyst. Ingen dager er brukt.")),
    "no_show": (N_("Det ble ikke noe av {date}"), N_("Ingen dager er ført.")),
    "disputed": (
        N_("Uenige om {date}"),
        N_("Dere og {library} er uenige. Fylkesbiblioteket leser hva begge skriver, og avgjør."),
    ),
    "disputed.county": (
        N_("Uenige om {date}"),
        N_("{lender} og {host} er uenige. Les hva begge har skrevet, og avgjør."),
    ),
    "promise_due": (
        N_("Et løfte nærmer seg: {date}"),
        N_("Dere har lovet {days} innen {date}. På tavla står noen som trenger hjelp nå."),
    ),
    "promise_late": (
        N_("Et løfte har ventet siden {date}"),
        N_("Det haster ikke, men noen venter kanskje. Velg en dag, eller snakk med fylkesbiblioteket."),
    ),
    "clearing_applied": (
        N_("En avregning er ført"),
        N_("Det som gikk i ring mellom fylkene, er strøket ut. Ingen har fått eller mistet noe."),
    ),
    "clearing_unchanged": (
        N_("En avregning ble avsluttet"),
        N_("Runden som {county} samlet, ble ikke ferdig. Ingenting er endret."),
    ),
    "joint_round_computed": (
        N_("En fordelingsrunde er klar til å ses over"),
        N_("{county} samlet svarene, og vi kom til det samme. Se over forslagene til deres egne bibliotek."),
    ),
    "invitation": (
        N_("Invitasjon til Byttebanken"),
        N_("Fylkesbiblioteket i {county} inviterer {library} til å bytte arbeidsdager med andre bibliotek."),
    ),
    "peer_stopped": (
        N_("Utvekslingen med {county} er stanset"),
        N_(
            "{county} har signert to ting som ikke kan være sanne samtidig. Begge er tatt vare på. Ring "
            "{county} før dere åpner igjen."
        ),
    ),
    **VANDRING_NOTICES,
    **VISIT_NOTICES,
    "direct_asked": (
        N_("{library} spør dere om hjelp: {date}"),
        N_("{library} har spurt bare dere. Svar innen {reply_by}, også om dere ikke kan."),
    ),
    "direct_declined": (
        N_("{library} kan ikke hjelpe: {date}"),
        N_("Dere kan spørre alle i stedet, med ett trykk."),
    ),
    "direct_unanswered": (
        N_("{library} har ikke svart: {date}"),
        N_("Dere kan spørre alle i stedet, med ett trykk."),
    ),
    "request_fits": (
        N_("{library} spør om hjelp"),
        N_("{library} trenger hjelp {date}, og dere har noen som kan."),
    ),
}
OTHER = (N_("Nytt fra Byttebanken"), N_("Noe har skjedd som angår dere. Se avtalen for mer."))
"""For a notice this release has not heard of."""


@dataclass(frozen=True)
class NoticeWords:
    """A notice as it is read."""

    subject: str
    sentence: str


def notice_words(notice: dict[str, Any]) -> NoticeWords:
    """The notice in the reader's language, made from its key and parameters."""
    parameters = notice["parameters"]
    subject, sentence = WORDS.get(_key(notice["key"], parameters), OTHER)
    values = _values(parameters)
    return NoticeWords(
        speech.capitalised(say(subject, **values)), speech.capitalised(say(sentence, **values))
    )


def _key(key: str, parameters: dict[str, Any]) -> str:
    if parameters.get("purpose", "help") != "help" and f"{key}.visit" in VISIT_NOTICES:
        return f"{key}.visit"
    if key == "proposal" and parameters.get("proposed_by") == "round":
        return "proposal.round.host" if parameters.get("party") == "host" else "proposal.round"
    if key == "proposal" and parameters.get("party") == "host":
        return "proposal.offer"
    if (of_vandring := named_key(key, parameters)) is not None:
        return of_vandring
    if key == "settled" and parameters.get("purpose", "help") != "help":
        return "settled.no_days"
    if key == "disputed" and parameters.get("party") == "county":
        return "disputed.county"
    return key


def _values(parameters: dict[str, Any]) -> dict[str, str]:
    def day(key: str) -> str:
        return speech.on(parameters[key]) if parameters.get(key) else say("fristen")

    dates = parameters.get("dates") or ([parameters["date"]] if parameters.get("date") else [])
    days = speech.on_days(dates) if dates else ""
    if parameters.get("first_on") and not dates:
        days = speech.span(parameters["first_on"], parameters["last_on"])
    half_days = parameters.get("half_days")
    refusal = parameters.get("refusal")
    return {
        "county": speech.county_name(str(parameters.get("county") or "")) or say("det andre fylket"),
        "host": str(parameters.get("host") or say("vertsbiblioteket")),
        "lender": str(parameters.get("lender") or say("biblioteket som hjelper")),
        "library": str(parameters.get("library") or say("det andre biblioteket")),
        "season": str(parameters.get("season") or ""),
        "contact": str(parameters.get("contact") or say("en kontaktperson")),
        "date": days or say("dagen"),
        "new_date": speech.on_days(parameters["move_to"])
        if parameters.get("move_to")
        else say("en annen dag"),
        "days": speech.days(half_days) if half_days else say("dagene"),
        "reply_by": day("reply_by"),
        "confirm_by": day("confirm_by"),
        "dispute_by": day("dispute_by"),
        "refusal": sentence_of(refusal["code"], refusal.get("parameters") or {})
        if refusal
        else say("Prøv igjen."),
    }
