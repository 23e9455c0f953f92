"""A seeded run of two counties over a wire that loses, repeats and reorders, with crashes and freezes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import Contradiction, Refusal
from services.ledger import operations
from services.ledger.domain.invariants import Book, broken_rules, mirrors

OWN = {"innlandet": (EIDSKOG, HAMAR), "akershus": (ASKER, BAERUM)}


class Crash(Exception):
    """The process died before its commit."""


class Run:
    """One run. `step` does something at random and checks every rule; `heal` ends the faults."""

    def __init__(self, innlandet: Ledger, akershus: Ledger, seed: int) -> None:
        self.random = Random(seed)
        self.ledgers = (innlandet, akershus)
        self.wire: list[tuple[Ledger, ReceivedMessage]] = []
        self.story: list[str] = []
        self.made: dict[str, list[int]] = {"innlandet": [], "akershus": []}
        self.version = 10
        for ledger in self.ledgers:
            ledger.clock.move_to(NOW)
        self.books: dict[str, Book] = {}
        self.check()
        for ledger in self.ledgers * 2:
            self.agree(ledger)
        self.check()

    def step(self) -> None:
        """One act, honest or of bad luck, and everything still holds."""
        acts = {
            self.agree: 8,
            self.confirm: 8,
            self.call_off: 1,
            self.cancel: 2,
            self.reverse: 2,
            self.ask_back: 2,
            self.deliver: 14,
            self.crash: 2,
            self.change_peer: 2,
            self.wait: 1,
        }
        (act,) = self.random.choices(list(acts), list(acts.values()))
        ledger = self.random.choice(self.ledgers)
        self.story.append(f"{act.__name__} at {ledger.county}")
        act(ledger)
        self.check()

    def check(self) -> None:
        """Every rule holds, for each book and for the two together."""
        for one in self.ledgers:
            for peer in ("innlandet", "akershus"):
                if peer != one.county:
                    other = self._other(one)
                    self.wire += [(other, message) for message in one.sent(peer)]
        self.books = {ledger.county: ledger.book() for ledger in self.ledgers}
        first, second = self.books.values()
        broken = [
            *broken_rules(first),
            *broken_rules(second),
            *mirrors(first, second),
            *mirrors(second, first),
        ]
        assert broken == [], (broken, self.story)

    def agree(self, ledger: Ledger) -> None:
        """Days are set aside, mostly across the border, sometimes again for an engagement there is."""
        payer = self.random.choice(OWN[ledger.county])
        abroad = OWN[self._other(ledger).county]
        at_home = [library for library in OWN[ledger.county] if library != payer]
        made = self.made[ledger.county]
        n = self._new(ledger)
        ledger.reserve(
            n,
            self.random.randint(1, 6),
            payer_library_id=payer,
            payee_library_id=self.random.choice([*abroad, *abroad, *at_home]),
            engagement_id=number(5000 + self.random.choice([n, n, *made[-4:]])),
        )

    def confirm(self, ledger: Ledger) -> None:
        """A day was delivered, or a little less of it than was agreed."""
        transfer_id = self._some(ledger, "pending")
        held = self.books[ledger.county].transfers.get(transfer_id)
        amount = max(1, (held.amount if held else 2) - self.random.choice((0, 0, 1, -1)))
        self._try(ledger.post, int(transfer_id[-12:]) - 100, amount)

    def call_off(self, ledger: Ledger) -> None:
        """A day will not happen."""
        self._try(ledger.release, int(self._some(ledger, "pending")[-12:]) - 100)

    def cancel(self, ledger: Ledger) -> None:
        """An operator asks the other county to decide no."""
        self._try(ledger.do, operations.cancel_prepared, self._some(ledger, "prepared"))

    def reverse(self, ledger: Ledger) -> None:
        """A county gives back what its library was credited for."""
        original = self._some(self._other(ledger), "prepared", "posted")
        reversal = number(100 + self._new(ledger))
        self._try(ledger.do, operations.reverse_transfer, reversal, original, self.random.randint(1, 3))

    def ask_back(self, ledger: Ledger) -> None:
        """A county asks for days back, and sometimes answers no to what it was asked."""
        self._try(ledger.do, operations.request_reversal, self._some(ledger, "posted"), 1, "disputed")
        for request in ledger.see(operations.reversal_requests):
            if request["direction"] == "in" and self.random.random() < 0.3:
                self._try(ledger.do, operations.decline_reversal, request["transfer_id"])

    def deliver(self, _ledger: Ledger) -> None:
        """Something on the wire arrives, out of order; sometimes it will arrive again."""
        if not self.wire:
            return
        place = self.random.randrange(len(self.wire))
        receiver, message = self.wire[place]
        receiver.receive(message)
        self.story.append(f"  {message.message_type} of {message.payload['transfer_id'][-4:]}")
        if self.random.random() < 0.7:
            del self.wire[place]

    def crash(self, _ledger: Ledger) -> None:
        """A message is handled and the process dies before it can commit."""
        if not self.wire:
            return
        receiver, message = self.random.choice(self.wire)

        def die(work: Any) -> None:
            HANDLERS[message.message_type](work, message)
            raise Crash

        try:
            receiver.do(die)
        except Crash:
            receiver.database.engine.dispose()

    def change_peer(self, ledger: Ledger) -> None:
        """The other county is frozen or thawed, its fuse raised or lowered."""
        self._peer(
            ledger, self.random.choice(("active", "active", "frozen")), self.random.choice((2, 8, 200))
        )

    def wait(self, ledger: Ledger) -> None:
        """Time passes and the timer ticks."""
        ledger.pass_time(hours=self.random.choice((1, 30)))
        ledger.do(operations.decide_all_waiting)

    def heal(self) -> None:
        """The faults end: everything arrives, nobody is frozen, there is room. All must be terminal then."""
        for ledger in self.ledgers:
            self._peer(ledger, "active", 100_000)
        self.check()
        for _ in range(10):
            on_its_way, self.wire = self.wire, []
            for receiver, message in on_its_way:
                receiver.receive(message)
            self.check()
            if not self.wire:
                break
        first, second = self.ledgers
        ours, theirs = first.position("akershus"), second.position("innlandet")
        for position in (ours, theirs):
            assert position["in_doubt_count"] == position["waiting_in_half_days"] == 0, self.story
        assert ours["owed_by_us_half_days"] == theirs["owed_to_us_half_days"], self.story
        assert ours["owed_to_us_half_days"] == theirs["owed_by_us_half_days"], self.story
        states = {one["state"] for library in OWN["innlandet"] for one in self._reservations(first, library)}
        states |= {one["state"] for library in OWN["akershus"] for one in self._reservations(second, library)}
        assert states <= {"pending"}, self.story

    def _reservations(self, ledger: Ledger, library_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = ledger.see(operations.reservations, library_id)
        return found

    def _other(self, ledger: Ledger) -> Ledger:
        return self.ledgers[1] if ledger is self.ledgers[0] else self.ledgers[0]

    def _new(self, ledger: Ledger) -> int:
        """The number of a new transfer. Those of the two counties never meet: each makes its own."""
        made = self.made[ledger.county]
        made.append(len(made) + (1000 if ledger.county == "akershus" else 0))
        return made[-1]

    def _some(self, ledger: Ledger, *states: str) -> str:
        """A transfer that the county made, mostly one in these states."""
        book = self.books[ledger.county]
        ends = book.ends()
        fitting = [
            transfer_id
            for transfer_id, terms in book.transfers.items()
            if terms.payer_county == ledger.county
            and (
                ends[transfer_id].state
                if transfer_id in ends
                else "prepared"
                if transfer_id in book.sent
                else "pending"
            )
            in states
        ]
        if fitting and self.random.random() < 0.9:
            return self.random.choice(sorted(fitting))
        return number(100 + self.random.choice(self.made[ledger.county] or [999]))

    def _peer(self, ledger: Ledger, state: str, fuse: int) -> None:
        self.version += 1
        document = peer_document(self._other(ledger).county, self.version, state=state, fuse_half_days=fuse)
        ledger.do(operations.peer_changed, document)

    def _try(self, act: Any, *arguments: Any) -> None:
        """What a person asks for may be refused; a contradiction never comes from honest counties."""
        try:
            act(*arguments)
        except Contradiction:
            raise
        except Refusal as refusal:
            self.story.append(f"  refused: {refusal}")


Play = Callable[..., Run]
"""`play(seed, steps)`: one run from fresh books until all is healed."""
STEPS = 30


@contextmanager
def two_counties(templates: dict[str, Path], folder: Path) -> Iterator[Play]:
    """Innlandet and Akershus, to play any number of runs with."""
    with federation(templates, folder, "innlandet", "akershus") as pair:

        def play(seed: int, steps: int = STEPS) -> Run:
            innlandet, akershus = (ledger.start_over(templates[ledger.county]) for ledger in pair)
            run = Run(innlandet, akershus, seed)
            for _ in range(steps):
                run.step()
            run.heal()
            return run

        yield play
