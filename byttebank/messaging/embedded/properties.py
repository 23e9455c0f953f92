"""Message properties as AMQP 0-9-1 writes them on the wire (chapter 4.2.6.1).

The embedded broker keeps properties in that form, so that a value crosses it exactly as it would cross
RabbitMQ: the same conversions, the same refusals, and nothing shared between publisher and consumer.
"""

from collections.abc import Mapping
from struct import pack
from typing import Any

import amqp
from amqp.serialization import decode_properties_basic, dumps

_FIRST_FLAG = 15
SHORT_STRING_BYTES = 255


def encode_properties(properties: Mapping[str, Any]) -> bytes:
    """The property list of one message; names that AMQP does not know, and None, are left out.

    Refuses: `amqp.exceptions.FrameSyntaxError` for a header whose type AMQP cannot carry, `struct.error` for
    a short string over 255 bytes, as py-amqp does.
    """
    flags, formats, values = 0, "", []
    for place, (name, wire_type) in enumerate(amqp.Message.PROPERTIES):
        value = properties.get(name)
        if value is not None:
            flags |= 1 << (_FIRST_FLAG - place)
            formats += wire_type
            values.append(value)
    return pack(">H", flags) + dumps(formats.encode(), values)


def decode_properties(written: bytes) -> dict[str, Any]:
    """The properties of one message, a fresh dictionary each time."""
    properties: dict[str, Any] = decode_properties_basic(written, 0)[0]
    return properties
