"""The description of the programming interface (OpenAPI 3.1), made from the schemas."""

import json
from typing import Any

from flask import Flask
from flask_smorest import Api

from byttebank.contracts.fields import Day, Id, Moment
from gateway.api.paths import IdConverter
from gateway.api.schemas import Days, Problem
from gateway.problems import CONTENT_TYPE

TEXT = """\
Everything a page can do, a program can do. Days are numbers in steps of 0.5. Times are RFC 3339, dates plain.

Sign in with `POST /api/v1/tokens` and send the token as `Authorization: Bearer`. Send an `Idempotency-Key`
with each POST that acts: the same key with the same body answers as the first time, with another body it is
refused. A write that got no answer in time is 504 `unknown_outcome`: send it again with the same key.

Lists are pages: `next_cursor` and the header `Link: <...>; rel="next"` lead on. Every fault is a problem
document (RFC 9457) with a `code`."""


class Description(Api):
    """flask-smorest, with problem documents instead of its own errors."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """The application answers faults itself (`gateway.errors`)."""

    def _register_responses(self) -> None:
        """One description of every fault."""
        content = {CONTENT_TYPE: {"schema": self.ERROR_SCHEMA}}
        words = {"description": "A problem document (RFC 9457).", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, words, lazy=True)
        for name in ("UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT"):
            self.spec.components.response(name, words, lazy=True)


def document_of(description: Description) -> dict[str, Any]:
    """The description as a document, the same on every Python: newer ones call 422 by another name."""
    text = json.dumps(description.spec.to_dict(), sort_keys=True)
    document: dict[str, Any] = json.loads(text.replace("UNPROCESSABLE_CONTENT", "UNPROCESSABLE_ENTITY"))
    return document


def describe(app: Flask) -> Description:
    """The description of an application, empty until its nouns are registered."""
    app.config.update(
        API_TITLE="Byttebank",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
    )
    description = Description(app, spec_kwargs={"info": {"description": TEXT}, "security": [{"bearer": []}]})
    description.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    description.register_field(Days, "number", None)
    description.register_field(Id, "string", "uuid")
    description.register_field(Day, "string", "date")
    description.register_field(Moment, "string", "date-time")
    description.register_converter(IdConverter, _id_parameter)
    return description


def _id_parameter(_converter: Any) -> dict[str, str]:
    return {"type": "string", "format": "uuid"}
