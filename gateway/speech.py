"""How a page speaks to one reader: the language, the day it is, and what things are called.

Bokmål is the source: a message is its own bokmål text, with `{placeholders}`. `N_` marks a message for
translation where it stands in a table; `say` and `say_many` say it in the reader's language.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from byttebank import language
from byttebank.clock import parse_time
from byttebank.storage.work import TIME_ZONE

FOLDER = Path(__file__).parent / "translations"
SOURCE = language.SOURCE_LANGUAGE
"""The language the messages are written in."""


class Names(Protocol):
    """What things are called, for sentences that only know an id."""

    def county(self, slug: str) -> str: ...

    def own_county(self) -> str: ...

    def library(self, library_id: str) -> str | None: ...

    def skill(self, code: str) -> str: ...


@dataclass(frozen=True)
class Speech:
    """Whom we speak to."""

    language: str
    today: date
    names: Names | None = None
    time_zone: str = TIME_ZONE


_speech: ContextVar[Speech] = ContextVar("speech")


def speak(speech: Speech) -> None:
    """From here on, in this request, everything is said like this."""
    _speech.set(speech)


def speech() -> Speech:
    """Whom we speak to now. Refuses: `LookupError` when nobody has said."""
    return _speech.get()


def N_(message: str) -> str:
    """The message as it is: marks it for translation, to be said later."""
    return message


@cache
def spoken_languages() -> tuple[str, ...]:
    """The languages a page can be read in, the source first: it, and those with a catalogue."""
    found = language.languages_in(FOLDER)
    return tuple(code for code in language.LANGUAGES if code in found)


@cache
def _translator(code: str) -> language.Translator:
    return language.translator(code, FOLDER)


def say(message: str, **values: object) -> str:
    """The message in the reader's language, with the values put in."""
    text = _translator(speech().language)(message)
    return text.format(**values) if values else text


def choose(one: str, many: str, n: int) -> str:
    """One of two messages by the number, nothing put in yet."""
    return _translator(speech().language).plural(one, many, n)


def say_many(one: str, many: str, n: int, **values: object) -> str:
    """One of two messages by the number, which is also the value `{n}`."""
    return choose(one, many, n).format(n=n, **values)


def days(half_days: int) -> str:
    """en halv dag, 1,5 dager: inside a sentence."""
    return language.days_phrase(half_days, speech().language)


def days_count(half_days: int) -> str:
    """1 dag, 4 dager: where the figure stands out."""
    return language.days_count(half_days, speech().language)


def days_column(half_days: int, signed: bool = False) -> str:
    """0,5, −2: in a column."""
    return language.days_column(half_days, signed, speech().language)


def as_date(day: date | str) -> date:
    """The date, also of its text `YYYY-MM-DD`."""
    return date.fromisoformat(day) if isinstance(day, str) else day


def kroner(ore: int) -> str:
    """1 250,50 kr: an amount of øre."""
    return language.money_phrase(ore, speech().language)


def on(day: date | str) -> str:
    """torsdag 26. november: inside a sentence."""
    return language.date_sentence(as_date(day), speech().language, speech().today)


def short(day: date | str) -> str:
    """tor. 26. nov., on one line."""
    return language.date_short(as_date(day), speech().language, speech().today)


def on_days(days_: Sequence[date | str]) -> str:
    """Some dates inside a sentence, those in a row as a span."""
    return language.dates_phrase([as_date(day) for day in days_], speech().language, speech().today)


def span(first: date | str, last: date | str) -> str:
    """7.-11. desember."""
    return language.date_span(as_date(first), as_date(last), speech().language, speech().today)


def names(items: Sequence[str]) -> str:
    """Grue, Tolga og Rendalen."""
    return language.list_phrase(items, speech().language)


def km(distance: float) -> str:
    """80 km."""
    return language.distance_phrase(distance, speech().language)


def travel_time(minutes: int) -> str:
    """1 time 20 min."""
    return language.travel_time_phrase(minutes, speech().language)


def local(moment: datetime | str) -> datetime:
    """The moment as clocks show it where the county is."""
    when = parse_time(moment) if isinstance(moment, str) else moment
    return when.astimezone(ZoneInfo(speech().time_zone))


def clock_time(moment: datetime | str) -> str:
    """kl. 09.30, where the county is."""
    return language.time_phrase(local(moment).time(), speech().language)


def moment_short(moment: datetime | str) -> str:
    """tor. 26. nov. kl. 09.30; today as the time alone."""
    when = local(moment)
    if when.date() == speech().today:
        return clock_time(moment)
    return f"{short(when.date())} {clock_time(moment)}"


def capitalised(text: str) -> str:
    """With a capital first letter, for a sentence that begins with a date or a number of days."""
    return language.capitalised(text)


def county_name(slug: str) -> str:
    """What the county is called, or its short name while nobody can say."""
    known = speech().names
    return known.county(slug) if known else slug


def skill_name(code: str) -> str:
    """What the skill is called in the reader's language, or its code while nobody can say."""
    known = speech().names
    return known.skill(code) if known else code


def skills(codes: Sequence[str]) -> str:
    """Kassering · Katalogisering og klassifikasjon: many of them hold an "og" of their own."""
    return " · ".join(capitalised(skill_name(code)) for code in codes)


def library_name(library_id: str) -> str | None:
    """What the library is called, or None while nobody can say."""
    known = speech().names
    return known.library(library_id) if known else None
