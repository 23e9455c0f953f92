"""Fields that the schemas share: strict, so that `"2"`, `2.0` and `true` are not the number 2."""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from byttebank.clock import format_time, parse_time
from byttebank.identifiers import is_id, is_slug

MAX_HALF_DAYS = 800
"""400 days in one agreement is more than a year of work and surely a slip of the hand."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Contract(Schema):
    """A schema that ignores fields it does not know, so that neighbours may be newer."""

    class Meta:
        unknown = EXCLUDE
        ordered = True


class Id(fields.String):
    """A UUID as lower-case text."""

    default_error_messages = {"invalid_id": "Not an identifier (a UUID in lower case)."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not is_id(value):
            raise self.make_error("invalid_id")
        return value


class Slug(fields.String):
    """A county's id, such as `innlandet`."""

    default_error_messages = {"invalid_slug": "Not a county's short name, such as innlandet."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not is_slug(value):
            raise self.make_error("invalid_slug")
        return value


class WholeNumber(fields.Integer):
    """An integer written as an integer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class HalfDays(WholeNumber):
    """A positive amount of half-days."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("validate", validate.Range(min=1, max=MAX_HALF_DAYS))
        super().__init__(**kwargs)


class Moment(fields.Field):
    """A UTC time as RFC 3339 text on the wire and in the loaded document alike."""

    default_error_messages = {"invalid": "Not a time such as 2026-11-23T08:14:00Z."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return format_time(parse_time(value))
        except ValueError as error:
            raise self.make_error("invalid") from error

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if isinstance(value, datetime):
            return format_time(value.replace(tzinfo=value.tzinfo or UTC))
        return value


class Day(fields.Field):
    """A plain date as `YYYY-MM-DD` text on the wire and in the loaded document alike."""

    default_error_messages = {"invalid": "Not a date such as 2026-11-23."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise self.make_error("invalid") from error


def text(maximum: int, *, required: bool = True, **kwargs: Any) -> fields.String:
    """A text of at least one character (when required) and at most `maximum`."""
    minimum = 1 if required else 0
    return fields.String(required=required, validate=validate.Length(min=minimum, max=maximum), **kwargs)


def one_of(*choices: str, **kwargs: Any) -> fields.String:
    """A text that is one of the choices."""
    return fields.String(validate=validate.OneOf(choices), **kwargs)


def load(schema: type[Schema], document: Any) -> dict[str, Any]:
    """The document as the schema reads it. Refuses: `Malformed` with one entry per faulty field."""
    from byttebank.contracts.refusals import Malformed

    try:
        loaded = _reader(schema).load(document)
    except ValidationError as error:
        raise Malformed(errors=flatten(error.messages)) from error
    return dict(loaded)


@cache
def _reader(schema: type[Schema]) -> Schema:
    return schema()


def flatten(messages: Any, pointer: str = "") -> list[dict[str, str]]:
    """marshmallow's nested messages as a flat list of `{pointer, detail}` (RFC 6901 pointers)."""
    if isinstance(messages, dict):
        return [
            entry
            for key, value in messages.items()
            for entry in flatten(value, pointer if key == "_schema" else f"{pointer}/{key}")
        ]
    if isinstance(messages, list):
        return [entry for value in messages for entry in flatten(value, pointer)]
    return [{"pointer": pointer, "detail": str(messages)}]
