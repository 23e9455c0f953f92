"""The links between brokers, as shovels are: what leaves one county's broker arrives at another's, mostly."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from byttebank.federation.envelope import broker_user
from byttebank.messaging.deliveries import Delivery
from simulation.world import World

if TYPE_CHECKING:
    from simulation.county import County

TIMELY_SECONDS = 0.05


@dataclass(frozen=True)
class Letter:
    """A sealed message on its way. `text` says in short what it is."""

    sender: str
    recipient: str
    octets: bytes
    headers: Mapping[str, Any]
    text: str
    epoch: int | None
    seq: int | None


def read_letter(world: World, sender: str, octets: bytes, headers: Mapping[str, Any]) -> Letter:
    """The letter in an envelope of an honest hand, without checking anything."""
    outer = json.loads(octets)
    header, payload = json_part(outer["protected"]), json_part(outer["payload"])
    transfer_id = payload.get("transfer_id")
    what = f" {world.name_of(transfer_id)}" if isinstance(transfer_id, str) else ""
    number = f" #{header['epoch']}.{header['seq']}" if "seq" in header else ""
    text = f"{header['type']}{what}{number} {header['from']} -> {header['to']}"
    epoch, seq = header.get("epoch"), header.get("seq")
    return Letter(sender, header["to"], octets, headers, text, epoch, seq)


class Links:
    """All links. Cut ones keep what they have, as a shovel's queue does, until they are mended."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.counties: dict[str, County] = {}
        self._cut: dict[tuple[str, str], list[Letter]] = {}
        self.under_way = 0

    def carry(self, letter: Letter) -> None:
        """The letter is on its way, or lost."""
        world, faults = self._world, self._world.faults
        if (letter.sender, letter.recipient) in self._cut:
            self._cut[letter.sender, letter.recipient].append(letter)
            return
        if world.strikes(faults.drop):
            self._tell("message lost", letter)
            return
        if world.strikes(faults.duplicate):
            self._tell("message repeated", letter)
            self._send_off(letter)
        self._send_off(letter)

    def cut(self, first: str, second: str, seconds: float) -> None:
        """Nothing passes from the first to the second for so long."""
        if (first, second) in self._cut:
            return
        self._world.count("partition")
        self._world.tell(f"!! the link {first} -> {second} is cut for {seconds:.0f} s")
        self._cut[first, second] = []
        self._world.later(seconds, lambda: self.mend(first, second))

    def mend(self, first: str, second: str) -> None:
        """The link is whole; what waited for it leaves."""
        waiting = self._cut.pop((first, second), None)
        if waiting is not None:
            self._world.tell(f"   the link {first} -> {second} is mended; {len(waiting)} waited")
        for letter in waiting or ():
            self.carry(letter)

    def mend_all(self) -> None:
        """Every link is whole."""
        for first, second in sorted(self._cut):
            self.mend(first, second)

    def _send_off(self, letter: Letter) -> None:
        world, faults = self._world, self._world.faults
        seconds = TIMELY_SECONDS
        if world.strikes(faults.reorder):
            world.count("message delayed")
            seconds = world.chance.uniform(0.0, faults.slowest_seconds)
        target, octets = letter.recipient, letter.octets
        others = sorted(set(self.counties) - {letter.sender, letter.recipient})
        if others and world.strikes(faults.misdirect):
            target = world.chance.choice(others)
            self._tell(f"message misdirected to {target}", letter, "message misdirected")
        if world.strikes(faults.corrupt):
            self._tell("message corrupted", letter)
            octets = corrupted(octets, world)
        self.under_way += 1
        world.later(seconds, lambda: self._arrive(letter, target, octets))

    def _arrive(self, letter: Letter, target: str, octets: bytes) -> None:
        self.under_way -= 1
        delivery = Delivery(
            queue=f"in.{letter.sender}.ledger",
            routing_key=f"{letter.sender}.ledger",
            octets=octets,
            stamped_user=broker_user(letter.sender),
            headers=letter.headers,
        )
        self.counties[target].broker.take_from_peer(letter.sender, delivery)

    def _tell(self, what: str, letter: Letter, kind: str | None = None) -> None:
        self._world.count(kind or what)
        self._world.tell(f"!! {what}: {letter.text}")


def corrupted(octets: bytes, world: World) -> bytes:
    """The octets with one of them changed."""
    at = world.chance.randrange(len(octets))
    return octets[:at] + bytes([octets[at] ^ (1 << world.chance.randrange(8))]) + octets[at + 1 :]


def json_part(text: str) -> dict[str, Any]:
    """The object in one member of an envelope."""
    part: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return part
