"""An agreed day that somebody asks to move, as each party reads it."""

from typing import Any

from gateway import speech
from gateway.reading import ROLES_IN_ORDER, Reader
from gateway.speech import N_, say
from gateway.words.engagements import host_name, lender_name

Document = dict[str, Any]

SENTENCES = {
    "act": N_(
        "{library} spør om {old_date} kan flyttes til {date}. Avtalen om {old_date} gjelder til alle "
        "har sagt ja."
    ),
    "colleague.act": N_("{library} spør om {old_date} kan flyttes til {date}. Passer det for deg?"),
    "wait": N_(
        "Dere har sagt ja til å flytte til {date}. Nå mangler svar fra {others}. Avtalen om {old_date} "
        "gjelder så lenge."
    ),
    "colleague.wait": N_(
        "Du har sagt ja til å flytte til {date}. Nå mangler svar fra {others}. Avtalen om {old_date} "
        "gjelder så lenge."
    ),
    "look": N_("{lender} og {host} ser på en ny dato, {date}. Avtalen om {old_date} gjelder så lenge."),
}


def move_sentence(engagement: Document, reader: Reader) -> str:
    """What is asked for, whose answer is missing, and what holds meanwhile."""
    move = engagement["move"]
    key = "look"
    if reader.roles:
        key = "act" if reader.roles - set(move["consents"]) else "wait"
        key = f"colleague.{key}" if reader.side == "colleague" else key
    return speech.capitalised(say(SENTENCES[key], **move_values(engagement)))


def move_values(engagement: Document) -> dict[str, str]:
    """What the placeholders of the sentences stand for."""
    move, host, lender = engagement["move"], host_name(engagement), lender_name(engagement)
    colleague = engagement["colleague_name"] or say("kollegaen")
    who = {"lender_manager": lender, "host_manager": host, "colleague": colleague}
    missing = [who[role] for role in ROLES_IN_ORDER if role not in move["consents"]]
    return {
        "library": host if move["asked_by"] == engagement["host_library_id"] else lender,
        "host": host,
        "lender": lender,
        "date": speech.on_days(move["dates"]),
        "old_date": speech.on_days(engagement["dates"]),
        "others": speech.names(missing) or say("ingen"),
    }
