"""What a county's RabbitMQ must hold, as RabbitMQ's own definitions document: made from `topology`, so that
what `byttebank init` makes and what the services declare are the same.

    https://www.rabbitmq.com/docs/definitions
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kombu.entity import Exchange, Queue

from byttebank.contracts.peer import FEDERATED_SERVICES
from byttebank.federation.envelope import broker_user
from byttebank.messaging import topology

Document = dict[str, Any]
NOTHING = "^$"
EVERYTHING = ".*"
SHOVEL = "shovel"
PREFETCH = 100
RECONNECT_SECONDS = 2
REPLY_QUEUE_MILLISECONDS = 60_000
PEER_CONNECTIONS = 8
"""A peer's shovel has one; a restarting cluster of theirs may have a few at once."""

PEER_CHANNELS = 32


@dataclass(frozen=True)
class PeerLink:
    """How messages go to another county and come from it.

    `send_to` is our user at their broker, as an AMQP URI; None: we do not send yet. `receive_password` is
    what their user at our broker signs in with; None: with a certificate only.
    """

    county: str
    send_to: str | None = field(repr=False, default=None)
    receive_password: str | None = field(repr=False, default=None)


def node_definitions(
    *,
    county: str,
    vhost: str,
    user: str,
    password: str | None,
    names_by_service: Mapping[str, Iterable[str]],
    peers: Sequence[PeerLink],
) -> Document:
    """Everything but the shovels, for `POST /api/definitions`: virtual host, users, rights, queues, policies.

    `names_by_service`: the local messages each service hears. Passwords are in it as salted hashes only.
    """
    queues = topology.node_queues()
    queues += [topology.local_queue(service, names) for service, names in names_by_service.items()]
    for peer in peers:
        queues.append(topology.out_queue(peer.county))
        queues += [topology.peer_queue(peer.county, service) for service in FEDERATED_SERVICES]
    exchanges = {
        exchange.name: exchange
        for exchange in (
            topology.local_exchange(),
            topology.inbound_exchange(),
            topology.rpc_exchange(),
            *(binding[0] for queue in queues for binding in _bindings(queue)),
        )
    }
    return {
        "vhosts": [{"name": vhost}],
        "users": [_user(user, password), *(_user(broker_user(p.county), p.receive_password) for p in peers)],
        "permissions": [
            _permission(user, vhost, EVERYTHING, EVERYTHING, EVERYTHING),
            *(
                _permission(broker_user(p.county), vhost, NOTHING, _only(topology.INBOUND), NOTHING)
                for p in peers
            ),
        ],
        "topic_permissions": [_topic_permission(p.county, vhost) for p in peers],
        "policies": [_reply_policy(vhost)],
        "exchanges": [_exchange(exchange, vhost) for exchange in exchanges.values()],
        "queues": [_queue(queue, vhost) for queue in queues],
        "bindings": [
            _binding(exchange.name, queue.name, key, vhost)
            for queue in queues
            for exchange, key in _bindings(queue)
        ],
    }


def shovels(county: str, vhost: str, peers: Sequence[PeerLink]) -> list[Document]:
    """The shovels to the peers, as runtime parameters. Made after the queues: a shovel that finds no source
    queue would make a classic one.
    """
    return [
        {
            "component": SHOVEL,
            "vhost": vhost,
            "name": shovel_name(peer.county),
            "value": {
                "src-protocol": "amqp091",
                "src-uri": f"amqp:///{_quoted(vhost)}",
                "src-queue": topology.out_name(peer.county),
                "src-prefetch-count": PREFETCH,
                "src-delete-after": "never",
                "dest-protocol": "amqp091",
                "dest-uri": peer.send_to,
                "dest-exchange": topology.INBOUND,
                "dest-publish-properties": {"user_id": broker_user(county)},
                "dest-add-forward-headers": False,
                "ack-mode": "on-confirm",
                "reconnect-delay": RECONNECT_SECONDS,
            },
        }
        for peer in peers
        if peer.send_to is not None
    ]


def shovel_name(peer: str) -> str:
    """What the shovel to a peer is called."""
    return f"to-{peer}"


def user_limits(peers: Sequence[PeerLink]) -> list[tuple[str, str, int]]:
    """(user, limit, value): how much of our broker each peer may take."""
    return [
        (broker_user(peer.county), limit, value)
        for peer in peers
        for limit, value in (("max-connections", PEER_CONNECTIONS), ("max-channels", PEER_CHANNELS))
    ]


def password_hash(password: str, salt: bytes | None = None) -> str:
    """RabbitMQ's hash of a password: the salt of 4 octets, then SHA-256 of salt and password, in Base64."""
    salt = secrets.token_bytes(4) if salt is None else salt
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def differing(wanted: Sequence[Document], found: Sequence[Document]) -> list[str]:
    """The names of queues or exchanges that exist, but otherwise than wanted: RabbitMQ would keep them so."""
    have = {one["name"]: one for one in found}
    return [
        one["name"]
        for one in wanted
        if one["name"] in have
        and any(have[one["name"]].get(key) != one[key] for key in one if key not in ("name", "vhost"))
    ]


def _user(name: str, password: str | None) -> Document:
    return {
        "name": name,
        "password_hash": "" if password is None else password_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _permission(user: str, vhost: str, configure: str, write: str, read: str) -> Document:
    return {"user": user, "vhost": vhost, "configure": configure, "write": write, "read": read}


def _topic_permission(county: str, vhost: str) -> Document:
    """A peer speaks for itself alone: to our services, under its own name."""
    services = "|".join(FEDERATED_SERVICES)
    return {
        "user": broker_user(county),
        "vhost": vhost,
        "exchange": topology.INBOUND,
        "write": rf"^{re.escape(county)}\.({services})$",
        "read": NOTHING,
    }


def _reply_policy(vhost: str) -> Document:
    """A caller that was gone when the broker came back would leave its queue for ever."""
    return {
        "vhost": vhost,
        "name": "replies-expire",
        "pattern": r"^rpc\.reply-",
        "apply-to": "queues",
        "priority": 0,
        "definition": {"expires": REPLY_QUEUE_MILLISECONDS},
    }


def _exchange(exchange: Any, vhost: str) -> Document:
    return {
        "name": exchange.name,
        "vhost": vhost,
        "type": exchange.type,
        "durable": bool(exchange.durable),
        "auto_delete": bool(exchange.auto_delete),
        "internal": False,
        "arguments": dict(exchange.arguments or {}),
    }


def _queue(queue: Any, vhost: str) -> Document:
    return {
        "name": queue.name,
        "vhost": vhost,
        "durable": bool(queue.durable),
        "auto_delete": bool(queue.auto_delete),
        "arguments": dict(queue.queue_arguments or {}),
    }


def _binding(exchange: str, queue: str, routing_key: str, vhost: str) -> Document:
    return {
        "source": exchange,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": routing_key,
        "arguments": {},
    }


def _bindings(queue: Queue) -> list[tuple[Exchange, str]]:
    if queue.bindings:
        return sorted(
            ((one.exchange, one.routing_key or "") for one in queue.bindings), key=lambda pair: pair[1]
        )
    return [(queue.exchange, queue.routing_key or "")] if queue.exchange else []


def _only(name: str) -> str:
    return f"^{re.escape(name)}$"


def _quoted(vhost: str) -> str:
    return "%2F" if vhost == "/" else vhost
