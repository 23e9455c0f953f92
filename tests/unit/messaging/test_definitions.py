"""What a broker is given, word by word: rights above all."""

import base64
import hashlib
import json
import re
from typing import Any

from byttebank.messaging import topology
from byttebank.messaging.definitions import (
    PeerLink,
    differing,
    node_definitions,
    password_hash,
    shovels,
    user_limits,
)

LISTENED = {"ledger": ["LibraryChanged"], "directory": [], "matching": ["DaysPosted"], "notify": []}
AKERSHUS = PeerLink("akershus", send_to="amqps://county-innlandet:word@there/akershus", receive_password="in")
OSTFOLD = PeerLink("ostfold")


def definitions(*peers: PeerLink) -> dict[str, Any]:
    return node_definitions(
        county="innlandet",
        vhost="innlandet",
        user="byttebank",
        password="secret",
        names_by_service=LISTENED,
        peers=peers,
    )


def by_name(listed: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(one for one in listed if name in (one.get("name"), one.get("user")))


def test_a_peer_may_write_to_the_inbound_exchange_alone() -> None:
    right = by_name(definitions(AKERSHUS)["permissions"], "county-akershus")
    assert (right["configure"], right["read"]) == ("^$", "^$")
    assert re.search(right["write"], "bank.in")
    for other in ("bank.local", "", "nameko-rpc", "amq.topic", "bank.in2", "bankxin", "out.ostfold"):
        assert not re.search(right["write"], other)


def test_a_peer_speaks_under_its_own_name_to_services_that_have_peers() -> None:
    (right,) = definitions(AKERSHUS)["topic_permissions"]
    assert right["exchange"] == "bank.in"
    allowed = ("akershus.ledger", "akershus.directory", "akershus.matching")
    assert all(re.search(right["write"], key) for key in allowed)
    refused = [
        "ostfold.ledger",
        "akershus.gateway",
        "akershus.notify",
        "akershus.ledger.x",
        "xakershus.ledger",
    ]
    assert not any(re.search(right["write"], key) for key in refused)


def test_no_password_is_in_the_definitions_but_its_salted_hash() -> None:
    document = definitions(AKERSHUS, OSTFOLD)
    assert "secret" not in json.dumps(document)
    found = by_name(document["users"], "byttebank")["password_hash"]
    octets = base64.b64decode(found)
    assert octets[4:] == hashlib.sha256(octets[:4] + b"secret").digest()
    assert by_name(document["users"], "county-ostfold")["password_hash"] == "", "a certificate only"
    assert password_hash("secret") != password_hash("secret")
    assert by_name(document["users"], "county-akershus")["tags"] == []


def test_every_queue_of_the_topology_is_there_and_keeps_its_messages() -> None:
    document = definitions(AKERSHUS)
    queues = {queue["name"]: queue for queue in document["queues"]}
    inbound = {f"in.akershus.{service}" for service in ("directory", "ledger", "matching")}
    local = {f"{service}.local" for service in LISTENED}
    assert set(queues) == {*inbound, *local, "out.akershus", "unrouted", "dead-letters"}
    for queue in queues.values():
        assert queue["durable"]
        assert not queue["auto_delete"]
        assert queue["arguments"]["x-queue-type"] == "quorum"
    for name in inbound | local:
        assert queues[name]["arguments"]["x-delivery-limit"] == 20
        assert queues[name]["arguments"]["x-dead-letter-strategy"] == "at-least-once"
        assert queues[name]["arguments"]["x-dead-letter-exchange"] == "dead-letters"
    assert queues["out.akershus"]["arguments"]["x-overflow"] == "reject-publish"
    inbound_exchange = by_name(document["exchanges"], topology.INBOUND)
    assert inbound_exchange["arguments"] == {"alternate-exchange": "unrouted"}


def test_each_queue_is_bound_to_what_it_hears() -> None:
    bound = {
        (one["source"], one["destination"], one["routing_key"]) for one in definitions(AKERSHUS)["bindings"]
    }
    assert ("bank.local", "ledger.local", "directory.LibraryChanged.v1") in bound
    assert ("bank.in", "in.akershus.ledger", "akershus.ledger") in bound
    assert {source for source, queue, _ in bound if queue == "out.akershus"} == {"out.akershus"}
    exchanges = {one["name"] for one in definitions(AKERSHUS)["exchanges"]}
    assert {source for source, _, _ in bound} <= exchanges


def test_a_link_acknowledges_after_the_peers_broker_and_stamps_our_name() -> None:
    (link,) = shovels("innlandet", "innlandet", [AKERSHUS, OSTFOLD])
    value = link["value"]
    assert (link["name"], value["src-queue"], value["dest-exchange"]) == (
        "to-akershus",
        "out.akershus",
        "bank.in",
    )
    assert value["ack-mode"] == "on-confirm"
    assert value["src-prefetch-count"] == 100
    assert value["dest-publish-properties"] == {"user_id": "county-innlandet"}
    assert "dest-exchange-key" not in value, "the routing key stays"


def test_a_peer_takes_a_limited_part_of_the_broker() -> None:
    assert {(user, limit) for user, limit, _ in user_limits([AKERSHUS])} == {
        ("county-akershus", "max-connections"),
        ("county-akershus", "max-channels"),
    }


def test_a_link_is_shown_without_its_passwords() -> None:
    assert "word" not in repr(AKERSHUS)


def test_what_exists_otherwise_is_named() -> None:
    wanted = definitions()["queues"]
    classic = {**wanted[0], "arguments": {"x-queue-type": "classic"}}
    assert differing(wanted, [{**classic, "messages": 3}, *wanted[1:]]) == [wanted[0]["name"]]
    assert differing(wanted, [{**one, "messages": 3} for one in wanted]) == []
    assert differing(wanted, []) == []
