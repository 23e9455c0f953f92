"""Reading what was handed in: by its schema, and only text that can be kept."""

from html import unescape
from typing import Any

import nh3
from marshmallow import Schema

from byttebank.contracts.fields import load
from byttebank.contracts.refusals import Malformed
from services.directory.domain.texts import unstorable

Document = dict[str, Any]


def read(schema: type[Schema], document: Any, **added: Any) -> Document:
    """The document with `added`, as the schema reads it. Refuses: Malformed."""
    whole = {**document, **added} if isinstance(document, dict) else document
    loaded = load(schema, whole)
    errors = unstorable(loaded)
    if errors:
        raise Malformed(errors=errors)
    return loaded


def read_own_words(schema: type[Schema], document: Any, **added: Any) -> Document:
    """As `read`, with `own_words` as plain text: of HTML the words stay, marks and scripts do not."""
    loaded = read(schema, document, **added)
    return {**loaded, "own_words": plain(loaded["own_words"])}


def plain(text: str) -> str:
    """The text without HTML."""
    return unescape(nh3.clean(text, tags=set())) if "<" in text else text


def refuse(pointer: str, detail: str) -> Malformed:
    """The refusal that points at one field."""
    return Malformed(errors=[{"pointer": pointer, "detail": detail}])
