"""The words that numbers and dates are made of, in each language we ship.

The source is the project's word list; Unicode's tables differ from it (they abbreviate more, and put kroner
elsewhere), and the machine's locale is never asked.
"""

from dataclasses import dataclass

LANGUAGES = ("nb", "nn", "en")
"""Bokmål, nynorsk, English. Bokmål is the language our texts are written in."""

LANGUAGE_NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
"""What each language is called in itself, as those who read it look for it."""

NO_BREAK = "\u00a0"


class LanguageUnknown(ValueError):
    """A language we have no words for. The message names it and those we have."""


@dataclass(frozen=True)
class Vocabulary:
    """What differs from language to language."""

    no_days: str
    half_day: str
    one_day: str
    counted_day: str
    days: str
    decimal_comma: str
    thousands: str
    ordinal: str
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    near_days: tuple[str, str, str]
    week: str
    conjunction: str
    hour: str
    hours: str
    quotation_marks: tuple[str, str]


_NORWEGIAN_MONTHS = (
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
)
_NORWEGIAN_SHORT_MONTHS = (
    "jan.",
    "feb.",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "aug.",
    "sep.",
    "okt.",
    "nov.",
    "des.",
)

_BOKMAAL = Vocabulary(
    no_days="ingen dager",
    half_day="en halv dag",
    one_day="en dag",
    counted_day="dag",
    days="dager",
    decimal_comma=",",
    thousands=NO_BREAK,
    ordinal=".",
    weekdays=("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    short_weekdays=("man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn."),
    months=_NORWEGIAN_MONTHS,
    short_months=_NORWEGIAN_SHORT_MONTHS,
    near_days=("i går", "i dag", "i morgen"),
    week="uke",
    conjunction="og",
    hour="time",
    hours="timer",
    quotation_marks=("«", "»"),
)
_NYNORSK = Vocabulary(
    no_days="ingen dagar",
    half_day="ein halv dag",
    one_day="ein dag",
    counted_day="dag",
    days="dagar",
    decimal_comma=",",
    thousands=NO_BREAK,
    ordinal=".",
    weekdays=("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"),
    short_weekdays=("mån.", "tys.", "ons.", "tor.", "fre.", "lau.", "søn."),
    months=_NORWEGIAN_MONTHS,
    short_months=_NORWEGIAN_SHORT_MONTHS,
    near_days=("i går", "i dag", "i morgon"),
    week="veke",
    conjunction="og",
    hour="time",
    hours="timar",
    quotation_marks=("«", "»"),
)
_ENGLISH = Vocabulary(
    no_days="no days",
    half_day="half a day",
    one_day="one day",
    counted_day="day",
    days="days",
    decimal_comma=".",
    thousands=",",
    ordinal="",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    short_weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    short_months=("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
    near_days=("yesterday", "today", "tomorrow"),
    week="week",
    conjunction="and",
    hour="h",
    hours="h",
    quotation_marks=("“", "”"),
)
VOCABULARIES = {"nb": _BOKMAAL, "nn": _NYNORSK, "en": _ENGLISH}


def vocabulary(language: str) -> Vocabulary:
    """The words of a language. Refuses: `LanguageUnknown`."""
    words = VOCABULARIES.get(language)
    if words is None:
        raise LanguageUnknown(f"There are no words for {language!r}. Use one of {', '.join(LANGUAGES)}.")
    return words
