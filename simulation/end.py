"""What must hold when the faults are over and all has arrived: nothing open, lost, doubled or different."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from byttebank.federation.jws import HASH_OF_NOTHING
from services.ledger.domain.accounts import Balance, peer_account_id
from services.ledger.domain.invariants import Book
from services.ledger.operations import whole_book
from simulation.books import GrowingBook
from simulation.county import County
from simulation.links import json_part
from simulation.people import Register
from simulation.world import Broken, World

_OUTBOX = "SELECT count(*) FROM outbox WHERE published_at IS NULL AND (peer IS NULL OR peer IN ({}))"
_SENT = "SELECT count(*) FROM sent_envelopes WHERE peer = ?"
_RECEIVED = "SELECT count(*) FROM received_envelopes WHERE peer = ?"
_UNSENT = "SELECT count(*) FROM sent_envelopes WHERE published_at IS NULL AND peer IN ({})"


class End:
    """The end of a life: when it is reached, and whether it is as it must be."""

    def __init__(
        self,
        world: World,
        counties: Mapping[str, County],
        books: Mapping[str, GrowingBook],
        register: Register,
    ) -> None:
        self._world = world
        self._register = register
        self._honest = {name: county for name, county in counties.items() if county.is_honest}
        self._books = books
        self.lost = 0
        self.doubled = 0

    def what_is_open(self) -> str:
        """What is still to be done among the honest; empty when it is the end."""
        for name, county in self._honest.items():
            if not county.is_up:
                return f"{name} is down"
            if not county.broker.is_empty:
                return f"messages wait for {name}"
        for name in self._honest:
            if found := self._open_at(name):
                return found
        return self._lacking() or self._difference() or self._open_round()

    def check(self) -> None:
        """All is as it must be. Refuses: `Broken`."""
        for name, county in self._honest.items():
            self._check_commands(name, county)
            self._check_book(name, county)
        for name in self._honest:
            for peer in self._honest:
                if name != peer:
                    self._check_chain(name, peer)
        self._check_days()
        self._check_told()

    def _peers(self, name: str) -> list[str]:
        return [peer for peer in self._honest if peer != name]

    def _open_at(self, name: str) -> str:
        disk, book, peers = self._honest[name].disk, self._books[name].book, self._peers(name)
        for peer in peers:
            (row,) = disk.rows("SELECT channel FROM channels WHERE peer = ?", peer)[0]
            channel = json.loads(row)
            if not (channel["outgoing"]["is_recovered"] and channel["incoming"]["is_recovered"]):
                return f"the channel of {name} to {peer} recovers"
        places = ", ".join("?" for _ in peers)
        if disk.rows(_OUTBOX.format(places), *peers)[0][0] or disk.rows(_UNSENT.format(places), *peers)[0][0]:
            return f"messages wait in the outbox of {name}"
        waiting = [one for peer, one in book.waiting if peer in peers]
        ends = book.ends()
        unanswered = [one for one, sent in book.sent.items() if one not in ends and sent.peer in peers]
        for one in waiting:
            return f"{self._world.name_of(one)} waits for the decision of {name}"
        for one in unanswered:
            return f"{self._world.name_of(one)} of {name} is not answered"
        return ""

    def _lacking(self) -> str:
        """(7) What one has numbered the other has."""
        for name, county in self._honest.items():
            for peer in self._peers(name):
                sent = county.disk.rows(_SENT, peer)[0][0]
                if sent != self._honest[peer].disk.rows(_RECEIVED, name)[0][0]:
                    return f"{peer} lacks messages of {name}"
        return ""

    def _difference(self) -> str:
        """(2) At rest each two books say the same."""
        for name in self._honest:
            for peer in self._peers(name):
                owed = self._balance(name, peer).credits_posted
                due = self._balance(peer, name).debits_posted
                if owed != due:
                    return f"{name} owes {peer} {owed} half-days, and {peer} has {due}"
        return ""

    def _open_round(self) -> str:
        """(8) Every round among honest counties has ended."""
        for name in self._honest:
            for round_id, cleared in self._books[name].book.clearings.items():
                if cleared.is_open and len(self._honest) == len(self._register.counties):
                    return f"round {round_id} is open at {name}"
        return ""

    def _balance(self, name: str, peer: str) -> Balance:
        return self._books[name].book.balances.get(peer_account_id(peer), Balance())

    def _check_commands(self, name: str, county: County) -> None:
        """Nothing that the broker confirmed was lost on the way into the ledger."""
        had = {message_id for (message_id,) in county.disk.rows("SELECT message_id FROM inbox")}
        for (properties,) in county.disk.rows("SELECT properties FROM parked_messages"):
            had.add(json.loads(properties).get("message_id"))
        lost = [one for message_id, one in county.broker.commands.items() if message_id not in had]
        self.lost += len(lost)
        if lost:
            sentence = f"{name} never heard {len(lost)} messages, first {lost[0].routing_key}"
            raise Broken("lost", f"{sentence} {lost[0].octets.decode()}")

    def _check_book(self, name: str, county: County) -> None:
        """(9) What was seen once in the book still stands there, and nothing else."""
        with county.database.reading() as work:
            book: Book = whole_book(work)
        if book != self._books[name].book:
            raise Broken("immutable", f"{name} has changed what was written")

    def _check_chain(self, sender: str, recipient: str) -> None:
        """(7) What one has signed is what the other has: every number, each chained to the one before."""
        sent = self._honest[sender].disk.rows(
            "SELECT seq, envelope_hash, octets FROM sent_envelopes WHERE peer = ? ORDER BY seq", recipient
        )
        received = self._honest[recipient].disk.rows(
            "SELECT seq, envelope_hash FROM received_envelopes WHERE peer = ? ORDER BY seq", sender
        )
        if [tuple(row[:2]) for row in sent] != [tuple(row) for row in received]:
            raise Broken("channel", f"{recipient} does not have the messages of {sender} that {sender} has")
        void = self._void(sender, recipient)
        before, last = 0, HASH_OF_NOTHING
        for seq, hash_, octets in sent:
            if seq in void:
                continue
            if any(number not in void for number in range(before + 1, seq)):
                raise Broken("channel", f"{sender} left out a number before {seq} to {recipient}")
            if before == seq - 1 and before not in void and _prev_hash(octets) != last:
                raise Broken("channel", f"number {seq} of {sender} to {recipient} is not chained")
            before, last = seq, hash_

    def _void(self, sender: str, recipient: str) -> set[int]:
        (row,) = self._honest[sender].disk.rows("SELECT channel FROM channels WHERE peer = ?", recipient)[0]
        pairs = json.loads(row)["outgoing"]["void"]
        return {number for first, last in pairs for number in range(first, last + 1)}

    def _check_days(self) -> None:
        """(2, 3) Each transfer between honest counties stands in both books or in none, once."""
        for transfer_id, deal in self._register.deals.items():
            counties = {deal.payer_county, deal.payee_county}
            if len(counties) == 1 or not counties <= set(self._honest):
                continue
            states = {name: self._state(name, transfer_id) for name in counties}
            self.doubled += any(state.count("posted") > 1 for state in states.values())
            if len({"posted" in state for state in states.values()}) > 1:
                self.lost += 1
                raise Broken("lost", f"{self._world.name_of(transfer_id)} stands in one book only: {states}")

    def _state(self, name: str, transfer_id: str) -> list[str]:
        return [one.state for one in self._books[name].book.resolutions if one.transfer_id == transfer_id]

    def _check_told(self) -> None:
        """What people were told is posted stands in the book. With a liar nobody waits to know it again."""
        for transfer_id, deal in self._register.deals.items():
            if not {deal.payer_county, deal.payee_county} <= set(self._honest):
                continue
            for name, told in deal.told.items():
                if (
                    name in self._honest
                    and told == "DaysPosted"
                    and "posted" not in self._state(name, transfer_id)
                ):
                    self.lost += 1
                    raise Broken("lost", f"{name} has told that {self._world.name_of(transfer_id)} is posted")

    def posted(self) -> Counter[str]:
        """How many transfers the honest have: `between` counties, `within` one, `cleared` legs."""
        found: Counter[str] = Counter()
        for name in self._honest:
            book = self._books[name].book
            for one in book.resolutions:
                terms = book.transfers.get(one.transfer_id)
                if one.state == "posted" and terms is not None and terms.payer_county == name:
                    kind = "between" if terms.is_between_counties() else "within"
                    found["cleared" if terms.is_clearing() else kind] += 1
                elif one.state == "voided" and terms is not None and one.transfer_id in book.sent:
                    found["turned down"] += 1
        return found


def _prev_hash(octets: bytes) -> Any:
    return json_part(json.loads(octets)["protected"])["prev_hash"]
