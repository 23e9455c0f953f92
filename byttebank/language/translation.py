"""Texts in the reader's language: gettext catalogs whose message ids are our bokmål sentences.

A catalog is `<folder>/<language>/LC_MESSAGES/messages.po`, read as it is: there is no compiled copy that
could be older than its source.
"""

import gettext
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

SOURCE_LANGUAGE = "nb"
"""The language our texts are written in; it needs no catalog."""


class CatalogMissing(LookupError):
    """There is no readable catalog for a language. The message says which file was looked for."""


@dataclass(frozen=True)
class Translator:
    """Gives our bokmål texts in one language: `translate("Be om hjelp")`.

    `missing` holds those it was asked for and had no translation of: tests of whole pages look there.
    """

    language: str
    _catalog: gettext.NullTranslations
    missing: set[str] = field(default_factory=set, compare=False)

    def __call__(self, text: str) -> str:
        """The text in the language. A text that nobody has translated (or only fuzzily) stays bokmål."""
        return self._catalog.gettext(text) if text else ""

    def plural(self, one: str, many: str, n: int) -> str:
        """The form for `n` things, by the language's own rule. `{n}` in it is the caller's to fill in."""
        return self._catalog.ngettext(one, many, n)


def translator(language: str, folder: Path | str) -> Translator:
    """The translator of a language, from the catalogs below a folder. Each catalog is read once.

    Refuses: `CatalogMissing` for a language without a readable catalog there.
    """
    return _translator(language, folder if isinstance(folder, Path) else Path(folder))


def languages_in(folder: Path | str) -> Sequence[str]:
    """Bokmål and every language with a catalog below the folder."""
    found = sorted(path.parent.parent.name for path in Path(folder).glob("*/LC_MESSAGES/messages.po"))
    return (SOURCE_LANGUAGE, *(language for language in found if language != SOURCE_LANGUAGE))


@cache
def _translator(language: str, folder: Path) -> Translator:
    if language == SOURCE_LANGUAGE:
        return Translator(language, gettext.NullTranslations())
    path = folder / language / "LC_MESSAGES" / "messages.po"
    if language not in languages_in(folder):
        raise CatalogMissing(
            f"There is no catalog for {language!r}: {path} is missing."
            f" Languages in that folder: {', '.join(languages_in(folder))}."
        )
    compiled = io.BytesIO()
    try:
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=None, abort_invalid=True))
    except (PoFileError, UnicodeDecodeError) as error:
        raise CatalogMissing(f"The catalog {path} cannot be read: {error}. Check it with msgfmt.") from error
    compiled.seek(0)
    catalog, missing = gettext.GNUTranslations(compiled), _Missing()
    catalog.add_fallback(missing)
    return Translator(language, catalog, missing.texts)


class _Missing(gettext.NullTranslations):
    """Where a catalog sends what it does not have: it stays bokmål, and is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def gettext(self, message: str) -> str:
        self.texts.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.texts.add(msgid1)
        return super().ngettext(msgid1, msgid2, n)
