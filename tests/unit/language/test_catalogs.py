"""What is wrong with a catalog is said with the text it is about; bringing one up to date guesses nothing."""

import io
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from byttebank.language import translator
from byttebank.language.catalogs import (
    catalog_path,
    extract,
    faults,
    merged,
    python_texts,
    read_catalog,
    renew,
    template_path,
    written,
)

TEMPLATE = """
msgid "Be om hjelp"
msgstr ""

#, python-brace-format
msgid "Vi hjalp {library}"
msgstr ""

#, python-brace-format
msgid "1 treff"
msgid_plural "{n} treff"
msgstr[0] ""
msgstr[1] ""
"""
WHOLE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Be om hjelp"
msgstr "Ask for help"

#, python-brace-format
msgid "Vi hjalp {library}"
msgstr "We helped {library}"

#, python-brace-format
msgid "1 treff"
msgid_plural "{n} treff"
msgstr[0] "1 match"
msgstr[1] "{n} matches"
"""


def catalog(text: str):  # type: ignore[no-untyped-def]
    return read_po(io.BytesIO(text.encode()))


def test_a_whole_catalog_has_no_faults() -> None:
    assert faults(catalog(TEMPLATE), catalog(WHOLE)) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"Ask for help"', '""', "missing: 'Be om hjelp'"),
        ('msgid "Be om hjelp"\nmsgstr "Ask for help"\n', "", "missing: 'Be om hjelp'"),
        ('msgid "Be om hjelp"', '#, fuzzy\nmsgid "Be om hjelp"', "fuzzy: 'Be om hjelp'"),
        ("We helped {library}", "We helped", "other placeholders in 'We helped': 'Vi hjalp {library}'"),
        (
            "We helped {library}",
            "We {x} {library}",
            "other placeholders in 'We {x} {library}': 'Vi hjalp {library}'",
        ),
        (
            "We helped {library}",
            "We helped {library",
            "other placeholders in 'We helped {library': 'Vi hjalp {library}'",
        ),
        ('"Ask for help"', '"Ask for {0}"', "other placeholders in 'Ask for {0}': 'Be om hjelp'"),
        ('"{n} matches"', '""', "a form is empty: '1 treff'"),
        ('"1 match"', '""', "a form is empty: '1 treff'"),
        ('msgstr[0] "1 match"\nmsgstr[1] "{n} matches"', 'msgstr[0] ""\nmsgstr[1] ""', "missing: '1 treff'"),
        ('"{n} matches"', '"matches"', "other placeholders in 'matches': '1 treff'"),
        ('"1 match"', '"{n} match"', "other placeholders in '{n} match': '1 treff'"),
        ("\n\n#, python", '\n\nmsgid "Skru av"\nmsgstr "Off"\n\n#, python', "not said any more: 'Skru av'"),
        (
            "\n\n#, python",
            '\n\n#~ msgid "Skru av"\n#~ msgstr "Off"\n\n#, python',
            "not said any more: 'Skru av'",
        ),
    ],
)
def test_each_fault_is_named_with_its_text(before: str, after: str, fault: str) -> None:
    text = WHOLE.replace(before, after, 1)
    assert text != WHOLE
    assert faults(catalog(TEMPLATE), catalog(text)) == [fault]


def test_a_text_that_is_counted_now_and_was_not_before_is_missing() -> None:
    once = WHOLE.replace(
        'msgid_plural "{n} treff"\nmsgstr[0] "1 match"\nmsgstr[1] "{n} matches"', 'msgstr "1 match"'
    )
    assert faults(catalog(TEMPLATE), catalog(once)) == ["a form is empty: '1 treff'"]


def folder_with(tmp_path: Path, code: str) -> Path:
    translations = tmp_path / "translations"
    translations.mkdir(exist_ok=True)
    (translations / "babel.cfg").write_text(
        "[extractors]\npython_texts = byttebank.language.catalogs:python_texts\n"
        "[python_texts: **.py]\n[jinja2: **.html]\n",
        encoding="utf-8",
    )
    (tmp_path / "code.py").write_text(code, encoding="utf-8")
    return tmp_path


def test_renewing_keeps_what_is_said_and_guesses_nothing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, 'say("Be om hjelp")\nchoose("1 treff", "{n} treff", n)\n')
    (folder / "page.html").write_text('{{ _("Vi hjalp {library}", library=x) }}', encoding="utf-8")
    path = catalog_path(folder, "en")
    path.parent.mkdir(parents=True)
    path.write_text(WHOLE, encoding="utf-8")
    renew(folder)
    assert faults(extract(folder), read_catalog(path)) == []
    folder_with(tmp_path, 'say("Be om hjelpen")\nsay("1 treff")\n')
    renew(folder)
    assert faults(extract(folder), read_catalog(path)) == ["missing: 'Be om hjelpen'", "missing: '1 treff'"]
    assert "Ask for help" not in path.read_text(encoding="utf-8")
    assert "#~" not in path.read_text(encoding="utf-8")
    assert "We helped {library}" in path.read_text(encoding="utf-8")
    assert 'msgid "Be om hjelpen"' in template_path(folder).read_text(encoding="utf-8")
    assert translator("nn", folder / "translations")("Be om hjelpen") == "Be om hjelpen"


def test_renewing_again_changes_nothing(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, 'say("Be om hjelp")\nsay_many("1 treff", "{n} treff", n)\n')
    renew(folder)
    files = [template_path(folder), catalog_path(folder, "nn"), catalog_path(folder, "en")]
    first = [path.read_text(encoding="utf-8") for path in files]
    renew(folder)
    assert [path.read_text(encoding="utf-8") for path in files] == first


def test_a_fuzzy_translation_is_not_kept() -> None:
    fuzzy = catalog(WHOLE.replace('msgid "Be om hjelp"', '#, fuzzy\nmsgid "Be om hjelp"'))
    assert '"Ask for help"' not in written(merged(catalog(TEMPLATE), fuzzy), "en")


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('say("Be om hjelp", n=1)', [("Be om hjelp",)]),
        ('speech.say("Be om " "hjelp")', [("Be om hjelp",)]),
        ('say(WORDS[line["kind"]])', []),
        ('say(WORDS.get("kind", N_("Noe annet")))', [("Noe annet",)]),
        ('other("Be om hjelp")', []),
        ('say(f"Be om {x}")', []),
    ],
)
def test_only_what_is_written_as_an_argument_is_a_text(code: str, texts: list[tuple[str, ...]]) -> None:
    found = python_texts(io.BytesIO(code.encode()), ["say", "N_"], (), {})
    assert [tuple(text for text in one[2] if text) for one in found] == texts
