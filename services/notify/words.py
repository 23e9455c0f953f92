"""What mails say, in bokmål: the word list, section 4, with sentences of sections 2 and 3.

Each text is a gettext message id. A subject says what it is and when, with library and date, never a person.
A sentence is left out when something it names is not known.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from services.notify.direct_words import DIRECT_WORDS
from services.notify.vandring_words import VANDRING_WORDS
from services.notify.wording import N_, Words

ANSWER = N_("Svar her")
SEE_ACCOUNT = N_("Se dagene deres")
SEE_COUNTY = N_("Se hva som har skjedd")
GREETING = N_("Hei,")
SIGN_OFF = N_("Hilsen Byttebanken, {county}")
SIGN_OFF_WITHOUT_COUNTY = N_("Hilsen Byttebanken")
SOMEBODY = N_("en kollega")

ANSWER_BY = N_("Svar innen {reply_by}.")
NO_NEED_TO_SAY_WHY = N_("Passer det ikke, trenger du ikke si hvorfor.")
CONTACT = N_("{contact} tar imot.")
CONTACT_OF_COLLEAGUE = N_("{contact} tar imot deg.")

PROPOSAL = N_("Forslag: {host} {date}")
PROPOSAL_FROM_LENDER = N_("Forslag: {lender} {date}")
AGREED = N_("Avtalt: {host} {date}")
DECLINED = N_("{date} passet ikke")
COVERED = N_("Dekket: {host} {date}")
EXPIRED = N_("Forslaget om {date} gikk ut")
REFUSED = N_("Ikke avtalt ennå: {host} {date}")
IN_A_WEEK = N_("Om en uke: {host} {date}")
TOMORROW = N_("I morgen: {host}")
DID_IT_HAPPEN = N_("Ble det noe av {date}?")
ANSWER_BEFORE = N_("Svar innen {confirm_by}: {date}")
CONFIRMED = N_("Bekreftet: {host} {date}")
BY_SILENCE = N_("Ført uten svar: {host} {date}")
DISPUTED = N_("Uenige om {date}")

WORDS: Mapping[str, Words] = {
    "proposal": Words(PROPOSAL, (N_("Forslag om å hjelpe {host} {date}."), ANSWER_BY), ANSWER),
    "proposal.visit": Words(PROPOSAL, (N_("Forslag om besøk hos {host} {date}."), ANSWER_BY), ANSWER),
    "proposal.lender.asked": Words(PROPOSAL, (N_("{host} vil gjerne ha hjelp {date}."), ANSWER_BY), ANSWER),
    "proposal.host": Words(
        PROPOSAL_FROM_LENDER,
        (N_("{lender} tilbyr hjelp {date}."), N_("Svar innen {reply_by}, og velg hvem som tar imot.")),
        ANSWER,
    ),
    "proposal.colleague.asked": Words(
        PROPOSAL,
        (N_("{host} spør om du kan hjelpe {date}."), ANSWER_BY, NO_NEED_TO_SAY_WHY),
        ANSWER,
    ),
    "proposal.colleague": Words(
        PROPOSAL,
        (N_("Lederen din foreslår at du hjelper {host} {date}."), ANSWER_BY, NO_NEED_TO_SAY_WHY),
        ANSWER,
    ),
    "proposal.lender.round": Words(
        PROPOSAL, (N_("En fordelingsrunde foreslår at dere hjelper {host} {date}."), ANSWER_BY), ANSWER
    ),
    "proposal.host.round": Words(
        PROPOSAL_FROM_LENDER,
        (N_("En fordelingsrunde foreslår at {lender} hjelper dere {date}."), ANSWER_BY),
        ANSWER,
    ),
    "proposal.colleague.round": Words(
        PROPOSAL,
        (
            N_("En fordelingsrunde foreslår at du hjelper {host} {date}."),
            ANSWER_BY,
            NO_NEED_TO_SAY_WHY,
        ),
        ANSWER,
    ),
    "replacement": Words(
        N_("Kan en annen komme {date}?"),
        (N_("{host} mistet hjelpen sin {date} og spør på nytt."), ANSWER_BY, NO_NEED_TO_SAY_WHY),
        ANSWER,
    ),
    "proposal_reminder": Words(
        N_("Svar innen {reply_by}: {host} {date}"),
        (N_("Forslaget går ut {reply_by}."), N_("Både ja og nei hjelper.")),
        ANSWER,
    ),
    "refused": Words(
        REFUSED, (N_("Dagen hos {host} {date} er ikke avtalt ennå."), N_("Snakk med fylkesbiblioteket."))
    ),
    "refused.limit_hard": Words(
        REFUSED,
        (
            N_("Alle har sagt ja, men dere har nådd grensen."),
            N_("Tilby en dag, eller snakk med fylkesbiblioteket."),
        ),
    ),
    "refused.fuse_reached": Words(
        REFUSED,
        (
            N_("Det er avtalt så mange dager mellom {county_a} og {county_b} at sikkerhetsgrensen er nådd."),
            N_("Vent til noen er gjennomført, eller spør i et annet fylke."),
        ),
    ),
    "refused.county_frozen": Words(
        REFUSED,
        (
            N_("Utvekslingen med {other_county} er stanset inntil videre."),
            N_("Dager dere har gitt og fått, står trygt."),
            N_("Fylkesbiblioteket gir beskjed."),
        ),
    ),
    "agreed.lender": Words(
        AGREED,
        (N_("Avtalt: {name} hjelper {host} {date}."), N_("Dere får {days} når det er gjort.")),
    ),
    "agreed.host": Words(
        AGREED,
        (
            N_("Avtalt: {name} fra {lender} hjelper dere {date}."),
            CONTACT,
            N_("Dere har satt av {days}."),
        ),
    ),
    "agreed.colleague": Words(AGREED, (N_("Avtalt: du hjelper {host} {date}."), CONTACT_OF_COLLEAGUE)),
    "agreed.visit": Words(AGREED, (N_("Alle har sagt ja til {date}."), CONTACT)),
    "move": Words(
        N_("Ny dato? {host} {date}"),
        (
            N_("{library} spør om dagen kan flyttes til {new_date}."),
            N_("Avtalen om {date} gjelder til alle har sagt ja."),
        ),
        ANSWER,
    ),
    "moved": Words(N_("Flyttet: {host} {date}"), (N_("Alle har sagt ja, og dagen er flyttet til {date}."),)),
    "move_declined": Words(
        N_("Ikke flyttet: {host} {date}"), (N_("Dagen er ikke flyttet. Avtalen om {date} gjelder."),)
    ),
    "move_turned_down": Words(
        N_("Ikke flyttet: {host} {date}"), (N_("Den nye datoen går ikke. Avtalen om {date} gjelder."),)
    ),
    "declined": Words(DECLINED, (N_("{date} passet ikke for {library}."), N_("Ingen dager er satt av."))),
    "declined.already_covered": Words(
        COVERED, (N_("{host} har fått hjelp til dette."), N_("Ingen dager er satt av."))
    ),
    "declined.visit_changed": Words(
        DECLINED,
        (N_("Oppsettet for vandringen er endret, så {date} gjelder ikke lenger."), N_("Ingen spør hvorfor.")),
    ),
    "declined.colleague": Words(
        DECLINED, (N_("Det blir ikke noe oppdrag {date}."), N_("Ingen spør hvorfor."))
    ),
    "expired": Words(EXPIRED, (N_("Ikke alle rakk å svare."), N_("Send gjerne et nytt forslag."))),
    "expired.colleague": Words(
        EXPIRED, (N_("Forslaget om {date} gikk ut."), N_("Du trenger ikke gjøre noe."))
    ),
    "reminder_7": Words(IN_A_WEEK, (N_("Om en uke hjelper {lender} {host}."),)),
    "reminder_7.colleague": Words(IN_A_WEEK, (N_("Om en uke hjelper du {host}."),)),
    "reminder_7.visit": Words(IN_A_WEEK, (N_("Om en uke besøker {lender} {host}."),)),
    "reminder_1": Words(TOMORROW, (N_("I morgen hjelper {lender} {host}."), CONTACT)),
    "reminder_1.colleague": Words(TOMORROW, (N_("I morgen hjelper du {host}."), CONTACT_OF_COLLEAGUE)),
    "reminder_1.visit": Words(TOMORROW, (N_("I morgen besøker {lender} {host}."), CONTACT)),
    "did_it_happen": Words(
        DID_IT_HAPPEN,
        (
            N_("Ett trykk er nok: ja, eller det ble ikke noe av."),
            N_("Svar innen {release_on}. Uten svar fører Byttebanken ingen dager."),
        ),
        ANSWER,
    ),
    "did_it_happen_again": Words(
        ANSWER_BEFORE,
        (N_("{library} sier at det ble gjort."), N_("Uten svar blir det ført {confirm_by}.")),
        ANSWER,
    ),
    "did_it_happen_again.visit": Words(ANSWER_BEFORE, (N_("{library} sier at det ble gjort."),), ANSWER),
    "confirmed": Words(CONFIRMED, (N_("{lender} hjalp {host} {date}, og begge har bekreftet."),)),
    "confirmed.visit": Words(CONFIRMED, (N_("{lender} besøkte {host} {date}, og begge har bekreftet."),)),
    "confirmed.colleague": Words(CONFIRMED, (N_("Bekreftet. Takk for innsatsen."),)),
    "confirmed_by_silence": Words(
        BY_SILENCE,
        (N_("Ingen sa imot, så {date} er ført."), N_("Dere kan melde uenighet til {dispute_by}.")),
    ),
    "confirmed_by_silence.visit": Words(CONFIRMED, (N_("Ingen sa imot, så {date} regnes som gjennomført."),)),
    "nobody_answered": Words(
        N_("Ingen har svart: {lender} og {host} {date}"), (N_("Spør bibliotekene om det ble noe av."),)
    ),
    "cancelled": Words(N_("Avlyst: {host} {date}"), (N_("{date} er avlyst."), N_("Ingen dager er brukt."))),
    "disputed": Words(
        DISPUTED,
        (
            N_("Dere og {library} er uenige."),
            N_("Fylkesbiblioteket leser hva begge skriver, og avgjør."),
        ),
    ),
    "turned_down": Words(
        N_("Ikke ført: {host} {date}"),
        (
            N_("{date} er bekreftet, men dagene er ikke ført."),
            N_("Fylkesbiblioteket avgjør og gir beskjed."),
        ),
    ),
    "turned_down.county": Words(
        N_("Ikke ført: {host} {date}"),
        (
            N_("{lender} hjalp {host} {date}, men dagene er ikke ført."),
            N_("Les hva som har skjedd, og avgjør."),
        ),
    ),
    "disputed.colleague": Words(
        DISPUTED,
        (N_("Bibliotekene er uenige om {date}."), N_("Det gjelder dagene, ikke arbeidet ditt.")),
    ),
    "disputed.county": Words(
        DISPUTED,
        (
            N_("{lender} og {host} er uenige om {date}."),
            N_("Les hva begge har skrevet, og avgjør."),
        ),
    ),
    "promise_due": Words(
        N_("Et løfte nærmer seg: {date}"),
        (N_("Dere har lovet {days} innen {date}."), N_("På tavla står noen som trenger hjelp nå.")),
        SEE_ACCOUNT,
    ),
    "promise_late": Words(
        N_("Et løfte har ventet siden {date}"),
        (
            N_("Det haster ikke, men noen venter kanskje."),
            N_("Velg en dag, eller snakk med fylkesbiblioteket."),
        ),
        SEE_ACCOUNT,
    ),
    "invitation": Words(
        N_("Invitasjon til Byttebanken"),
        (
            N_(
                "Fylkesbiblioteket i {county} inviterer {library} til å bytte arbeidsdager med andre "
                "bibliotek."
            ),
            N_("Det tar noen minutter å bli med, og lenken er deres egen."),
            N_("Den virker én gang, til {reply_by}."),
        ),
        N_("Bli med her"),
    ),
    "peer_stopped": Words(
        N_("Utvekslingen med {county} er stanset"),
        (
            N_("{county} har signert to ting som ikke kan være sanne samtidig."),
            N_("Begge er tatt vare på, og utvekslingen er stanset."),
            N_("Ring {county} før dere åpner igjen."),
        ),
        SEE_COUNTY,
    ),
    **VANDRING_WORDS,
    **DIRECT_WORDS,
}
"""By key; more particular words after a dot: the party, who asked, the purpose, or a refusal's code."""


def words_for(key: str, parameters: Mapping[str, Any]) -> Iterator[Words]:
    """The words that fit a notice, the most particular first: take the first with nothing missing.

    Refuses: `KeyError` for a notice that is never mailed.
    """
    found = [WORDS[name] for name in _names(key, parameters) if name in WORDS]
    if not found:
        raise KeyError(f"there are no words for a mail about {key!r}")
    return iter(found)


def _names(key: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    party = parameters.get("party", "library")
    if "refusal" in parameters:
        yield f"{key}.{parameters['refusal'].get('code')}"
    if parameters.get("purpose", "help") != "help" and party != "county":
        yield f"{key}.visit"
    if parameters.get("proposed_by") == "host":
        yield f"{key}.{party}.asked"
    if parameters.get("proposed_by") == "round":
        yield f"{key}.{party}.round"
    yield f"{key}.{party}"
    yield key
