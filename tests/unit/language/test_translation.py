"""Catalogs by language, with bokmål as message id."""

from pathlib import Path

import pytest

from byttebank.language import CatalogMissing, languages_in, translator

CATALOG = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Be om hjelp fra {library}"
msgstr "Be om hjelp frå {library}"

#, fuzzy
msgid "Tilby hjelp"
msgstr "Ikkje lest over"

msgid "{n} løfte"
msgid_plural "{n} løfter"
msgstr[0] "{n} lovnad"
msgstr[1] "{n} lovnader"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "nn" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOG, encoding="utf-8")
    return tmp_path


def test_bokmaal_needs_no_catalog(tmp_path: Path) -> None:
    translate = translator("nb", tmp_path)
    assert translate("Be om hjelp") == "Be om hjelp"
    assert [translate.plural("{n} løfte", "{n} løfter", n) for n in (0, 1, 2)] == [
        "{n} løfter",
        "{n} løfte",
        "{n} løfter",
    ]


def test_a_catalog_gives_the_text_and_its_plural(folder: Path) -> None:
    translate = translator("nn", folder)
    assert translate.language == "nn"
    assert translate("Be om hjelp fra {library}") == "Be om hjelp frå {library}"
    assert [translate.plural("{n} løfte", "{n} løfter", n) for n in (1, 2)] == ["{n} lovnad", "{n} lovnader"]


def test_what_nobody_has_translated_stays_bokmaal(folder: Path) -> None:
    translate = translator("nn", folder)
    assert translate("Tilby hjelp") == "Tilby hjelp"
    assert translate("Ta kontakt") == "Ta kontakt"
    assert translate("") == ""


def test_a_language_without_a_catalog_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(CatalogMissing, match=r"'en'.*messages\.po.*nb, nn"):
        translator("en", folder)
    with pytest.raises(CatalogMissing):
        translator("../nn", folder)


def test_an_unreadable_catalog_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text('msgid "Angre"\nthis is no catalog\n', encoding="utf-8")
    with pytest.raises(CatalogMissing, match="cannot be read"):
        translator("en", tmp_path)


def test_the_languages_of_a_folder_begin_with_bokmaal(folder: Path, tmp_path: Path) -> None:
    assert languages_in(folder) == ("nb", "nn")
    assert languages_in(tmp_path / "none") == ("nb",)
