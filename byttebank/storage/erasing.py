"""Erasing what one person is called from what a service has said, without breaking what it has signed.

Names and own words travel beside the signed bytes, bound by a salted hash. Without them the envelope, its
signature and the chain are as they were, and it is sent again without names.
"""

import json
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from byttebank.federation.jws import payload_of
from byttebank.storage.channel_tables import sent_envelopes
from byttebank.storage.messages import outbox, parked_messages

AT_A_TIME = 500
ERASED = "{}"
DETACHED_HEADER = "detached"
"""As `byttebank.messaging.sealing` names the header beside the envelope."""
NAMELESS = {
    **dict.fromkeys(("name", "by_name", "colleague_name", "host_contact_name", "email")),
    "own_words": "",
}
"""What a message says of people, and what stands there when they want nothing kept."""


def erase_detached(connection: Connection, ids: set[str]) -> int:
    """No envelope of ours about a thing with one of these ids keeps its detached part; how many had one.

    `ids`: values of the signed payload's members that end with `id`.
    """
    query = (
        select(sent_envelopes.c.peer, sent_envelopes.c.seq, sent_envelopes.c.octets)
        .where(sent_envelopes.c.detached.is_not(None))
        .order_by(sent_envelopes.c.peer, sent_envelopes.c.seq)
    )
    theirs = []
    for rows in connection.execute(query).partitions(AT_A_TIME):
        theirs += [{"of": row.peer, "number": row.seq} for row in rows if _is_about(row.octets, ids)]
    if theirs:
        connection.execute(_ERASE_ENVELOPE, theirs)
    return len(theirs)


def erase_outbox(connection: Connection, person_id: str) -> None:
    """No message that has left keeps what it said of the person; one that waits leaves without names."""
    of_person = outbox.c.body.contains(person_id, autoescape=True)
    connection.execute(update(outbox).where(of_person).values(detached=None))
    local = of_person & outbox.c.peer.is_(None)
    connection.execute(update(outbox).where(local, outbox.c.published_at.is_not(None)).values(body=ERASED))
    waiting = select(outbox.c.id, outbox.c.body).where(local, outbox.c.published_at.is_(None))
    for row in connection.execute(waiting.order_by(outbox.c.id)).all():
        body = json.dumps(_nameless(json.loads(row.body)))
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(body=body))


def erase_parked(connection: Connection, ids: set[str]) -> None:
    """No parked message about a thing with one of these ids says what a person is called or wrote.

    What a peer signed stays, its detached part goes; a message of our own services loses the names in it.
    Also of messages that were tried again and had their effect, for they are kept.
    """
    columns = (parked_messages.c.id, parked_messages.c.body, parked_messages.c.properties)
    for row in connection.execute(select(*columns).order_by(parked_messages.c.id)).all():
        body, properties = _without_person(row.body, json.loads(row.properties), ids)
        if (body, properties) != (row.body, json.loads(row.properties)):
            values = {"body": body, "properties": json.dumps(properties)}
            connection.execute(update(parked_messages).where(parked_messages.c.id == row.id).values(values))


def _without_person(body: bytes, properties: Any, ids: set[str]) -> tuple[bytes, Any]:
    headers = properties.get("headers") or {}
    try:
        content = json.loads(body)
        signed = payload_of(body) if isinstance(content, dict) and "payload" in content else None
    except (ValueError, KeyError, TypeError):
        # Broken: whom it is about can only be guessed, so it keeps nothing that may be a name beside it.
        content, signed = None, body
    text = (body if signed is None else signed).decode(errors="replace") + json.dumps(headers)
    if content is not None and not any(one in text for one in ids):
        return body, properties
    without = {name: value for name, value in headers.items() if name != DETACHED_HEADER}
    if without != headers:
        properties = {**properties, "headers": without}
    return (body if signed is not None else json.dumps(_nameless(content)).encode()), properties


def _nameless(content: Any) -> Any:
    if isinstance(content, list):
        return [_nameless(one) for one in content]
    if not isinstance(content, dict):
        return content
    return {name: NAMELESS[name] if name in NAMELESS else _nameless(one) for name, one in content.items()}


def _is_about(octets: bytes, ids: set[str]) -> bool:
    payload = json.loads(payload_of(octets))
    return any(
        key.endswith("id") and value in ids for key, value in payload.items() if isinstance(value, str)
    )


_ERASE_ENVELOPE = (
    update(sent_envelopes)
    .where(sent_envelopes.c.peer == bindparam("of"), sent_envelopes.c.seq == bindparam("number"))
    .values(detached=None)
)
