"""The badge of every state of an engagement, and one sentence by state and reader."""

from gateway.speech import N_
from gateway.words.visits import VISIT_SENTENCES

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

SENTENCES: dict[str, str] = {
    "proposed.lender.act": N_("{host} spør om {name} kan hjelpe {date}. Svar innen {reply_by}."),
    "proposed.lender.round": N_(
        "En fordelingsrunde foreslår at {name} hjelper {host} {date}. Svar innen {reply_by}."
    ),
    "proposed.host.round": N_(
        "En fordelingsrunde foreslår at {lender} hjelper dere {date}. Svar innen {reply_by}."
    ),
    "proposed.colleague.round": N_(
        "En fordelingsrunde foreslår at du hjelper {host} {date}. Svar innen {reply_by}. Passer det ikke, "
        "trenger du ikke si hvorfor."
    ),
    "proposed.lender.own": N_("{name} kan hjelpe {host} {date}. Si ja eller nei innen {reply_by}."),
    "proposed.host.act": N_(
        "{lender} tilbyr hjelp {date}. Svar innen {reply_by}, og velg hvem som tar imot."
    ),
    "proposed.host.own": N_("Vi har spurt {lender} om hjelp {date}. Si ja eller nei innen {reply_by}."),
    "proposed.colleague.act": N_(
        "{host} spør om du kan hjelpe {date}. Svar innen {reply_by}. Passer det ikke, trenger du ikke si "
        "hvorfor."
    ),
    "proposed.colleague.own": N_(
        "Biblioteket ditt tilbyr {host} at du hjelper {date}. Svar innen {reply_by}. Passer det ikke, "
        "trenger du ikke si hvorfor."
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
        "Verken {lender} eller {host} har svart om {date}. Spør dem før {release_on}. Uten svar fører "
        "Byttebanken ingen dager."
    ),
    **VISIT_SENTENCES,
}
"""State, then reader, then the reader's part in it: `act` must answer, `wait` has answered, `own` must answer
what the own library proposed, `look` when others at the library answer, `past` when the day has been,
`no_days` for a visit that moves none; at last `visit` where a visit has words of its own."""
