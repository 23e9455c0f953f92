"""Every message that crosses a process border, by the name of its golden file, and the shape of a schema."""

from pathlib import Path
from typing import Any

from marshmallow import Schema, fields

from byttebank.contracts.local import LOCAL_MESSAGES
from byttebank.contracts.peer import PEER_MESSAGES

GOLDEN = Path(__file__).parent / "golden"

CONTRACTS: dict[str, type[Schema]] = {
    **{f"local-{name}-v{message.version}": message.schema for name, message in LOCAL_MESSAGES.items()},
    **{
        f"peer-{service}-{message_type}-v{version}": message.schema
        for (service, message_type, version), message in PEER_MESSAGES.items()
    },
}

ID = "01a2032c-54a7-71b1-a29b-fce1cb89e936"
BY_FIELD: dict[str, Any] = {
    "county": "innlandet",
    "slug": "innlandet",
    "home_county": "innlandet",
    "lender_county": "akershus",
    "payee_county": "akershus",
    "payer_county": "innlandet",
    "amount_half_days": 2,
    "half_days": 2,
    "email": "kari.moen@eidskog.example",
}
BY_TYPE: dict[str, Any] = {
    "Id": ID,
    "Slug": "akershus",
    "Day": "2026-11-26",
    "Moment": "2026-11-22T10:00:00.000000Z",
    "HalfDays": 2,
    "WholeNumber": 1,
    "Seq": 1,
    "Amount": 2,
    "Boolean": True,
    "Float": 60.5,
}


def shape(schema: type[Schema]) -> dict[str, Any]:
    """Field name to type and whether it is compulsory."""
    return {
        name: {"type": type(field).__name__, "required": field.required}
        for name, field in schema().fields.items()
    }


def is_same_or_wider(*, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What makes the new shape narrower than the old, as sentences."""
    found = [f"{name} is gone" for name in old if name not in new]
    found += [
        f"{name} was {old[name]['type']} and is {new[name]['type']}"
        for name in old
        if name in new and old[name]["type"] != new[name]["type"]
    ]
    found += [
        f"{name} became compulsory"
        for name, field in new.items()
        if field["required"] and not old.get(name, {"required": False})["required"]
    ]
    return found


def example(schema: type[Schema]) -> dict[str, Any]:
    """One document that fits the schema."""
    return {name: _value(name, field) for name, field in schema().fields.items()}


def _value(name: str, field: fields.Field) -> Any:
    choices = getattr(field.validate, "choices", None)
    if choices:
        return next(iter(choices))
    if isinstance(field, fields.Nested):
        return example(type(field.schema))
    if isinstance(field, fields.List):
        return [_value(name, field.inner)]
    if isinstance(field, fields.Dict):
        key = _value(name, field.key_field) if field.key_field else "key"
        return {key: _value(name, field.value_field) if field.value_field else 1}
    if getattr(getattr(field.validate, "regex", None), "pattern", "").startswith("^[0-9a-f]{64}"):
        return "0" * 64
    if name in BY_FIELD:
        return BY_FIELD[name]
    return BY_TYPE.get(type(field).__name__, "nb"[: getattr(field.validate, "max", 2) or 2])
