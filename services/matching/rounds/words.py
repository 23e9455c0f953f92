"""Why a request lacks days, as sentences in the reader's language.

A reason is found once and said later: what a sentence is about stays as it is until somebody reads it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from services.matching.domain.instance import Wish

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = ("nb", "nn", "en")
SOURCE_LANGUAGE = LANGUAGES[0]
Say = Callable[[str], str]


def N_(message: str) -> str:
    """Marks a text that is said elsewhere, for the list of texts."""
    return message


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text in bokmål with `{placeholders}`, and what stands there: names, numbers, amounts, sentences."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Amount:
    """Some days."""

    half_days: int


@dataclass(frozen=True, slots=True)
class Span:
    """From the first date to the last."""

    first_on: date
    last_on: date


NO_PLACE_FOUND = Sentence(
    N_(
        "Den beste planen vi fant, har ikke plass. Det er ikke bevist at det er umulig: flere datoer eller "
        "flere som kan komme, gjør det lettere."
    )
)
NO_PLAN = Sentence(
    N_(
        "Et bibliotek er forbi grensen før runden begynner, og ingen plan får det tilbake. Derfor får ingen "
        "hjelp i denne runden."
    )
)
NO_PLAN_FOUND = Sentence(
    N_(
        "Et bibliotek er forbi grensen før runden begynner, og vi fant ikke i tide en plan som får det "
        "tilbake. Prøv en gang til med mer tid."
    )
)
BEYOND_LIMIT = Sentence(
    N_(
        "I en fordelingsrunde kan ingen gå over grensen. Noen kunne ha kommet: med én dag mer å bruke hadde "
        "dere fått én dag til."
    )
)
NO_DATES = Sentence(N_("Forespørselen har ingen datoer. Velg minst én."))
ONE_MORE = Sentence(N_("én dag til"))
ALL_OF_IT = Sentence(N_("hele forespørselen"))


def few_dates(request: Wish) -> Sentence:
    """It asks for more days than it has dates."""
    text = N_(
        "Forespørselen ber om {days} og har for få datoer ({count}). Velg flere datoer eller færre dager."
    )
    return Sentence(text, {"days": Amount(request.half_days), "count": len(request.dates)})


def nobody_can(request: Wish) -> Sentence:
    """Nobody at other libraries has the skills."""
    return Sentence(N_("Ingen på andre bibliotek {can}."), {"can": _can(request)})


def nobody_free_then(request: Wish, able: int) -> Sentence:
    """So many have the skills, and nobody of them any of the dates, or enough of them."""
    values = {"able": able, "can": _can(request), "between": _span(request)}
    if request.is_whole and request.days > 1:
        text = N_("{able} {can}, ingen av dem er ledig alle dagene ({days}) {between}. Velg flere datoer.")
        return Sentence(text, {**values, "days": Amount(request.half_days)})
    return Sentence(N_("{able} {can}, ingen av dem er ledig {between}. Velg flere datoer."), values)


def nobody_near(request: Wish, able: int, free: int) -> Sentence:
    """So many have the skills, and so many of them are free; none of these travels so far."""
    text = N_(
        "{able} {can}. Ledig {between}: {free}. Ingen av dem kan reise så langt, eller det passer ikke "
        "ellers."
    )
    return Sentence(text, {"able": able, "can": _can(request), "between": _span(request), "free": free})


def all_busy(request: Wish, *, can_pay: bool) -> Sentence:
    """Whoever could come is needed elsewhere; one more colleague would help, and perhaps a day to use."""
    values = {"can": _can(request), "between": _span(request)}
    if can_pay:
        text = N_(
            "Alle som {can} {between}, er opptatt, også om andre bytter plass. Én kollega til som {can} på "
            "en av disse datoene, hadde gitt dere én dag til."
        )
    else:
        text = N_(
            "Alle som {can} {between}, er opptatt, også om andre bytter plass. Det trengs én kollega til "
            "som {can}, og dere har nådd grensen: tilby selv én dag til."
        )
    return Sentence(text, values)


def capped(lender: str, host: str, half_days: int, *, is_whole: bool) -> Sentence:
    """No more days may go from the one county to the other."""
    text = N_(
        "Noen kunne ha kommet, men det kan ikke gå flere dager fra {lender} til {host} i denne runden. Med "
        "{days} mer fra {lender} hadde dere fått {gain}."
    )
    gain = ALL_OF_IT if is_whole else ONE_MORE
    return Sentence(text, {"lender": lender, "host": host, "days": Amount(half_days), "gain": gain})


def text_of(sentence: Sentence, language: str = SOURCE_LANGUAGE) -> str:
    """The sentence in the language. Refuses: `CatalogMissing` for one that we do not have."""
    # Here and not above: what computes a round needs no catalogs, and starts faster without.
    from byttebank.language import capitalised, translator

    return capitalised(_said(sentence, language, translator(language, FOLDER)))


def _said(sentence: Sentence, language: str, say: Say) -> str:
    values = {name: _phrase(value, language, say) for name, value in sentence.values.items()}
    return say(sentence.text).format_map(values)


def _phrase(value: Any, language: str, say: Say) -> str:
    from byttebank.language import date_span, days_phrase, list_phrase

    match value:
        case Sentence():
            return _said(value, language, say)
        case Amount(half_days):
            return days_phrase(half_days, language)
        case Span(first_on, last_on):
            return date_span(first_on, last_on, language, date.min)
        case tuple():
            return list_phrase(value, language)
    return str(value)


def _can(request: Wish) -> Sentence:
    if not request.skills:
        return Sentence(N_("kan komme"))
    return Sentence(N_("kan {skills}"), {"skills": request.skills})


def _span(request: Wish) -> Span:
    return Span(request.dates[0], request.dates[-1])
