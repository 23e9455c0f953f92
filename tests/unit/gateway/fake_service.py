"""What the services in memory share: calls as if over RPC, pages, and reasons."""

import json
import math
import uuid
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from marshmallow import Schema

from byttebank.clock import format_time, local_date
from byttebank.contracts.fields import load
from byttebank.contracts.refusals import (
    Malformed,
)

Document = dict[str, Any]


def an_id(name: str) -> str:
    """The same id for the same name, always."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"byttebank:{name}"))


def checked(schema: type[Schema], document: Document) -> Document:
    """The document, when it has the agreed shape; a test fails here otherwise."""
    load(schema, document)
    return document


class Service:
    """A service whose public methods are called as if over RPC."""

    name = ""

    def __init__(self, backend: Any) -> None:
        self._all = backend
        for method in dir(self):
            if not method.startswith("_") and callable(getattr(self, method)) and method != "name":
                setattr(self, method, self._over_rpc(method, getattr(self, method)))

    def _over_rpc(self, method: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            asked = json.loads(json.dumps([arguments, named]))
            self._all.calls.append((f"{self.name}.{method}", *asked))
            fault = self._all.failing.get(f"{self.name}.{method}") or self._all.failing.get(self.name)
            if fault is not None:
                raise fault
            return json.loads(json.dumps(function(*asked[0], **asked[1])))

        return call

    @property
    def _today(self) -> date:
        return local_date(self._all.clock.now(), "Europe/Oslo")

    @property
    def _now(self) -> str:
        return format_time(self._all.clock.now())


def page(items: list[Document], cursor: str | None, limit: int, field: str = "items") -> Document:
    """One page of a list; the cursor is a number here, and nobody may rely on that."""
    if cursor is not None and not cursor.isdigit():
        raise Malformed(errors=[{"pointer": "/cursor", "detail": "Not a cursor of ours."}])
    start = int(cursor or 0)
    rest = len(items) > start + limit
    return {field: items[start : start + limit], "next_cursor": str(start + limit) if rest else None}


def kilometres(one: Document, other: Document) -> int | None:
    """As the crow flies."""
    if one["latitude"] is None or other["latitude"] is None:
        return None
    north = (one["latitude"] - other["latitude"]) * 111.2
    east = (one["longitude"] - other["longitude"]) * 111.2 * math.cos(math.radians(one["latitude"]))
    return round(math.hypot(north, east))


def for_(code: str, **parameters: Any) -> Document:
    """A reason that speaks for."""
    return {"code": code, "parameters": parameters, "is_favourable": True, "score": 0}


def against(code: str, **parameters: Any) -> Document:
    """A reason that speaks against."""
    return {"code": code, "parameters": parameters, "is_favourable": False, "score": 0}
