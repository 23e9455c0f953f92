"""Refusals of vandring rounds and reflections as sentences: what happened, then what to do."""

from gateway.speech import N_

VANDRING_SENTENCES: dict[str, str] = {
    "answer_late": N_(
        "Fristen for å svare var {date}. Snakk med fylkesbiblioteket, så kan de svare for dere."
    ),
    "day_closed": N_("{date} er ikke en åpen dag i runden hos begge bibliotekene. Velg en annen dag."),
    "no_visit_possible": N_(
        "Ingen kan besøke noen slik runden er satt opp: {sits_out}. Legg den bort, og lag en ny med flere "
        "uker, lengre reise eller en annen regel."
    ),
    "not_visited": N_("En refleksjon hører til et besøk som er over. Skriv den når dere har vært der."),
    "swap_impossible": N_("Det byttet går ikke for {library}: {sits_out}. Spør et annet bibliotek."),
    "swap_over": N_("Ønsket om å bytte gjelder ikke lenger. Se hvem dere besøker nå."),
    "too_few_libraries": N_(
        "En vandring trenger minst {needed} bibliotek som er med. To kan besøke hverandre uten en runde: ta "
        "kontakt med dem."
    ),
    "vandring_closed": N_("Oppsettet er lagt ut eller lagt bort. Fylkesbiblioteket kan svare på mer."),
    "vandring_open": N_(
        "Vandringen «{name}» er ikke lagt ut ennå, eller går i de samme ukene. Gjør den ferdig, legg den "
        "bort, eller velg andre uker."
    ),
    "vandring_too_long": N_("En vandring varer høyst ett år. Velg en siste dag innen {date}."),
    "visit_agreed": N_(
        "Besøket er foreslått eller avtalt {date}. Avlys det først, så kan det endres. Er det gjennomført, "
        "står det."
    ),
    "visit_changed": N_("Oppsettet for vandringen er endret, så besøket gjelder ikke lenger. Se det nye."),
}
