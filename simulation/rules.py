"""What must hold after every step (ARCHITECTURE.md, Settlement): of each honest book and pair, and of
what honest counties sign. Of a liar nothing is asked, but it can cost nobody more than the fuse.
"""

from collections.abc import Mapping
from functools import partial

from byttebank.federation.jws import sha256
from byttebank.messaging.arrivals import FAILED
from services.ledger.domain.accounts import Balance, peer_account_id
from services.ledger.domain.invariants import broken_rules, decisions_have_their_prepare, mirrors
from services.ledger.domain.settlement import FULFILLED, Decision
from simulation.books import GrowingBook
from simulation.county import County
from simulation.links import Letter
from simulation.people import Register
from simulation.world import Broken, World

_COORDINATOR = "SELECT signer FROM clearing_documents WHERE round_id = ? AND kind = 'PROPOSE'"
_COMMITTED = "SELECT 1 FROM clearing_decisions WHERE round_id = ? AND kind = 'COMMIT'"
BY_OPERATOR = "operator"
MAY_BE_PARKED = ("stale", "unknown_key", "too_early")
"""Why an honest county's whole message may be put aside: its epoch was given up, its key is not known, what
it builds on comes later. The last is tried again, and at the end each has what the other has numbered.
"""


class Rules:
    """Looks at every county after each step and raises `Broken` when a rule is."""

    def __init__(self, world: World, counties: Mapping[str, County], register: Register) -> None:
        self._world = world
        self._register = register
        self._honest = {name: county for name, county in counties.items() if county.is_honest}
        self._has_liar = len(self._honest) < len(counties)
        self.books = {name: GrowingBook(name, county.disk) for name, county in self._honest.items()}
        self._signed: dict[tuple[str, str, int, int], bytes] = {}
        self._genuine: set[tuple[str, str]] = set()
        self._effects: set[tuple[str, str, str]] = set()
        self._found: list[Broken] = []
        self._committed: set[str] = set()
        self.recovering: set[str] = set()
        """Counties that were restored and have not yet heard again what they had forgotten."""
        for name, county in self._honest.items():
            county.broker.look_at = self._look_at_letter
            county.has_had = partial(self._had, name)

    def check(self) -> None:
        """Everything holds. Refuses: `Broken`, the first rule that does not."""
        if self._found:
            raise self._found[0]
        changed = [book for book in self.books.values() if book.look()]
        for book in changed:
            self._all("book", self._broken_in(book))
            self._check_fuse(book)
            self._check_decisions(book)
            self._check_frozen(book)
            self._check_parked(book)
            self._check_clearing(book)
        if changed:
            self.check_pairs({book.county for book in changed})

    def check_pairs(self, changed: set[str]) -> None:
        """(2, 3) The books of each two honest counties, one of them changed, fit together."""
        for one in self.books.values():
            for other in self.books.values():
                pair = {one.county, other.county}
                if one is not other and pair & changed and not pair & self.recovering:
                    self._all("mirror", mirrors(one.book, other.book))

    def _check_clearing(self, book: GrowingBook) -> None:
        """(8) What a round strikes out is posted only when its coordinator has written COMMIT."""
        for round_id, cleared in book.book.clearings.items():
            if cleared.stage != "applied" or round_id in self._committed or self.recovering:
                continue
            proposals = self._honest[book.county].disk.rows(_COORDINATOR, round_id)
            coordinator = self._honest.get(proposals[0][0]) if proposals else None
            if coordinator is not None and not coordinator.disk.rows(_COMMITTED, round_id):
                raise Broken(
                    "bare", f"{book.county} has posted a round without the COMMIT of {coordinator.name}"
                )
            self._committed.add(round_id)

    def forget(self, county: str, effects: set[tuple[str, str]]) -> None:
        """The county was restored; its database says that these messages have had their effect."""
        self.recovering.add(county)
        self.books[county].forget()
        self._effects = {one for one in self._effects if one[0] != county}
        self._effects |= {(county, *effect) for effect in effects}
        for deal in self._register.deals.values():
            if deal.is_reversal and deal.payer_county == deal.payee_county == county:
                # Nobody but the county knew of it, and people do not write down what they took back.
                deal.told.clear()

    def _broken_in(self, book: GrowingBook) -> list[str]:
        """A restored county waits for what it had decided to be asked again; a liar never asks again."""
        broken = broken_rules(book.book)
        if broken and (book.county in self.recovering or self._has_liar):
            in_words_only = decisions_have_their_prepare(book.book)
            broken = [sentence for sentence in broken if sentence not in in_words_only]
        return broken

    @staticmethod
    def _all(rule: str, sentences: list[str]) -> None:
        if sentences:
            raise Broken(rule, "; ".join(sentences))

    def _look_at_letter(self, letter: Letter) -> None:
        """(7) Number and epoch together are never used for two messages."""
        self._genuine.add((letter.recipient, sha256(letter.octets)))
        if letter.seq is None or letter.epoch is None:
            return
        place = (letter.sender, letter.recipient, letter.epoch, letter.seq)
        if self._signed.setdefault(place, letter.octets) != letter.octets:
            sentence = f"{letter.sender} has signed two messages with one number: {letter.text}"
            self._found.append(Broken("number", sentence))

    def _had(self, county: str, source: str, message_id: str) -> None:
        """A message has its effect once."""
        effect = (county, source, message_id)
        if effect in self._effects:
            self._found.append(
                Broken("once", f"a message from {source} has had its effect twice at {county}")
            )
        self._effects.add(effect)

    def _check_fuse(self, book: GrowingBook) -> None:
        """(4) What is posted and pending in a direction stays under the fuse when something is added to it.

        What a clearing round has reserved does not make room. A reversal ignores the fuse, and so does
        what a restored county has to hold again, so such steps are left out.
        """
        if any(terms.reverses for terms in book.new_transfers) or book.county in self.recovering:
            return
        for terms in book.new_transfers:
            if not terms.is_between_counties() or terms.is_clearing():
                continue
            peer = terms.peer_of(book.county)
            balance = book.book.balances.get(peer_account_id(peer), Balance())
            owed = balance.credits_posted - balance.debits_posted
            reserved = book.reserved.get(peer, 0)
            use = -owed + max(reserved, 0)
            if terms.payer_county == book.county:
                use = owed + max(-reserved, 0) + balance.credits_pending
            fuse = max(book.fuses.get(peer, 0), book.fuses_before.get(peer, 0))
            if use > fuse:
                name = self._world.name_of(terms.id)
                sentence = (
                    f"{name} brings {book.county} to {use} half-days with {peer}, over a fuse of {fuse}"
                )
                raise Broken("fuse", sentence)

    def _check_decisions(self, book: GrowingBook) -> None:
        """A delivered day is turned down for ever only for a reason that lasts for ever."""
        for peer, transfer_id, decision in book.new_decisions:
            if decision.verdict == FULFILLED or peer not in self._honest:
                continue
            if not self._is_fair(book, peer, transfer_id, decision):
                name = self._world.name_of(transfer_id)
                sentence = f"{book.county} has turned down {name} of {peer} for ever: {decision.code}"
                raise Broken("refused", sentence)

    def _is_fair(self, book: GrowingBook, peer: str, transfer_id: str, decision: Decision) -> bool:
        deal = self._register.deals.get(transfer_id)
        if deal is None or decision.code == "malformed":
            return False
        if decision.code == "cancelled":
            return deal.is_cancelled
        if decision.code == "payee_unknown":
            return not deal.is_payee_known
        part = (deal.body.get("engagement_id"), deal.body.get("part"))
        return decision.code == "already_fulfilled" and any(
            (other.engagement_id, other.part, other.payer_county) == (*part, peer)
            for other in book.book.transfers.values()
            if other.id != transfer_id
        )

    def _check_parked(self, book: GrowingBook) -> None:
        """What an honest county signed for us is understood; nothing at all fails in a way nobody foresaw."""
        for sender, code, reason, body in book.new_parked:
            is_genuine = (book.county, sha256(body)) in self._genuine
            if code == FAILED or (is_genuine and code not in MAY_BE_PARKED):
                raise Broken("parked", f"{book.county} has parked a message from {sender}: {reason}")

    def _check_frozen(self, book: GrowingBook) -> None:
        """No honest county is taken for a liar."""
        for peer, because in book.frozen.items():
            if peer in self._honest and because != BY_OPERATOR:
                raise Broken("accused", f"{book.county} has frozen {peer}: {because}")
