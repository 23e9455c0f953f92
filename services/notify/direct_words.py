"""What mails say about a request to one library alone, in bokmål: the word list, section 4."""

from collections.abc import Mapping

from services.notify.wording import N_, Words

ANSWER = N_("Svar her")
ASK_ALL = N_("Spør alle i stedet")
ONE_PRESS = N_("Dere kan spørre alle i stedet, med ett trykk.")

DIRECT_WORDS: Mapping[str, Words] = {
    "direct_asked": Words(
        N_("{library} spør dere om hjelp: {date}"),
        (
            N_("{library} har spurt bare dere om hjelp {date}."),
            N_("Svar innen {reply_by}."),
            N_("Passer det ikke, trenger dere ikke si hvorfor."),
        ),
        ANSWER,
    ),
    "direct_declined": Words(
        N_("{library} kan ikke hjelpe: {date}"),
        (N_("{library} kan ikke hjelpe {date}."), ONE_PRESS),
        ASK_ALL,
    ),
    "direct_unanswered": Words(
        N_("{library} har ikke svart: {date}"),
        (N_("{library} har ikke svart om hjelp {date}."), ONE_PRESS),
        ASK_ALL,
    ),
}
