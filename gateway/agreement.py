"""The participation agreement as people read it: a text of its own for each version and language.

A version that somebody may have accepted is never edited: a change is a new version, in files of its own,
with `byttebank.contracts.participation.PARTICIPATION_VERSION` one higher.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from byttebank.language import LANGUAGES, SOURCE_LANGUAGE

FOLDER = Path(__file__).with_name("agreements")


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class AgreementText:
    """One version in one language."""

    version: int
    language: str
    title: str
    sections: tuple[Section, ...]


@cache
def agreement_text(version: int, language: str) -> AgreementText:
    """The version in the language; in bokmål for a language it is not written in.

    Refuses: `LookupError` for a version that there is no text of.
    """
    known = language if language in LANGUAGES and path_of(version, language).exists() else SOURCE_LANGUAGE
    path = path_of(version, known)
    if not path.exists():
        raise LookupError(f"There is no text of version {version} of the participation agreement.")
    title, *parts = path.read_text(encoding="utf-8").split("\n## ")
    sections = []
    for part in parts:
        heading, *paragraphs = [block.strip() for block in part.split("\n\n") if block.strip()]
        sections.append(Section(heading, tuple(paragraphs)))
    return AgreementText(version, known, title.removeprefix("# ").strip(), tuple(sections))


def path_of(version: int, language: str) -> Path:
    """Where the text is."""
    return FOLDER / f"participation-{version}.{language}.txt"
