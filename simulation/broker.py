"""One county's broker. What it confirmed it keeps until that is acknowledged, whatever the ledger does."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from byttebank.contracts.local import local_message
from byttebank.messaging import topology
from byttebank.messaging.deliveries import NAMES, ORIGIN, Delivery
from byttebank.messaging.embedded import Outcome, Publication
from simulation.links import Letter, Links, read_letter
from simulation.world import World

CONFIRMED = Outcome("confirmed")


class Broker:
    """The queues that the ledger reads, and the way out: a `byttebank.messaging.publishing.Publisher`."""

    def __init__(self, world: World, county: str, links: Links) -> None:
        self._world = world
        self._county = county
        self._links = links
        self.local: list[Delivery] = []
        self.from_peers: dict[str, list[Delivery]] = {}
        self.commands: dict[str, Delivery] = {}
        """Every message that the ledger was to hear, by id."""
        self.hear: Callable[[str, dict[str, Any]], None] = lambda name, body: None
        """Told of each event that the ledger publishes to its county."""
        self.look_at: Callable[[Letter], None] = lambda letter: None
        """Told of each envelope that the ledger publishes to a peer."""
        self.poke: Callable[[], None] = lambda: None
        """Called when there is something to read."""
        self.interrupt: Callable[[str], None] = lambda moment: None
        """Called before and after each publication; may raise `Crash`."""

    def command(self, name: str, body: dict[str, Any], *, origin: str, times: int = 1) -> None:
        """One of the county's services has told the ledger something, so many times."""
        message = Delivery(
            queue="ledger.local",
            routing_key=local_message(name).routing_key,
            octets=json.dumps(body).encode(),
            message_id=self._world.new_id(),
            headers={ORIGIN: origin},
        )
        self.commands[message.message_id or ""] = message
        self.put_local(*[message] * times)

    def tell_again(self, known: set[str]) -> None:
        """What the ledger does not know (any more) is told once more: the others have not forgotten it."""
        self.put_local(*(message for message_id, message in self.commands.items() if message_id not in known))

    def put_local(self, *deliveries: Delivery) -> None:
        """The deliveries wait for the ledger."""
        self.local.extend(deliveries)
        self.poke()

    def take_from_peer(self, peer: str, delivery: Delivery) -> None:
        """A link has brought something."""
        self.from_peers.setdefault(peer, []).append(delivery)
        self.poke()

    @property
    def is_empty(self) -> bool:
        """Nothing waits for the ledger."""
        return not self.local and not any(self.from_peers.values())

    def publish(self, publications: Sequence[Publication]) -> list[Outcome]:
        """Everything is confirmed, unless the process dies on the way."""
        self.interrupt("before publishing")
        for number, publication in enumerate(publications):
            self._route(publication)
            if number + 1 < len(publications):
                self.interrupt("in the middle of publishing")
        if publications:
            self.interrupt("after publishing, before the confirm was noted")
        return [CONFIRMED] * len(publications)

    @property
    def lacks(self) -> str:
        """Nothing keeps it from taking messages."""
        return ""

    def close(self) -> None:
        """Nothing is held."""

    def _route(self, publication: Publication) -> None:
        if publication.exchange == topology.LOCAL:
            self.hear(NAMES[publication.routing_key], json.loads(publication.body))
            return
        headers = publication.properties["application_headers"]
        letter = read_letter(self._world, self._county, publication.body, headers)
        self.look_at(letter)
        self._links.carry(letter)
