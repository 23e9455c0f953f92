"""Reading what was handed in: by its schema, and only text that can be kept."""

from typing import Any

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


def refuse(pointer: str, detail: str) -> Malformed:
    """The refusal that points at one field."""
    return Malformed(errors=[{"pointer": pointer, "detail": detail}])
