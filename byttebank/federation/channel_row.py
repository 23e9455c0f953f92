"""A channel as one JSON text, for the row it is stored in."""

import json
from dataclasses import fields
from typing import Any

from byttebank.federation.channel import Channel, Incoming, Outgoing
from byttebank.federation.ranges import Ranges


def dump_channel(channel: Channel) -> str:
    """The text that `load_channel` reads."""
    document = {
        "county": channel.county,
        "peer": channel.peer,
        "service": channel.service,
        "outgoing": _dump(channel.outgoing),
        "incoming": _dump(channel.incoming),
        "nonce": channel.nonce,
        "frozen_because": channel.frozen_because,
    }
    return json.dumps(document, sort_keys=True)


def load_channel(text: str) -> Channel:
    """The channel that was dumped. Members this release does not know are left out, new ones are empty."""
    document = json.loads(text)
    known = {field.name: document[field.name] for field in fields(Channel) if field.name in document}
    known["outgoing"] = Outgoing(**_load(Outgoing, document["outgoing"]))
    known["incoming"] = Incoming(**_load(Incoming, document["incoming"]))
    return Channel(**known)


def _dump(side: Outgoing | Incoming) -> dict[str, Any]:
    document = {field.name: getattr(side, field.name) for field in fields(side)}
    return {**document, "void": side.void.pairs}


def _load(kind: type[Outgoing] | type[Incoming], document: dict[str, Any]) -> dict[str, Any]:
    known = {field.name: document[field.name] for field in fields(kind) if field.name in document}
    known["spans"] = tuple((epoch, first) for epoch, first in document.get("spans", ()))
    known["void"] = Ranges(tuple((first, last) for first, last in document.get("void", ())))
    if known.get("goal") is not None:
        known["goal"] = (known["goal"][0], known["goal"][1])
    return known
