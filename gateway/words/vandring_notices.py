"""Notices about vandring rounds and reflections: a subject, and one sentence that stands alone."""

from typing import Any

from gateway.speech import N_

CHANGED = N_("Endret oppsett i vandringen {season}")
PLAN = N_("Vandringen {season}: her er oppsettet")

VANDRING_NOTICES: dict[str, tuple[str, str]] = {
    "vandring_invited": (
        N_("Vil dere være med på vandringen {season}?"),
        N_("Alle som er med, besøker ett bibliotek og får besøk av ett. Svar innen {reply_by}."),
    ),
    "vandring_published.both": (PLAN, N_("Dere besøker {host} og får besøk av {lender}.")),
    "vandring_published.host": (PLAN, N_("Dere besøker {host}.")),
    "vandring_published.lender": (PLAN, N_("Dere får besøk av {lender}.")),
    "vandring_sits_out": (
        N_("Vandringen {season}: dere står over denne gangen"),
        N_("Det ble ingen plass til dere i oppsettet denne gangen."),
    ),
    "vandring_swap": (
        N_("{library} vil bytte besøk"),
        N_("{library} spør om dere kan bytte. Begge må si ja."),
    ),
    "vandring_swapped.both": (
        CHANGED,
        N_("Byttet er gjort. Nå besøker dere {host} og får besøk av {lender}."),
    ),
    "vandring_swapped": (CHANGED, N_("Byttet er gjort. Nå besøker dere {host}.")),
    "vandring_swap_declined": (
        N_("{library} bytter ikke besøk"),
        N_("{library} vil beholde besøket sitt. Besøket deres er som før."),
    ),
    "vandring_changed.both": (CHANGED, N_("Nå besøker dere {host} og får besøk av {lender}.")),
    "vandring_changed.host": (CHANGED, N_("Nå besøker dere {host}. Ingen kommer til dere denne gangen.")),
    "vandring_changed.lender": (
        CHANGED,
        N_("Nå får dere besøk av {lender}. Dere besøker ingen denne gangen."),
    ),
    "vandring_changed": (CHANGED, N_("Dere står over denne gangen.")),
    "reflection.host": (
        N_("Hva tok dere med hjem fra {host}?"),
        N_("Tre korte spørsmål, så kan andre bibliotek bruke det dere så."),
    ),
    "reflection.lender": (
        N_("Hva ga besøket fra {lender} dere?"),
        N_("Tre korte spørsmål, så kan andre bibliotek bruke det dere så."),
    ),
}
"""By key; after a dot what is named, as notify puts it into `party`."""


def named_key(key: str, parameters: dict[str, Any]) -> str | None:
    """The key of the words, or None for a notice about something else."""
    more = f"{key}.{parameters.get('party')}"
    found = more if more in VANDRING_NOTICES else key
    return found if found in VANDRING_NOTICES else None
