"""What is wrong with one field of a document: the schemas' messages as sentences."""

import re

from gateway.speech import N_, say

MESSAGES: tuple[tuple[str, str], ...] = (
    (r"Missing data for required field\.", N_("Feltet mangler.")),
    (r"Field may not be null\.", N_("Feltet kan ikke være tomt.")),
    (r"Unknown field\.", N_("Feltet er ukjent.")),
    (r"Invalid input type\.|Invalid type\.", N_("Skal være et objekt.")),
    (r"Not a valid string\.", N_("Skal være tekst.")),
    (r"Not a valid integer\.", N_("Skal være et helt tall.")),
    (r"Not a valid number\.", N_("Skal være et tall.")),
    (r"Not a valid boolean\.", N_("Skal være true eller false.")),
    (r"Not a valid list\.", N_("Skal være en liste.")),
    (r"Not a valid mapping type\.", N_("Skal være et objekt.")),
    (r"Not a date such as .*", N_("Skal være en dato, som 2026-11-23.")),
    (r"Not a time such as .*", N_("Skal være et tidspunkt, som 2026-11-23T08:14:00Z.")),
    (r"Not an identifier .*", N_("Skal være en UUID med små bokstaver.")),
    (r"Not a county's short name.*", N_("Skal være et fylkes kortnavn, som innlandet.")),
    (r"Must be one of: (?P<choices>.*)\.", N_("Skal være én av: {choices}.")),
    (r"Shorter than minimum length (?P<n>\d+)\.", N_("Skal ha minst {n}.")),
    (r"Longer than maximum length (?P<n>\d+)\.", N_("Skal ha høyst {n}.")),
    (r"Length must be between (?P<low>\d+) and (?P<high>\d+)\.", N_("Skal ha fra {low} til {high}.")),
    (
        r"Must be greater than or equal to (?P<low>-?\d+) and less than or equal to (?P<high>\d+)\.",
        N_("Skal være fra {low} til {high}."),
    ),
    (r"Must be greater than or equal to (?P<low>-?\d+)\.", N_("Skal være {low} eller mer.")),
    (r"Must be less than or equal to (?P<high>\d+)\.", N_("Skal være {high} eller mindre.")),
    (r"Invalid JSON body\.", N_("Innholdet er ikke JSON.")),
    (r"Give dates or a span, not both\.", N_("Gi enten datoer eller et tidsrom.")),
    (r"A span needs its last day too\.", N_("Et tidsrom trenger også siste dag.")),
    (r"Give dates or weekdays, not both\.", N_("Gi enten datoer eller ukedager.")),
    (r"The span has none of these weekdays\.", N_("Tidsrommet har ingen av disse ukedagene.")),
    (r"At most (?P<n>\d+) dates\.", N_("Høyst {n} datoer.")),
    (
        r"'(?P<code>.*)' is not a skill we know.*",
        N_("Byttebanken kjenner ikke ferdigheten {code}, eller den står to ganger."),
    ),
    (r"Holds a character that is no text\..*", N_("Har et tegn som ikke er tekst. Skriv det på nytt.")),
)

LENGTHS_OF_TEXTS: tuple[tuple[str, str], ...] = (
    (r"Shorter than minimum length (?P<n>\d+)\.", N_("Skriv minst {n} tegn.")),
    (r"Longer than maximum length (?P<n>\d+)\.", N_("Skriv høyst {n} tegn. Nå er det {length}.")),
    (r"Length must be between (?P<low>\d+) and (?P<high>\d+)\.", N_("Skriv fra {low} til {high} tegn.")),
)
"""The same messages are said of a list and of a text; these are for a text that somebody has written."""


def detail_sentence(message: str, written: object = None) -> str:
    """The message in the reader's language; one that is none of ours stays as it is.

    `written`: what it is about, where that is known.
    """
    length = len(written) if isinstance(written, str) else None
    for pattern, sentence in MESSAGES if length is None else (*LENGTHS_OF_TEXTS, *MESSAGES):
        match = re.fullmatch(pattern, message)
        if match:
            return say(sentence, length=length, **match.groupdict())
    return message
