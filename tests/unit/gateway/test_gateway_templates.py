"""Templates: every visible word can be translated, nothing inline, what is generated is up to date."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Comment

import gateway
from gateway import generate

pytestmark = pytest.mark.simulation
"""Takes seconds: every row of a long table."""

FOLDER = Path(gateway.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").rglob("*.html"))
READ_ALOUD = ("alt", "aria-label", "placeholder", "title", "content")
NO_WORDS = {"width=device-width, initial-scale=1", "light dark"}
"""Attributes that are read by browsers, not by people."""


def without_jinja(text: str) -> str:
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)


def visible_words(path: Path) -> list[str]:
    soup = BeautifulSoup(without_jinja(path.read_text(encoding="utf-8")), "lxml")
    texts = [str(text) for text in soup.find_all(string=True) if not isinstance(text, Comment)]
    texts += [tag[name] for tag in soup.find_all(True) for name in READ_ALOUD if tag.has_attr(name)]
    texts = [text for text in texts if text.strip().lower() != "doctype html" and text not in NO_WORDS]
    return [text.strip() for text in texts if re.search(r"[^\W\d_]", text) and text.strip() != "html"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_every_visible_word_goes_through_the_translation(path: Path) -> None:
    assert visible_words(path) == []


def test_the_check_finds_a_word_that_is_written_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        '<p aria-label="Meny">{{ _("Oversikt") }} og {% if x %}Tavle{% endif %}</p>', encoding="utf-8"
    )
    assert visible_words(path) == ["og Tavle", "Meny"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_nothing_is_inline_and_nothing_is_trusted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text.replace(" ", "")
    assert not re.search(r"(href|action|src)=\"/", text), "a path that forgets the prefix"
    for form in re.findall(r"<form\b.*?</form>", text, flags=re.DOTALL):
        if 'method="post"' in form:
            assert "{{ hidden(" in form, form


def test_the_stylesheet_shows_no_words_of_its_own() -> None:
    css = (FOLDER / "static" / "byttebank.css").read_text(encoding="utf-8")
    for content in re.findall(r"content:\s*([^;}]+)", css):
        assert not re.search(r'"[^"]*[^\W\d_][^"]*"', content), content


def test_the_order_of_layers_is_said_first() -> None:
    css = (FOLDER / "static" / "byttebank.css").read_text(encoding="utf-8")
    first = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).strip().splitlines()[0]
    assert first == "@layer byttebank-reset, ds.theme, ds.base, ds.components, byttebank;"


def test_the_description_of_the_programming_interface_is_up_to_date() -> None:
    assert generate.OPENAPI.read_text(encoding="utf-8") == generate.openapi_json(), (
        "run python -m gateway.generate"
    )
