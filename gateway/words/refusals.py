"""Every refusal as a sentence: what happened, then what to do."""

from collections.abc import Callable
from typing import Any

from byttebank.contracts.refusals import Refusal
from gateway import speech
from gateway.speech import N_, say
from gateway.words.sitting_out import PHRASES as SITTING_OUT
from gateway.words.vandring_refusals import VANDRING_SENTENCES

SENTENCES: dict[str, str] = {
    "account_closed": N_("Biblioteket er ikke lenger med. Det som er ført, står."),
    "account_exists": N_("Noen logger inn med {email} fra før. Logg inn, eller velg en annen adresse."),
    "account_unknown": N_("Biblioteket har ingen dager hos oss ennå. De første føres når noen har hjulpet."),
    "account_in_use": N_(
        "{library} har dager som er satt av eller på vei. Vent til de er ført, eller avlys avtalene først."
    ),
    "agreement_changed": N_("Det er kommet en ny utgave av deltakeravtalen. Les den og godkjenn på nytt."),
    "already_covered": N_("{library} har fått hjelp til dette. Se andre behov på tavla."),
    "already_resolved": N_("Dette er avgjort fra før, og det skjer bare én gang."),
    "below_half_day": N_("Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
    "clearing_open": N_("En avregning er i gang. Den neste kan begynne når den er ferdig."),
    "clearing_waits": N_("Avregningen kan fortsatt gå i orden til {date}. Vent til etter det."),
    "closing_other_way": N_(
        "Å gi bort gjelder dager å bruke, og å ettergi gjelder dager biblioteket har lovet. "
        "Velg den andre måten."
    ),
    "colleague_busy": N_("{name} har et oppdrag {date} fra før. Velg en annen dag eller en annen kollega."),
    "colleague_not_agreed": N_(
        "Kollegaen vil ikke bli tilbudt av andre. La kollegaen legge inn tilbudet selv, eller velg en annen."
    ),
    "contradiction": N_(
        "Det {county} har sagt om dette, stemmer ikke med det de har sagt før. Ingenting er endret. "
        "Fylkesbiblioteket tar kontakt."
    ),
    "coordinates_swapped": N_(
        "Breddegrad og lengdegrad er byttet om: stedet havner langt fra {municipality}. "
        "Bytt de to tallene og send på nytt."
    ),
    "county_frozen": N_(
        "Utvekslingen med {county} er stanset inntil videre. Dager dere har gitt og fått, står trygt. "
        "Fylkesbiblioteket gir beskjed."
    ),
    "county_unknown": N_(
        "Byttebanken her utveksler ikke dager med {county}. Fylkesbiblioteket kan svare på mer."
    ),
    "date_order": N_("Siste dag er før første dag. Bytt om datoene."),
    "date_count": N_("Velg like mange dager som det er avtalt, {count} i alt, hver sin dag."),
    "date_past": N_("{date} har vært. Velg en dato fra og med i dag."),
    "date_too_far": N_("{date} er langt fram. Velg en dato innen {months} måneder."),
    "dispute_late": N_(
        "Fristen for å melde uenighet var {date}. Snakk med fylkesbiblioteket hvis noe er galt."
    ),
    "field_missing": N_("Fyll ut «{field}»."),
    "fund_too_small": N_("Det er {left} igjen i reisepotten. Velg et lavere beløp, eller sett av mer først."),
    "fuse_reached": N_(
        "Det er avtalt så mange dager mellom {county_a} og {county_b} at sikkerhetsgrensen er nådd. "
        "Vent til noen er gjennomført, eller spør i et annet fylke."
    ),
    "host_contact_missing": N_("Velg hvem som tar imot. Uten kontaktperson kan dagen ikke avtales."),
    "invitation_ended": N_(
        "Lenken virker ikke lenger. Be fylkesbiblioteket om en ny, eller logg inn hvis du har vært her før."
    ),
    "limit_hard": N_(
        "Fylkesbiblioteket har satt en fast grense, og den er nådd. Tilby {days}, eller snakk med "
        "fylkesbiblioteket."
    ),
    "malformed": N_("Noe av dette kan ikke leses slik det er skrevet. Rett det og send på nytt."),
    "no_open_day": N_(
        "Biblioteket har for få åpne dager i tidsrommet. Helligdager og dager dere har stengt, "
        "regnes ikke med. Velg flere dager."
    ),
    "not_found": N_(
        "Siden finnes ikke, eller den er ikke delt med biblioteket ditt. Gå til forsiden, eller søk."
    ),
    "not_half_steps": N_("Byttebanken teller halve og hele dager. Velg {lower} eller {upper}."),
    "not_now": N_(
        "Dette går ikke lenger: noe har skjedd med oppdraget i mellomtiden. Se hva som er mulig nå."
    ),
    "not_offered_date": N_("{library} har ikke tilbudt {date}. Velg en annen dag."),
    "not_yet": N_("{date} har ikke vært ennå. Svar når dagen er over."),
    "not_your_role": N_("Dette kan {role} gjøre. Spør hos dere."),
    "number_taken": N_("{library} har dette nummeret fra før. Se om biblioteket står i lista to ganger."),
    "library_closed": N_("{library} er stengt {date}. Velg en annen dag."),
    "offer_closed": N_(
        "Det er helligdag {dates}. Velg flere dager, eller la arbeidet gjøres hjemmefra eller på nett."
    ),
    "offer_expired": N_("Tilbudet gikk ut {date}. Spør {library} om det fortsatt gjelder."),
    "offer_overlaps": N_(
        "Kollegaen er tilbudt på disse ukedagene fra før. Endre det andre tilbudet, eller velg andre dager."
    ),
    "outside_area": N_(
        "Stedet ligger utenfor fylket. Se over breddegrad og lengdegrad; kanskje er de byttet om."
    ),
    "own_library": N_("{library} er deres eget bibliotek. Velg et annet, eller spør alle."),
    "participation_missing": N_(
        "{library} har ikke godkjent deltakeravtalen. Lederen kan godkjenne avtalen under «Biblioteket vårt»."
    ),
    "peer_in_use": N_(
        "Det er fortsatt noe mellom oss og {county}: dager som er avtalt, på vei eller skyldes. Gjør "
        "avtalene ferdige eller avlys dem, avregn det som skyldes, og prøv igjen når ingen skylder den andre "
        "noe."
    ),
    "peer_not_gone": N_(
        "{county} svarer fortsatt. Be dem føre dagen tilbake; fylkesbiblioteket dekker den når de ikke "
        "svarer mer."
    ),
    "promise_ended": N_("Løftet er holdt, trukket eller ettergitt. Det er ikke noe igjen av det."),
    "promise_in_use": N_(
        "Dere har bedt om hjelp mot løftet, så det kan ikke trekkes. Det mangler {days}: avlys en avtale, "
        "eller gi dagene først."
    ),
    "promises_too_many": N_(
        "Dere har alt lovet mye, og mer enn {max} tar Byttebanken ikke imot. Tilby en dag først, eller snakk "
        "med fylkesbiblioteket."
    ),
    "proposal_expired": N_("Forslaget gikk ut {date}. Send et nytt hvis dagen fortsatt passer."),
    "request_closed": N_("{library} har trukket forespørselen. Se andre behov på tavla."),
    "reversal_of_reversal": N_(
        "Dette er selv en tilbakeføring og føres ikke tilbake. Før dagen på nytt hvis den likevel skal telle."
    ),
    "reversal_too_large": N_("Det er bare {unreversed} igjen å føre tilbake."),
    "round_open": N_("En fordelingsrunde er i gang. Den neste kan begynne når den er ferdig."),
    "same_key_other_body": N_(
        "Dette er sendt før med et annet innhold. Åpne siden på nytt og send det dere vil ha."
    ),
    "service_unavailable": N_(
        "Byttebanken får ikke gjort dette akkurat nå. Ingenting er endret. Prøv igjen om litt."
    ),
    "sign_in_failed": N_("E-postadressen og passordet hører ikke sammen. Prøv igjen."),
    "stale_page": N_(
        "Noen har endret dette etter at du åpnet siden. Se endringen og send på nytt. Det du skrev, står "
        "her fortsatt."
    ),
    "skill_known": N_("{name} finnes fra før. Bruk den, eller velg et annet navn."),
    "skill_retired": N_(
        "«{skill}» er ikke i bruk lenger og kan ikke velges på nytt. "
        "Velg en annen, eller skriv det med egne ord."
    ),
    "too_far": N_(
        "Det er {km} fra {library}, og tilbudet gjelder inntil {max_km}. Spør dem, eller velg en annen."
    ),
    "too_few_at_home": N_(
        "Det blir for få igjen på biblioteket den dagen. Velg et lavere tall, eller tilby færre dager."
    ),
    "too_few_counties": N_("En avregning trenger minst to andre fylker som det er forbindelse med nå."),
    "too_many_away": N_(
        "{date} er {away} av {colleagues} hos {library} allerede borte, og minst {at_home} skal være igjen. "
        "Velg en annen dag."
    ),
    "too_many_attempts": N_("Det har vært mange forsøk. Vent til {time}."),
    "too_many_days": N_("Det er mer enn Byttebanken tar på én gang. Velg inntil {max}, eller del det opp."),
    "unknown_outcome": N_("Det er uvisst om dette kom fram. Prøv igjen; det blir ikke registrert to ganger."),
    **VANDRING_SENTENCES,
}

UNKNOWN = N_("Dette gikk ikke, og ingenting er endret. Fylkesbiblioteket kan svare på mer.")
"""For a code that this release has not heard of: services may be newer than their gateway."""

ROLE_PHRASES = {
    "colleague": N_("en kollega på biblioteket"),
    "library_manager": N_("lederen"),
    "lender_manager": N_("lederen på biblioteket som hjelper"),
    "host_manager": N_("lederen på vertsbiblioteket"),
    "county": N_("fylkesbiblioteket"),
    "operator": N_("den driftsansvarlige"),
}

UNNAMED = {
    "library": N_("biblioteket"),
    "name": N_("kollegaen"),
    "skill": N_("ferdigheten"),
    "municipality": N_("kommunen"),
    "date": N_("dagen"),
    "dates": N_("dagene"),
    "county": N_("det andre fylket"),
    "county_a": N_("fylkene"),
    "county_b": N_("det andre fylket"),
    "role": N_("lederen"),
    "field": N_("feltet"),
    "email": N_("denne adressen"),
    "days": N_("en dag"),
    "lower": N_("en halv dag"),
    "upper": N_("en dag"),
    "max": N_("20 dager"),
    "count": N_("like mange"),
    "left": N_("for lite"),
    "unreversed": N_("noe"),
    "away": N_("noen"),
    "colleagues": N_("kollegene"),
    "at_home": N_("noen"),
    "time": N_("det har gått et kvarter"),
    "sits_out": N_("reglene for runden tillater det ikke"),
    "needed": N_("noen"),
    "km": N_("langt"),
    "max_km": N_("et stykke"),
}
"""What a sentence says where the refusal does not carry the value."""
MOST_DAYS_NAMED = 5
UNNAMED_MONTHS = "18"


def refusal_sentence(refusal: Refusal, fields: dict[str, str] | None = None) -> str:
    """The refusal as a person reads it. `fields`: what the form calls its fields, for `field_missing`."""
    return sentence_of(refusal.code, refusal.parameters, fields)


def sentence_of(code: str, parameters: dict[str, Any], fields: dict[str, str] | None = None) -> str:
    """The sentence of a refusal's code and parameters, also of one that travelled as data."""
    template = SENTENCES.get(code, UNKNOWN)
    values = {"months": UNNAMED_MONTHS, **{key: say(phrase) for key, phrase in UNNAMED.items()}}
    values |= _values(parameters)
    if "field" in parameters and fields:
        values["field"] = fields.get(str(parameters["field"]), str(parameters["field"]))
    return speech.capitalised(say(template, **values))


def _values(parameters: dict[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, value in parameters.items():
        turn = TURN.get(key)
        if turn is not None and value is not None:
            name, text = turn(value)
            if text:
                values[name] = text
    if "available_half_days" in parameters and "wanted_half_days" in parameters:
        short = parameters["wanted_half_days"] - parameters["available_half_days"]
        values["days"] = speech.days(max(short, 1))
    if "county" in values:
        values["county_b"] = values["county"]
        known = speech.speech().names
        values["county_a"] = known.own_county() if known else ""
    return {key: value for key, value in values.items() if value}


def _on_dates(days: list[str]) -> str:
    return speech.on_days(days) if len(days) <= MOST_DAYS_NAMED else speech.span(days[0], days[-1])


def _named(name: str, say_it: Callable[[Any], str | None]) -> Callable[[Any], tuple[str, str | None]]:
    return lambda value: (name, say_it(value))


TURN: dict[str, Callable[[Any], tuple[str, str | None]]] = {
    "library_id": _named("library", lambda value: speech.library_name(value)),
    "library": _named("library", str),
    "name": _named("name", str),
    "municipality": _named("municipality", str),
    "skill": _named("skill", lambda value: speech.capitalised(speech.skill_name(value))),
    "field": _named("field", str),
    "email": _named("email", str),
    "county": _named("county", lambda value: speech.county_name(value)),
    "date": _named("date", lambda value: speech.on(value)),
    "dates": _named("dates", lambda value: _on_dates(value)),
    "until_at": _named("time", lambda value: speech.clock_time(value)),
    "months": _named("months", str),
    "count": _named("count", str),
    "needed": _named("needed", str),
    "sits_out": _named("sits_out", lambda value: say(SITTING_OUT[value]) if value in SITTING_OUT else None),
    "role": _named("role", lambda value: say(ROLE_PHRASES[value]) if value in ROLE_PHRASES else None),
    "lower_half_days": _named("lower", lambda value: speech.days(value)),
    "upper_half_days": _named("upper", lambda value: speech.days(value)),
    "unreversed_half_days": _named("unreversed", lambda value: speech.days(value)),
    "half_days": _named("days", lambda value: speech.days(value)),
    "left_ore": _named("left", lambda value: speech.kroner(value)),
    "away": _named("away", str),
    "km": _named("km", lambda value: speech.km(value)),
    "max_km": _named("max_km", lambda value: speech.km(value)),
    "colleagues": _named("colleagues", str),
    "min_at_home": _named("at_home", str),
    "max_half_days": _named("max", lambda value: speech.days(value)),
}
"""How each parameter of a refusal is put into its sentence: the placeholder and the phrase."""
