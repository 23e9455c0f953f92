"""What mails say about vandring rounds and reflections, in bokmål: the word list, section 4."""

from collections.abc import Mapping

from services.notify.wording import N_, Words

ANSWER = N_("Svar her")
SEE_VISITS = N_("Se besøkene")
WRITE = N_("Skriv refleksjon")
CHANGED = N_("Endret oppsett i vandringen {season}")
REFLECT = N_("Tre korte spørsmål, så kan andre bibliotek bruke det dere så.")

VANDRING_WORDS: Mapping[str, Words] = {
    "vandring_invited": Words(
        N_("Vil dere være med på vandringen {season}?"),
        (
            N_("Alle som er med, besøker ett bibliotek og får besøk av ett."),
            N_("Svar ja eller nei innen {reply_by}."),
            N_("Dere trenger ikke vite hvem som skal reise ennå."),
        ),
        ANSWER,
    ),
    "vandring_published.both": Words(
        N_("Vandringen {season}: her er oppsettet"),
        (N_("Dere besøker {host} og får besøk av {lender}."), N_("Finn en dato sammen.")),
        SEE_VISITS,
    ),
    "vandring_published.host": Words(
        N_("Vandringen {season}: her er oppsettet"),
        (N_("Dere besøker {host}."), N_("Finn en dato sammen.")),
        SEE_VISITS,
    ),
    "vandring_published.lender": Words(
        N_("Vandringen {season}: her er oppsettet"),
        (N_("Dere får besøk av {lender}."), N_("Finn en dato sammen.")),
        SEE_VISITS,
    ),
    "vandring_sits_out": Words(
        N_("Vandringen {season}: dere står over denne gangen"),
        (
            N_("Det ble ingen plass til dere i oppsettet denne gangen."),
            N_("Fylkesbiblioteket kan svare på mer."),
        ),
        SEE_VISITS,
    ),
    "vandring_swap": Words(
        N_("{library} vil bytte besøk"),
        (N_("{library} spør om dere kan bytte."), N_("Begge må si ja.")),
        ANSWER,
    ),
    "vandring_swapped.both": Words(
        CHANGED,
        (N_("Byttet er gjort."), N_("Nå besøker dere {host} og får besøk av {lender}.")),
        SEE_VISITS,
    ),
    "vandring_swapped": Words(CHANGED, (N_("Byttet er gjort."), N_("Nå besøker dere {host}.")), SEE_VISITS),
    "vandring_swap_declined": Words(
        N_("{library} bytter ikke besøk"),
        (N_("{library} vil beholde besøket sitt."), N_("Besøket deres er som før.")),
        SEE_VISITS,
    ),
    "vandring_changed.both": Words(
        CHANGED, (N_("Nå besøker dere {host} og får besøk av {lender}."),), SEE_VISITS
    ),
    "vandring_changed.host": Words(
        CHANGED, (N_("Nå besøker dere {host}."), N_("Ingen kommer til dere denne gangen.")), SEE_VISITS
    ),
    "vandring_changed.lender": Words(
        CHANGED,
        (N_("Nå får dere besøk av {lender}."), N_("Dere besøker ingen denne gangen.")),
        SEE_VISITS,
    ),
    "vandring_changed": Words(CHANGED, (N_("Dere står over denne gangen."),), SEE_VISITS),
    "reflection.host": Words(N_("Hva tok dere med hjem fra {host}?"), (REFLECT,), WRITE),
    "reflection.lender": Words(N_("Hva ga besøket fra {lender} dere?"), (REFLECT,), WRITE),
}
"""By key; after a dot what is named: whom the library visits (`host`), who comes (`lender`), or both."""
