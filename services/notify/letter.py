"""A notice as a mail: subject, text and HTML in the reader's language."""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from byttebank.language import (
    LANGUAGES,
    SOURCE_LANGUAGE,
    Translator,
    capitalised,
    date_sentence,
    date_span,
    dates_phrase,
    days_phrase,
    languages_in,
    translator,
)
from services.notify import words
from services.notify.wording import Words
from services.notify.words import words_for

FOLDER = Path(__file__).parent
TRANSLATIONS = FOLDER / "translations"
MAX_SUBJECT = 200
MAX_DATES_ONE_BY_ONE = 5
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(frozen=True)
class Letter:
    """What a mail says, ready to be put in an envelope."""

    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letterhead:
    """Who writes, and where the reader goes: the county's slug and name, the node's address and its day."""

    county: str
    county_name: str | None
    county_names: Mapping[str, str]
    """Own county and peers by slug, for words that name another county."""
    language: str | None
    public_url: str
    today: date


def chosen_language(wanted: str | None) -> str:
    """The wanted language where our mails are translated into it, otherwise bokmål."""
    return wanted if wanted in LANGUAGES and wanted in _shipped_languages() else SOURCE_LANGUAGE


def engagement_url(public_url: str, engagement_id: str) -> str:
    """The page of an engagement; `public_url` is where the county's gateway is mounted."""
    return f"{public_url.rstrip('/')}/engagements/{engagement_id}"


def write_letter(
    key: str, parameters: Mapping[str, Any], engagement_id: str, head: Letterhead, *, path: str | None = None
) -> Letter:
    """The mail about a notice (`domain.telling.parameters`). Its link leads to the engagement, or to `path`.

    Refuses: `KeyError` for a notice that is never mailed, `ValueError` when its words lack what they name.
    """
    language = chosen_language(head.language)
    translate = translator(language, TRANSLATIONS)
    values = _values(parameters, head, translate)
    chosen = next((found for found in words_for(key, parameters) if _is_complete(found, values)), None)
    if chosen is None:
        raise ValueError(f"a mail about {key!r} needs more than {sorted(values)}")
    sign_off = words.SIGN_OFF if head.county_name else words.SIGN_OFF_WITHOUT_COUNTY
    parts = {
        "language": language,
        "subject": _one_line(capitalised(_filled(chosen.subject, values, translate)))[:MAX_SUBJECT],
        "greeting": translate(words.GREETING),
        "body": " ".join(
            capitalised(_filled(sentence, values, translate))
            for sentence in chosen.sentences
            if _named(sentence) <= values.keys()
        ),
        "call": translate(chosen.call),
        "link": engagement_url(head.public_url, engagement_id)
        if path is None
        else f"{head.public_url.rstrip('/')}/{path}",
        "sign_off": translate(sign_off).format(county=head.county_name),
    }
    templates = _templates()
    return Letter(
        language,
        parts["subject"],
        templates.get_template("mail.txt").render(parts),
        templates.get_template("mail.html").render(parts),
    )


def _values(parameters: Mapping[str, Any], head: Letterhead, translate: Translator) -> dict[str, str]:
    """Every placeholder that is known, as people write it."""
    language = translate.language
    dates = [date.fromisoformat(day) for day in parameters.get("dates", ())]
    names = ("host", "lender", "library", "contact", "season")
    values = {name: parameters[name] for name in names if name in parameters}
    if dates:
        values["date"] = dates_phrase(dates, language, head.today)
    elif "first_on" in parameters:
        window = [date.fromisoformat(parameters[name]) for name in ("first_on", "last_on")]
        values["date"] = date_span(window[0], window[1], language, head.today)
    if values.get("date", "").count(",") >= MAX_DATES_ONE_BY_ONE:
        values["date"] = date_span(dates[0], dates[-1], language, head.today)
    if parameters.get("move_to"):
        moved = [date.fromisoformat(day) for day in parameters["move_to"]]
        values["new_date"] = dates_phrase(moved, language, head.today)
    values["name"] = parameters.get("name") or translate(words.SOMEBODY)
    if "half_days" in parameters:
        values["days"] = days_phrase(parameters["half_days"], language)
    for name in ("reply_by", "confirm_by", "release_on", "dispute_by"):
        if name in parameters:
            values[name] = date_sentence(date.fromisoformat(parameters[name]), language, head.today)
    if "county" in parameters:
        values["county"] = head.county_names.get(parameters["county"], parameters["county"])
    refusal = parameters.get("refusal") or {}
    other = (refusal.get("parameters") or {}).get("county")
    if isinstance(other, str):
        values["other_county"] = values["county_b"] = head.county_names.get(other, other)
        values["county_a"] = head.county_name or head.county
    return {name: _one_line(value) for name, value in values.items()}


def _is_complete(found: Words, values: Mapping[str, str]) -> bool:
    return _named(found.subject) | _named(found.sentences[0]) <= values.keys()


def _named(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _filled(text: str, values: Mapping[str, str], translate: Translator) -> str:
    return translate(text).format(**values)


def _one_line(text: str) -> str:
    """Without line breaks and other control characters: names come from people, and a subject is one line."""
    return CONTROL_CHARACTERS.sub(" ", text).strip()


@cache
def _shipped_languages() -> tuple[str, ...]:
    return tuple(languages_in(TRANSLATIONS))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
