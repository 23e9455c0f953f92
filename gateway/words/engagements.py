"""An engagement as each party reads it: the badge of its state, and one sentence by state and reader."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway import speech
from gateway.accounts import User
from gateway.speech import N_, say

Document = dict[str, Any]

BADGES = {
    "proposed": N_("Foreslått"),
    "reserving": N_("Settes av"),
    "refused": N_("Grensen er nådd"),
    "agreed": N_("Avtalt"),
    "carried_out": N_("Gjennomført"),
    "confirmed": N_("På vei"),
    "settled": N_("Ført"),
    "declined": N_("Takket nei"),
    "expired": N_("Gikk ut"),
    "cancelled": N_("Avlyst"),
    "no_show": N_("Ble ikke noe av"),
    "disputed": N_("Uenige"),
    "unanswered": N_("Ingen svar"),
}

OPEN_STATES = (
    "proposed",
    "reserving",
    "refused",
    "agreed",
    "carried_out",
    "confirmed",
    "disputed",
    "unanswered",
)
"""Something is still to happen."""

SENTENCES: dict[str, str] = {
    "proposed.lender.act": N_("{host} spør om {name} kan hjelpe {date}. Svar innen {reply_by}."),
    "proposed.lender.own": N_("{name} kan hjelpe {host} {date}. Si ja eller nei innen {reply_by}."),
    "proposed.host.act": N_(
        "{lender} tilbyr hjelp {date}. Svar innen {reply_by}, og velg hvem som tar imot."
    ),
    "proposed.host.own": N_("Vi har spurt {lender} om hjelp {date}. Si ja eller nei innen {reply_by}."),
    "proposed.colleague.act": N_(
        "{host} spør om du kan hjelpe {date}. Svar innen {reply_by}. Passer det ikke, trenger du ikke si hvorfor."
    ),
    "proposed.colleague.own": N_(
        "Biblioteket ditt tilbyr {host} at du hjelper {date}. Svar innen {reply_by}. Passer det ikke, trenger du "
        "ikke si hvorfor."
    ),
    "proposed.lender.wait": N_("Dere har sagt ja. Nå mangler svar fra {others}."),
    "proposed.host.wait": N_("Dere har sagt ja. Nå mangler svar fra {others}."),
    "proposed.lender.look": N_("{host} har spurt om {name} kan hjelpe {date}. Nå mangler svar fra {others}."),
    "proposed.host.look": N_("{lender} og vi avtaler {date}. Nå mangler svar fra {others}."),
    "proposed.colleague.wait": N_("Du har sagt ja. Nå mangler svar fra {others}."),
    "proposed.county": N_("{lender} og {host} holder på å avtale {date}. Dere trenger ikke gjøre noe."),
    "reserving": N_("Alle har sagt ja. Byttebanken setter av {days} nå."),
    "refused.lender": N_(
        "Alle har sagt ja, men {host} har nådd grensen sin. Byttebanken har sagt fra til {host}."
    ),
    "refused.host": N_(
        "Alle har sagt ja, men dere har nådd grensen. Tilby en dag, eller snakk med fylkesbiblioteket."
    ),
    "refused.colleague": N_("Dagen hos {host} {date} er ikke avtalt ennå. Du får beskjed."),
    "refused.county": N_("{host} har nådd grensen og får ikke avtalt {date}. Dere kan heve grensen."),
    "agreed.lender": N_("Avtalt: {name} hjelper {host} {date}. Dere får {days} når det er gjort."),
    "agreed.lender.no_days": N_("Avtalt: {name} besøker {host} {date}. Ingen dager flyttes."),
    "agreed.host": N_(
        "Avtalt: {name} fra {lender} hjelper dere {date}. {contact} tar imot. Dere har satt av {days}."
    ),
    "agreed.host.no_days": N_("Avtalt: {name} fra {lender} besøker dere {date}. {contact} tar imot."),
    "agreed.colleague": N_("Avtalt: du hjelper {host} {date}. {contact} tar imot deg."),
    "agreed.colleague.no_days": N_("Avtalt: du besøker {host} {date}. {contact} tar imot deg."),
    "agreed.county": N_("Avtalt: {lender} hjelper {host} {date}. Det er satt av {days}."),
    "agreed.lender.past": N_("Hjalp {name} {host} {date}? Svar ja, eller si at det ikke ble noe av."),
    "agreed.host.past": N_("Fikk dere hjelp av {lender} {date}? Svar ja, eller si at det ikke ble noe av."),
    "agreed.colleague.past": N_("Hjalp du {host} {date}? Svar ja, eller si at det ikke ble noe av."),
    "carried_out.lender.act": N_(
        "Hjalp {name} {host} {date}? {host} sier ja. Uten svar fra dere blir det ført {confirm_by}."
    ),
    "carried_out.host.act": N_(
        "Fikk dere hjelp av {lender} {date}? {lender} sier ja. Uten svar fra dere blir det ført {confirm_by}."
    ),
    "carried_out.colleague.act": N_("Hjalp du {host} {date}? Svar ja, eller si at det ikke ble noe av."),
    "carried_out.lender.wait": N_(
        "Dere har svart at det ble gjort. Nå mangler svar fra {others}. Uten svar blir det ført {confirm_by}."
    ),
    "carried_out.host.wait": N_(
        "Dere har svart at det ble gjort. Nå mangler svar fra {others}. Uten svar blir det ført {confirm_by}."
    ),
    "carried_out.colleague.wait": N_(
        "Det er svart at det ble gjort. Nå mangler svar fra {others}. Uten svar blir det ført {confirm_by}."
    ),
    "carried_out.county": N_("{lender} og {host} bekrefter {date}. Dere trenger ikke gjøre noe."),
    "confirmed.lender": N_("Bekreftet: {days} fra {host} er på vei til dere."),
    "confirmed.host": N_("Bekreftet: {days} er på vei fra dere til {lender}."),
    "confirmed.colleague": N_("Bekreftet. Takk for innsatsen."),
    "confirmed.county": N_("Bekreftet: {days} er på vei fra {host} til {lender}."),
    "settled.lender": N_("Vi hjalp {host} {date}. Vi fikk {days}."),
    "settled.host": N_("{lender} hjalp oss {date}. Vi brukte {days}."),
    "settled.colleague": N_("Du hjalp {host} {date}."),
    "settled.county": N_("{lender} hjalp {host} {date}: {days}."),
    "settled.no_days": N_("{name} fra {lender} besøkte {host} {date}. Ingen dager ble flyttet."),
    "declined.lender": N_("{date} passet ikke for {library}. Ingen dager er satt av."),
    "declined.host": N_("{date} passet ikke for {library}. Ingen dager er satt av."),
    "declined.self": N_("Dere takket nei til {date}."),
    "declined.colleague": N_("Det blir ikke noe oppdrag {date}. Ingen spør hvorfor."),
    "declined.county": N_("{lender} og {host} ble ikke enige om {date}."),
    "expired.lender": N_(
        "Forslaget om {date} gikk ut før alle hadde svart. Send et nytt hvis dagen fortsatt passer."
    ),
    "expired.host": N_(
        "Forslaget om {date} gikk ut før alle hadde svart. Send et nytt hvis dagen fortsatt passer."
    ),
    "expired.colleague": N_("Forslaget om {date} gikk ut. Du trenger ikke gjøre noe."),
    "expired.county": N_("Forslaget mellom {lender} og {host} om {date} gikk ut."),
    "cancelled.lender": N_("Oppdraget hos {host} {date} er avlyst. {name} er ledig igjen."),
    "cancelled.host": N_(
        "Hjelpen fra {lender} {date} er avlyst. Dere kan bruke {days} til noe annet, eller spørre en annen."
    ),
    "cancelled.colleague": N_("Oppdraget hos {host} {date} er avlyst."),
    "cancelled.county": N_("{lender} og {host} har avlyst {date}."),
    "no_show.lender": N_(
        "Det ble ikke noe av {date}. Ingen dager er ført. Dere kan finne en ny dato sammen med {library}."
    ),
    "no_show.host": N_(
        "Det ble ikke noe av {date}. Ingen dager er ført. Dere kan finne en ny dato sammen med {library}."
    ),
    "no_show.colleague": N_("Det ble ikke noe av {date}."),
    "no_show.county": N_("Det ble ikke noe av {date} mellom {lender} og {host}."),
    "disputed.lender": N_(
        "Dere og {library} er uenige om {date}. Dagen står stille til fylkesbiblioteket har avgjort."
    ),
    "disputed.host": N_(
        "Dere og {library} er uenige om {date}. Dagen står stille til fylkesbiblioteket har avgjort."
    ),
    "disputed.colleague": N_("Bibliotekene er uenige om {date}. Det gjelder dagene, ikke arbeidet ditt."),
    "disputed.county": N_("{lender} og {host} er uenige om {date}. Les hva begge har skrevet, og avgjør."),
    "unanswered.lender": N_(
        "Ble det noe av {date}? Svar innen {release_on}. Uten svar fører Byttebanken ingen dager."
    ),
    "unanswered.host": N_(
        "Ble det noe av {date}? Svar innen {release_on}. Uten svar fører Byttebanken ingen dager."
    ),
    "unanswered.colleague": N_("Hjalp du {host} {date}? Ingen har svart ennå."),
    "unanswered.county": N_(
        "Verken {lender} eller {host} har svart om {date}. Spør dem før {release_on}. Uten svar fører Byttebanken "
        "ingen dager."
    ),
}
"""`act`: the reader must answer; `wait`: the reader has answered; `own`: the reader's own library proposed;
`look`: others at the reader's library answer; `past`: the day has been; `no_days`: a visit that moves none."""


@dataclass(frozen=True)
class Reader:
    """From where somebody reads an engagement: the side, and the roles the person has in it."""

    side: str
    """lender, host, colleague or county."""
    roles: frozenset[str]
    library_id: str

    @property
    def bank_side(self) -> str:
        """`lender` or `host`: whose answer to "did it happen?" the reader gives."""
        return "lender" if self.side == "colleague" else self.side


def reader_of(engagement: Document, user: User) -> Reader:
    """From where this user reads the engagement."""
    is_lender = user.library_id == engagement["lender_library_id"]
    is_host = user.library_id == engagement["host_library_id"]
    is_colleague = user.person_id == engagement["colleague_id"]
    is_manager = user.role == "library_manager"
    roles = {
        role
        for role, holds in (
            ("lender_manager", is_lender and is_manager),
            ("host_manager", is_host and is_manager),
            ("colleague", is_colleague),
        )
        if holds
    }
    side = "lender" if is_lender else "host" if is_host else "county"
    if is_colleague and not is_manager:
        side = "colleague"
    return Reader(side, frozenset(roles), user.library_id)


def missing_roles(engagement: Document) -> list[str]:
    """The roles that have not said yes, in the order people ask."""
    return [
        role for role in ("lender_manager", "colleague", "host_manager") if role not in engagement["consents"]
    ]


def must_act(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether this reader is one of those everybody waits for."""
    state = engagement["state"]
    if state == "proposed":
        return bool(reader.roles & set(missing_roles(engagement)))
    if state == "refused":
        return "host_manager" in reader.roles
    return may_confirm(engagement, reader, today) and state in ("agreed", "carried_out", "unanswered")


def may_confirm(engagement: Document, reader: Reader, today: date) -> bool:
    """Whether the reader can say if it happened, and nobody on the reader's side has."""
    is_side = reader.side in ("lender", "host", "colleague") and bool(reader.roles)
    is_open = engagement["state"] in ("agreed", "carried_out", "unanswered")
    return (
        is_side and is_open and has_been(engagement, today) and reader.bank_side not in engagement["happened"]
    )


def has_been(engagement: Document, today: date) -> bool:
    """Whether the first day has come."""
    return bool(engagement["dates"][0] <= today.isoformat())


def moves_days(engagement: Document) -> bool:
    """Hospitering and vandring move no days (F20 of the product's list)."""
    return bool(engagement["purpose"] == "help")


def lender_name(engagement: Document) -> str:
    """The lender by the name people use, or as the engagement has it."""
    return speech.library_name(engagement["lender_library_id"]) or str(engagement["lender_library_name"])


def host_name(engagement: Document) -> str:
    """The host by the name people use, or as the engagement has it."""
    return speech.library_name(engagement["host_library_id"]) or str(engagement["host_library_name"])


def badge(engagement: Document) -> str:
    """The state in one or two words."""
    return say(BADGES[engagement["state"]])


def title(engagement: Document, reader: Reader) -> str:
    """The engagement by act, from the reader's side, and by time: Vi hjelper Grue, Grue hjalp oss."""
    is_past = engagement["state"] in ("carried_out", "confirmed", "settled")
    values = {"lender": lender_name(engagement), "host": host_name(engagement)}
    if reader.side == "host":
        return say("{lender} hjalp oss", **values) if is_past else say("{lender} hjelper oss", **values)
    if reader.side == "county":
        return say("{lender} hjalp {host}", **values) if is_past else say("{lender} hjelper {host}", **values)
    return say("Vi hjalp {host}", **values) if is_past else say("Vi hjelper {host}", **values)


def sentence(engagement: Document, reader: Reader) -> str:
    """How the engagement stands, as this reader is told."""
    return speech.capitalised(say(SENTENCES[_key(engagement, reader)], **values_of(engagement, reader)))


def _key(engagement: Document, reader: Reader) -> str:
    state, side = engagement["state"], reader.side
    if state == "reserving":
        return state
    if state == "settled" and not moves_days(engagement):
        return "settled.no_days"
    if state == "proposed" and side != "county":
        return f"{state}.{side}.{_turn(engagement, reader)}"
    if state == "agreed" and side != "county":
        if may_confirm(engagement, reader, speech.speech().today):
            return f"{state}.{side}.past"
        return f"{state}.{side}" if moves_days(engagement) else f"{state}.{side}.no_days"
    if state == "carried_out" and side != "county":
        return f"{state}.{side}.{'wait' if reader.bank_side in engagement['happened'] else 'act'}"
    if state == "declined" and side != "county" and side != "colleague":
        return "declined.self" if _last_by(engagement) == reader.library_id else f"declined.{side}"
    return f"{state}.{side}"


def _turn(engagement: Document, reader: Reader) -> str:
    """Whose turn it is in a proposal, as the reader is told."""
    if reader.roles & set(missing_roles(engagement)):
        return "own" if _first_by(engagement) == reader.library_id else "act"
    return "wait" if reader.roles else "look"


def _first_by(engagement: Document) -> str | None:
    return engagement["history"][0]["by_library_id"] if engagement["history"] else None


def _last_by(engagement: Document) -> str | None:
    return engagement["history"][-1]["by_library_id"] if engagement["history"] else None


def values_of(engagement: Document, reader: Reader) -> dict[str, str]:
    """What the placeholders of the sentences stand for."""
    lender, host = lender_name(engagement), host_name(engagement)
    name = engagement["colleague_name"] or say("en kollega")
    return {
        "lender": lender,
        "host": host,
        "library": host if reader.bank_side == "lender" else lender,
        "name": name,
        "contact": engagement["host_contact_name"] or say("en kontaktperson"),
        "date": speech.on_days(engagement["dates"]),
        "days": speech.days(engagement["half_days"]),
        "reply_by": _deadline(engagement["reply_by_on"]),
        "confirm_by": _deadline(engagement["confirm_by_on"]),
        "release_on": _deadline(engagement.get("release_on") or engagement["confirm_by_on"]),
        "others": _others(engagement, reader),
    }


def _deadline(day: str | None) -> str:
    return speech.on(day) if day else say("fristen")


def _others(engagement: Document, reader: Reader) -> str:
    if engagement["state"] != "proposed":
        is_lender = reader.bank_side == "lender"
        return host_name(engagement) if is_lender else lender_name(engagement)
    who = {
        "lender_manager": lender_name(engagement),
        "host_manager": host_name(engagement),
        "colleague": engagement["colleague_name"] or say("kollegaen"),
    }
    return speech.names([who[role] for role in missing_roles(engagement)]) or say("ingen")
