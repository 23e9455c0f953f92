"""The exchanges and queues of one county's broker, as kombu objects, and how they come to exist.

    bank.local (topic) ── <service>.<Name>.v<n> ──▶ <service>.local
    bank.in    (topic) ── <peer>.<service> ───────▶ in.<peer>.<service>      (what nobody is bound to:
    unrouted) out.<peer> (fanout) ──────────────────────────▶ out.<peer> ── shovel ──▶ the peer's bank.in
    nameko-rpc (topic) ── <service>.<method> ─────▶ rpc-<service>

Queues that hold what must not be lost are quorum queues that refuse publishers rather than drop; a message
delivered more than `DELIVERY_LIMIT` times ends in `dead-letters`. Declaring is idempotent.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from kombu.entity import Exchange, Queue, binding

from byttebank.contracts.local import LOCAL_MESSAGES
from byttebank.contracts.peer import FEDERATED_SERVICES

LOCAL = "bank.local"
INBOUND = "bank.in"
UNROUTED = "unrouted"
DEAD_LETTERS = "dead-letters"
RPC = "nameko-rpc"
DELIVERY_LIMIT = 20
"""RabbitMQ 3.10 has no default, and deliveries that a lost connection interrupted count."""


def local_exchange() -> Exchange:
    """Events and commands between the services of one county."""
    return Exchange(LOCAL, type="topic", durable=True)


def inbound_exchange() -> Exchange:
    """What peers' shovels publish to. Without the alternate, a message nobody is bound to would vanish."""
    return Exchange(INBOUND, type="topic", durable=True, arguments={"alternate-exchange": UNROUTED})


def rpc_exchange() -> Exchange:
    """Calls and their answers, named as nameko names it."""
    return Exchange(RPC, type="topic", durable=True)


def local_queue(service: str, names: Iterable[str]) -> Queue:
    """`<service>.local`, bound to the routing keys of these messages.

    Refuses: `KeyError` for a name nobody agreed on.
    """
    exchange = local_exchange()
    bindings = [binding(exchange, routing_key=key) for key in _keys(names)]
    return Queue(f"{service}.local", bindings=bindings, queue_arguments=_kept())


PEER_QUEUES = "in."
"""How the names of all queues begin that hold what peers sent."""


def peer_queue(peer: str, service: str) -> Queue:
    """`in.<peer>.<service>`: what a peer's service sent to ours."""
    return Queue(
        f"{PEER_QUEUES}{peer}.{service}",
        inbound_exchange(),
        routing_key=f"{peer}.{service}",
        queue_arguments=_kept(),
    )


def out_queue(peer: str) -> Queue:
    """`out.<peer>`, behind an exchange of the same name; the shovel to the peer empties it."""
    exchange = Exchange(out_name(peer), type="fanout", durable=True)
    arguments = {"x-queue-type": "quorum", "x-overflow": "reject-publish"}
    return Queue(out_name(peer), exchange, queue_arguments=arguments)


def out_name(peer: str) -> str:
    """The exchange and queue of what waits for a peer."""
    return f"out.{peer}"


def rpc_queue(service: str) -> Queue:
    """`rpc-<service>`: gone with its last reader, so that a call to a service that is down is returned at
    once.
    """
    return Queue(f"rpc-{service}", rpc_exchange(), routing_key=f"{service}.*", durable=True, auto_delete=True)


def reply_queue(name: str) -> Queue:
    """Where one caller gets its answers; gone with the caller, who would not know what to do with them."""
    return Queue(f"rpc.reply-{name}", rpc_exchange(), routing_key=name, durable=True, auto_delete=True)


def node_queues() -> list[Queue]:
    """What every node has besides its services' queues: the places where lost messages are found again."""
    return [
        Queue(name, Exchange(name, type="fanout", durable=True), queue_arguments={"x-queue-type": "quorum"})
        for name in (UNROUTED, DEAD_LETTERS)
    ]


def declare_node(channel: Any, names_by_service: Mapping[str, Iterable[str]]) -> None:
    """The node's exchanges exist, and a local queue for each service with the messages it listens to and no
    others.

    Done for all services before any of them starts: an event published before its listener's queue exists
    would be lost. A service that no longer listens to a message stops getting it.
    """
    for queue in node_queues():
        queue(channel).declare()
    for exchange in (local_exchange(), inbound_exchange(), rpc_exchange()):
        exchange(channel).declare()
    for service, names in names_by_service.items():
        listened = list(names)
        queue = local_queue(service, listened)(channel)
        queue.declare()
        for key in sorted(set(_keys(LOCAL_MESSAGES)) - set(_keys(listened))):
            channel.queue_unbind(queue.name, exchange=LOCAL, routing_key=key)


def declare_peer(channel: Any, peer: str) -> None:
    """The queues to a peer and from it exist: what it sends before our services know it waits for them
    there.
    """
    out_queue(peer)(channel).declare()
    for service in FEDERATED_SERVICES:
        peer_queue(peer, service)(channel).declare()


def _keys(names: Iterable[str]) -> list[str]:
    return sorted(LOCAL_MESSAGES[name].routing_key for name in names)


def _kept() -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTERS,
        "x-dead-letter-strategy": "at-least-once",
    }
