"""Every text is said in bokmål, nynorsk and English, in words that never count debits and credits."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from project_source import ROOT, modules

from byttebank.language.catalogs import (
    TRANSLATED,
    catalog_path,
    extract,
    faults,
    read_catalog,
    template_path,
    written,
)
from byttebank.language.vocabulary import LANGUAGES

FOLDERS = sorted(
    path.parents[1] for path in ROOT.glob("*/**/translations/babel.cfg") if ".venv" not in path.parts
)
NAMES = [path.relative_to(ROOT).as_posix() for path in FOLDERS]
SAYS = re.compile(r"\bN_\(\s*[\"']")
BOOKKEEPING = re.compile(r"(?<![{\w])(?:debit|credit|debet|kredit)", re.IGNORECASE)
"""GLOSSARY.md keeps these for the code; people read what was given and received."""
NEVER = {
    "nn": re.compile(
        r"\b(ikke|dere|deres|fra|noe|noen|hvem|hva|hvor|uke|siden|jeg|anbefal\w*|bekreft\w*|forespørsel\w*|ansatt\w*|mulig\w*|hverandre)\b",
        re.I,
    ),
    "en": re.compile(
        r"\b(og|ikke|dager|biblioteket|fylket|transaction|payment|sorry|oops|color|organize|center)\b|!", re.I
    ),
}
"""Bokmål that was left in, and words of the word list's «not»."""
TEMPLATES: dict[Path, Catalog] = {}


def template_of(folder: Path) -> Catalog:
    if folder not in TEMPLATES:
        TEMPLATES[folder] = extract(folder)
    return TEMPLATES[folder]


def texts_of(catalog: Catalog) -> list[str]:
    found: list[str] = []
    for message in catalog:
        for part in (message.id, message.string) if message.id else ():
            found += [part] if isinstance(part, str) else list(part or ())
    return found


def test_every_process_that_says_something_has_catalogs() -> None:
    assert {"gateway", "services/notify"} <= set(NAMES)
    for path in modules().values():
        if SAYS.search(path.read_text(encoding="utf-8")):
            assert any(folder in path.parents for folder in FOLDERS), f"{path} has texts and no catalog"


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_the_list_of_texts_is_that_of_the_code(folder: Path) -> None:
    kept = template_path(folder).read_text(encoding="utf-8")
    assert kept == written(template_of(folder)), "run make texts"


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_every_text_is_translated_and_none_is_left_over(folder: Path, language: str) -> None:
    catalog = read_catalog(catalog_path(folder, language))
    assert faults(template_of(folder), catalog) == [], f"run make texts, then fill in {language}"


def test_bokmaal_nynorsk_and_english_are_the_languages() -> None:
    assert LANGUAGES == ("nb", "nn", "en")
    assert TRANSLATED == ("nn", "en")


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_texts_are_by_act_and_in_their_own_language(folder: Path, language: str) -> None:
    catalog = read_catalog(catalog_path(folder, language))
    assert [text for text in texts_of(catalog) if BOOKKEEPING.search(text)] == []
    translated = [part for message in catalog if message.id for part in _parts(message.string)]
    assert [text for text in translated if NEVER[language].search(text)] == []


def test_the_checks_of_words_find_them() -> None:
    assert BOOKKEEPING.search("Kredittgrensen er nådd")
    assert BOOKKEEPING.search("Sum debet")
    assert NEVER["nn"].search("Det er ikke noko")
    assert NEVER["en"].search("The day og the night")


def test_one_text_has_one_translation_in_every_process() -> None:
    for language in TRANSLATED:
        said: dict[str, object] = {}
        for folder in FOLDERS:
            for message in read_catalog(catalog_path(folder, language)):
                if isinstance(message.id, str) and message.id:
                    assert said.setdefault(message.id, message.string) == message.string


def _parts(string: object) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())  # type: ignore[arg-type, return-value]
