"""Seeded lives of two ledgers with real channels, signatures and numbers, over a wire that loses and repeats,
where either county is put back to an old backup at any moment.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from ledger_cast import (
    ASKER,
    BAERUM,
    EIDSKOG,
    HAMAR,
    HANDLERS,
    NOW,
    Ledger,
    federation,
    number,
    peer_document,
)

from byttebank.clock import format_time
from byttebank.contracts.refusals import Refusal
from byttebank.federation.envelope import broker_user
from byttebank.federation.keys import SigningKey
from byttebank.messaging.channels import Channels
from byttebank.messaging.handlers import Handlers
from byttebank.messaging.sealing import Outgoing
from byttebank.storage import channels as peers
from byttebank.storage import envelopes, messages
from services.ledger import operations
from services.ledger.domain.invariants import broken_rules, decisions_have_their_prepare, mirrors

OWN = {"innlandet": (EIDSKOG, HAMAR), "akershus": (ASKER, BAERUM)}
OTHER = {"innlandet": "akershus", "akershus": "innlandet"}
KEYS = {"innlandet": SigningKey.from_seed(b"i" * 32), "akershus": SigningKey.from_seed(b"a" * 32)}
VERSIONS = count(101)
"""Of what the directory tells of a peer."""
OWN_HANDLERS = {
    "PREPARE": operations.own_prepare,
    "CANCEL": operations.own_cancel,
    "FULFIL": operations.own_fulfil,
    "REJECT": operations.own_reject,
    "REVERSAL_REQUEST": operations.own_reversal_request,
    "DECLINED": operations.own_decline,
}


class Node:
    """A county's ledger with its channel to the other county."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.county = ledger.county
        self.peer = OTHER[ledger.county]
        self.handlers = Handlers(
            received=lambda work, message: HANDLERS[message.message_type](work, message),
            own=lambda work, message: OWN_HANDLERS.get(message.message_type, _nothing)(work, message),
            broken=operations.broken_prepare,
            opened=operations.channel_opened,
        )
        self.seconds = 0.0
        self.channels = self._channels()

    def start(self) -> None:
        """The process begins anew on the same database."""
        self.seconds = 0.0
        self.channels = self._channels()
        self.channels.start()

    def _channels(self) -> Channels:
        return Channels(
            self.ledger.database,
            service="ledger",
            county=self.county,
            key=KEYS[self.county],
            wake=lambda: None,
            seconds=lambda: self.seconds,
        )

    def meet(self, state: str = "active", fuse: int = 200) -> None:
        """The directory has told of the peer, and the ledger and its channel have heard it."""
        public = KEYS[self.peer].public_key
        key = {"key_id": public.key_id, "public_key": public.text, "valid_from_at": format_time(NOW)}
        body = peer_document(self.peer, next(VERSIONS), state=state, fuse_half_days=fuse, keys=[key])
        with self.ledger.database.work() as work:
            self.channels.peer_changed(work, body)
            operations.peer_changed(work, body)

    def take_out(self) -> list[Outgoing]:
        """What leaves, confirmed."""
        batch = self.channels.outgoing(100)
        self.channels.sent(batch)
        return batch

    def hear(self, message: Outgoing) -> str:
        """The message arrives."""
        return self.channels.receive(
            queue=f"in.{self.peer}.ledger",
            stamped_user=broker_user(self.peer),
            octets=message.octets,
            headers=message.headers,
            handle=self.handlers,
        )

    def pass_time(self, seconds: float = 700.0) -> None:
        """The timers tick."""
        self.seconds += seconds
        self.channels.tick()
        self.ledger.do(operations.carry_out_postponed)
        self.ledger.do(operations.decide_all_waiting)

    def back_up(self, folder: Path, name: str) -> Path:
        """A copy of the database."""
        return self.ledger.back_up(folder / f"{self.county}-{name}.sqlite")

    def restore(self, backup: Path) -> None:
        """The database is the backup's, and the process begins anew."""
        self.ledger.start_over(backup)
        self.start()

    def state(self) -> str:
        """Of the channel."""
        with self.ledger.database.reading() as work:
            return peers.channel_states(work.connection)[self.peer]

    def parked(self) -> list[dict[str, Any]]:
        """What lies aside."""
        with self.ledger.database.reading() as work:
            return messages.list_parked(work.connection)

    def numbers(self) -> tuple[set[int], set[int], set[int]]:
        """The numbers that were sent, those received, and those that are void of what the peer sent."""
        with self.ledger.database.reading() as work:
            sent = set(envelopes.sent_hashes(work.connection, self.peer, 1, 10_000))
            received = set(envelopes.received(work.connection, self.peer).numbers)
            row = peers.lock_peer(work.connection, self.peer)
            assert row is not None
            return sent, received, set(row.channel.incoming.void)


def _nothing(work: Any, message: Any) -> None:
    pass


def exchange(one: Node, two: Node, rounds: int = 60) -> None:
    """Deliver until both are open and have nothing to say, though time passes."""
    quiet = 0
    for _ in range(rounds):
        from_one, from_two = one.take_out(), two.take_out()
        for receiver, batch in ((two, from_one), (one, from_two)):
            for message in batch:
                receiver.hear(message)
        said_something = any(message.token for message in (*from_one, *from_two))
        quiet = 0 if said_something or one.state() != "open" or two.state() != "open" else quiet + 1
        if quiet == 3:
            return
        one.pass_time()
        two.pass_time()
    raise AssertionError(f"they do not come together: {one.state()}, {two.state()}")


def nodes(ledgers: dict[str, Ledger]) -> tuple[Node, Node]:
    """Innlandet and Akershus, with the channel that is in their databases."""
    return Node(ledgers["innlandet"]), Node(ledgers["akershus"])


def meet(ledgers: dict[str, Ledger]) -> tuple[Node, Node]:
    """Innlandet and Akershus open their channel."""
    one, two = nodes(ledgers)
    for node in (one, two):
        node.start()
        node.meet()
    exchange(one, two)
    return one, two


class Life:
    """One seeded life of two counties."""

    def __init__(self, one: Node, two: Node, folder: Path, seed: int) -> None:
        self.random = Random(seed)
        self.nodes = (one, two)
        self.folder = folder
        self.wire: list[tuple[Node, Outgoing]] = []
        self.story: list[str] = []
        self.made: dict[str, list[int]] = {one.county: [], two.county: []}
        self.restored: set[str] = set()
        self.restores = 0
        exchange(one, two)
        self.backups = {node.county: [node.back_up(folder, f"{seed}-0")] for node in self.nodes}
        self.seed = seed

    def step(self) -> None:
        """One act; each book keeps its own rules at every moment."""
        acts: dict[Callable[[Node], None], int] = {
            self.agree: 7,
            self.confirm: 8,
            self.call_off: 2,
            self.cancel: 1,
            self.reverse: 3,
            self.ask_back: 1,
            self.publish: 8,
            self.deliver: 14,
            self.wait: 3,
            self.restart: 1,
            self.change_peer: 1,
            self.back_up: 2,
            self.restore: 2,
        }
        (act,) = self.random.choices(list(acts), list(acts.values()))
        node = self.random.choice(self.nodes)
        self.story.append(f"{act.__name__} at {node.county}")
        act(node)
        for one in self.nodes:
            book = one.ledger.book()
            broken = set(broken_rules(book)) - set(decisions_have_their_prepare(book))
            assert broken == set(), (broken, self.story)

    def agree(self, node: Node) -> None:
        made = self.made[node.county]
        made.append(len(made) + (1000 if node.county == "akershus" else 0))
        n = made[-1]
        node.ledger.reserve(
            n,
            self.random.randint(1, 6),
            payer_library_id=self.random.choice(OWN[node.county]),
            payee_library_id=self.random.choice(OWN[node.peer]),
            engagement_id=number(5000 + self.random.choice([n, n, n, *made[-4:]])),
        )

    def confirm(self, node: Node) -> None:
        amount = self.random.choice((1, 1, 2, 3))
        self._try(node.ledger.post, self._some(node), amount)

    def call_off(self, node: Node) -> None:
        self._try(node.ledger.release, self._some(node))

    def cancel(self, node: Node) -> None:
        self._try(node.ledger.do, operations.cancel_prepared, number(100 + self._some(node)))

    def reverse(self, node: Node) -> None:
        made = self.made[node.county]
        made.append(len(made) + (1000 if node.county == "akershus" else 0))
        original = number(100 + self._some(self.nodes[1] if node is self.nodes[0] else self.nodes[0]))
        self._try(node.ledger.do, operations.reverse_transfer, number(100 + made[-1]), original, 1)

    def ask_back(self, node: Node) -> None:
        asked = number(100 + self._some(node))
        self._try(node.ledger.do, operations.request_reversal, asked, 1, "disputed")
        for request in node.ledger.see(operations.reversal_requests):
            if request["direction"] == "in" and self.random.random() < 0.5:
                self._try(node.ledger.do, operations.decline_reversal, request["transfer_id"])

    def publish(self, node: Node) -> None:
        """What waits goes onto the wire, or some of it is lost."""
        receiver = self._other(node)
        for message in node.take_out():
            if self.random.random() < 0.85:
                self.wire.extend([(receiver, message)] * self.random.choice((1, 1, 1, 2)))

    def deliver(self, _node: Node) -> None:
        for _ in range(min(len(self.wire), self.random.randint(1, 5))):
            receiver, message = self.wire.pop(self.random.randrange(len(self.wire)))
            receiver.hear(message)
        self._look_whether_whole()

    def wait(self, node: Node) -> None:
        node.pass_time()

    def restart(self, node: Node) -> None:
        node.start()

    def change_peer(self, node: Node) -> None:
        node.meet(self.random.choice(("active", "active", "frozen")), self.random.choice((3, 200)))

    def back_up(self, node: Node) -> None:
        kept = self.backups[node.county]
        kept.append(node.back_up(self.folder, f"{self.seed}-{len(self.story)}"))

    def restore(self, node: Node) -> None:
        """An old backup, not of a life that was given up, while the other county has all of its own."""
        if self._other(node).county in self.restored:
            return
        kept = self.backups[node.county]
        del kept[self.random.randrange(len(kept)) + 1 :]
        node.restore(kept[-1])
        self.restored.add(node.county)
        self.restores += 1

    def heal(self) -> None:
        """Everything arrives. Nothing is lost or doubled, and the books agree."""
        one, two = self.nodes
        for node in self.nodes:
            node.meet(fuse=100_000)
        for receiver, message in self.wire:
            receiver.hear(message)
        exchange(one, two)
        first, second = one.ledger.book(), two.ledger.book()
        broken = [
            *broken_rules(first),
            *broken_rules(second),
            *mirrors(first, second),
            *mirrors(second, first),
        ]
        assert broken == [], (broken, self.story)
        ours, theirs = one.ledger.position("akershus"), two.ledger.position("innlandet")
        assert ours["owed_by_us_half_days"] == theirs["owed_to_us_half_days"], self.story
        assert ours["owed_to_us_half_days"] == theirs["owed_by_us_half_days"], self.story
        for node in self.nodes:
            position = node.ledger.position(node.peer)
            assert position["waiting_in_half_days"] == 0, self.story
            assert node.ledger.see(_open_questions) == [], self.story
            ends = node.ledger.book().ends()
            unanswered = [one for one in node.ledger.book().sent if one not in ends]
            assert unanswered == [], self.story
            reasons = {one["reason_code"] for one in node.parked()} - {"stale", *_LATE}
            assert reasons == set(), (reasons, node.parked(), self.story)

    def _look_whether_whole(self) -> None:
        """A restored county has come back once it holds again all that either has sent."""
        one, two = self.nodes
        if not self.restored or any(node.state() != "open" for node in self.nodes):
            return
        for node, other in ((one, two), (two, one)):
            sent, received, void = other.numbers()[0], *node.numbers()[1:]
            if sent - void != received - void:
                return
        if not any(node.ledger.see(_open_questions) for node in self.nodes):
            self.restored.clear()

    def _other(self, node: Node) -> Node:
        return self.nodes[1] if node is self.nodes[0] else self.nodes[0]

    def _some(self, node: Node) -> int:
        return self.random.choice(self.made[node.county][-8:] or [999])

    def _try(self, act: Any, *arguments: Any) -> None:
        try:
            act(*arguments)
        except Refusal as refusal:
            self.story.append(f"  refused: {refusal}")


_LATE = {"not_found", "already_resolved", "too_many_days", "same_key_other_body", "not_now"}
"""Why a command that was postponed may be refused when it is carried out."""


def _open_questions(work: Any) -> list[str]:
    """What recovery has left open: nothing, in the end."""
    from sqlalchemy import select

    from services.ledger.storage.recovery_tables import kept_prepares, postponed_orders

    kept = work.connection.scalars(select(kept_prepares.c.transfer_id))
    return [*kept, *work.connection.scalars(select(postponed_orders.c.transfer_id))]


@contextmanager
def lives(templates: dict[str, Path], folder: Path) -> Iterator[Callable[[int, int], Life]]:
    """`live(seed, steps)`: one life from fresh books until all is healed."""
    with federation(templates, folder, "innlandet", "akershus") as pair:
        backups = folder / "backups"

        def live(seed: int, steps: int) -> Life:
            shutil.rmtree(backups, ignore_errors=True)
            backups.mkdir()
            one, two = (Node(ledger.start_over(templates[ledger.county])) for ledger in pair)
            one.ledger.clock.move_to(NOW)
            for node in (one, two):
                node.start()
                node.meet()
            life = Life(one, two, backups, seed)
            for _ in range(steps):
                life.step()
            life.heal()
            return life

        yield live
