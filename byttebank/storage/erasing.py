"""Erasing what one person is called from what a service has said, without breaking what it has signed.

Names and own words travel beside the signed bytes, bound by a salted hash. Without them the envelope, its
signature and the chain are as they were, and it is sent again without names.
"""

import json

from sqlalchemy import Connection, bindparam, select, update

from byttebank.federation.jws import payload_of
from byttebank.storage.channel_tables import sent_envelopes
from byttebank.storage.messages import outbox

AT_A_TIME = 500
ERASED = "{}"


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
    gone = outbox.c.published_at.is_not(None) & outbox.c.peer.is_(None)
    connection.execute(update(outbox).where(of_person, gone).values(body=ERASED))


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
