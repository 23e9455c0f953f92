"""Who wants nothing kept is not named by what lies parked, and what was signed stays as it was."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select

from byttebank.storage.erasing import erase_parked
from byttebank.storage.messages import create_message_tables, park, parked_messages

PER = "01a2032c-0000-7000-8000-000000000001"
KARI = "01a2032c-0000-7000-8000-000000000002"
THING = "01a2032c-0000-7000-8000-000000000003"


@pytest.fixture
def connection() -> Iterator[Connection]:
    with create_engine("sqlite://").begin() as connection:
        create_message_tables(connection)
        yield connection


def keep(connection: Connection, body: bytes, headers: dict[str, Any]) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    more: dict[str, Any] = {"reason_code": "type_unknown", "reason": "", "is_transient": False, "now": now}
    properties = {"headers": headers, "priority": 0}
    park(connection, queue="q", sender="akershus", body=body, properties=properties, **more)


def kept(connection: Connection) -> list[tuple[bytes, Any]]:
    columns = (parked_messages.c.body, parked_messages.c.properties)
    rows = connection.execute(select(*columns).order_by(parked_messages.c.id))
    return [(row.body, json.loads(row.properties)) for row in rows]


def signed(**payload: str) -> bytes:
    text = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    return json.dumps({"payload": text, "signature": "s"}).encode()


def test_the_names_beside_a_signed_message_go_and_those_of_others_stay(connection: Connection) -> None:
    names = {"detached": '{"colleague_name": "Per"}', "trace": "t"}
    for one in (signed(colleague_id=PER), signed(id=THING), signed(colleague_id=KARI)):
        keep(connection, one, names)
    erase_parked(connection, {PER, THING})
    hers, thing, other = kept(connection)
    assert hers == (signed(colleague_id=PER), {"headers": {"trace": "t"}, "priority": 0})
    assert thing[1]["headers"] == {"trace": "t"}
    assert other[1]["headers"] == names


def test_an_own_message_loses_names_and_words_and_may_still_be_tried_again(connection: Connection) -> None:
    said = {"id": THING, "colleague_id": PER, "colleague_name": "Per", "own_words": "joik", "half_days": 2}
    said["history"] = [{"by": {"person_id": PER, "name": "Per"}}]
    about_kari = json.dumps({"id": KARI, "name": "Kari"}).encode()
    keep(connection, json.dumps(said).encode(), {})
    keep(connection, about_kari, {})
    erase_parked(connection, {PER})
    (hers, _), (other, _) = kept(connection)
    nameless = {**said, "colleague_name": None, "own_words": ""}
    assert json.loads(hers) == {**nameless, "history": [{"by": {"person_id": PER, "name": None}}]}
    assert other == about_kari


@pytest.mark.parametrize("body", [b"\xff\x00", b"[1", b'{"payload": 7}', b'{"payload": "a"}', b"null", b""])
def test_what_cannot_be_read_keeps_no_names_beside_it(connection: Connection, body: bytes) -> None:
    keep(connection, body, {"detached": "Per"})
    erase_parked(connection, {PER})
    ((octets, properties),) = kept(connection)
    assert octets == body
    assert properties["headers"] == {}
