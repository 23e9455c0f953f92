"""The catalogs beside a process's code: what there is to say, what is said of it, and what is wrong.

A process keeps them in `translations/`: `babel.cfg` (where its texts stand), `messages.pot` (all, made
from its code) and `<language>/LC_MESSAGES/messages.po`. `python -m byttebank.language.catalogs FOLDER...`
brings the files of each folder up to its code; nothing is ever guessed from a similar text.
"""

import ast
import io
import string
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from byttebank.language.translation import SOURCE_LANGUAGE
from byttebank.language.vocabulary import LANGUAGES

KEYWORDS = {
    "say": None,
    "N_": None,
    "_": None,
    "say_many": (1, 2),
    "choose": (1, 2),
    "ngettext": (1, 2),
}
"""By these names code and templates say a text; with two numbers, one by count."""

TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
CHARSET = '"Content-Type: text/plain; charset=utf-8\\n"\n'
PLURALS = '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
"""Nynorsk and English count as bokmål does: one, and all others."""


def template_path(folder: Path) -> Path:
    """Where the list of a process's texts is."""
    return folder / "translations" / "messages.pot"


def catalog_path(folder: Path, language: str) -> Path:
    """Where a process's texts in a language are."""
    return folder / "translations" / language / "LC_MESSAGES" / "messages.po"


def extract(folder: Path) -> Catalog:
    """Every text of the code and templates below the folder, by the folder's own `babel.cfg`."""
    with (folder / "translations" / "babel.cfg").open(encoding="utf-8") as lines:
        methods, options = parse_mapping_cfg(lines)
    template = Catalog(charset="utf-8")
    found = extract_from_dir(str(folder), methods, options, keywords=KEYWORDS)
    for _, _, text, comments, context in found:
        template.add(text, None, auto_comments=comments, context=context)
    return template


def python_texts(
    file: IO[bytes], keywords: Iterable[str], comment_tags: object, options: object
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """What Python code says: the texts written as arguments of calls by a keyword, as Babel wants them.

    Babel's own reading takes every text between the parentheses, also of `say(WORDS[line["kind"]])`.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and (name := _name(node.func)) in keywords:
            texts = tuple(_text(argument) for argument in node.args)
            if any(texts):
                yield node.lineno, name, texts, []


def _name(function: ast.expr) -> str:
    """`say` of `say(...)` and of `speech.say(...)`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _text(argument: ast.expr) -> str | None:
    value: Any = argument.value if isinstance(argument, ast.Constant) else None
    return value if isinstance(value, str) else None


def read_catalog(path: Path) -> Catalog:
    """The catalog of a file. Refuses: what Babel refuses."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def merged(template: Catalog, old: Catalog) -> Catalog:
    """Every text of the template with its translation in `old`, empty where there is none or a fuzzy one."""
    new = Catalog(charset="utf-8")
    for message in _messages(template):
        known = old.get(message.id, message.context)
        is_kept = known is not None and not known.fuzzy and known.pluralizable == message.pluralizable
        new.add(message.id, known.string if known and is_kept else None, context=message.context)
    return new


def written(catalog: Catalog, language: str | None = None) -> str:
    """The catalog as a file: sorted, without places, so that moving code changes nothing."""
    body = io.BytesIO()
    write_po(
        body, catalog, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True, width=0
    )
    header = CHARSET if language is None else f'"Language: {language}\\n"\n{CHARSET}{PLURALS}'
    return f'msgid ""\nmsgstr ""\n{header}\n{body.getvalue().decode()}'


def renew(folder: Path) -> None:
    """The folder's template and catalogs hold exactly the texts of its code; translations are kept."""
    template = extract(folder)
    template_path(folder).write_text(written(template), encoding="utf-8")
    for language in TRANSLATED:
        path = catalog_path(folder, language)
        old = read_catalog(path) if path.exists() else Catalog()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(merged(template, old), language), encoding="utf-8")


def faults(template: Catalog, catalog: Catalog) -> list[str]:
    """What keeps the catalog from saying everything in the template well; each names the text.

    A text is missing, fuzzy, empty in one form, has other `{placeholders}` than the bokmål, or is in the
    catalog without being said any more.
    """
    found = []
    for message in _messages(template):
        translated = catalog.get(message.id, message.context)
        found += [f"{fault}: {_first(message)!r}" for fault in _faults(message, translated)]
    left_over = [one for one in _messages(catalog) if template.get(one.id, one.context) is None]
    found += [f"not said any more: {_first(one)!r}" for one in [*left_over, *catalog.obsolete.values()]]
    return found


def _faults(message: Message, translated: Message | None) -> Iterator[str]:
    if translated is None or not any(_forms(translated.string)):
        yield "missing"
        return
    if translated.fuzzy:
        yield "fuzzy"
    originals, forms = _forms(message.id), _forms(translated.string)
    if not all(forms) or len(forms) < len(originals):
        yield "a form is empty"
        return
    for number, form in enumerate(forms):
        original = originals[min(number, len(originals) - 1)]
        try:
            is_alike = _placeholders(form) == _placeholders(original)
        except ValueError:
            is_alike = False
        if not is_alike:
            yield f"other placeholders in {form!r}"


def _messages(catalog: Catalog) -> Iterable[Message]:
    return [message for message in catalog if message.id]


def _forms(texts: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (texts or "",) if texts is None or isinstance(texts, str) else tuple(texts)


def _first(message: Message) -> str:
    return _forms(message.id)[0]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


if __name__ == "__main__":
    for name in sys.argv[1:]:
        renew(Path(name))
