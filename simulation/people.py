"""What people and the county's other services do: agree, confirm, call off, take back, freeze, set fuses."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.ledger import operations
from simulation.cast import FUSE_HALF_DAYS, Cast, library_changed, peer_changed
from simulation.county import County
from simulation.world import BEGINNING

NOBODY = "01a2032c-0000-7000-8000-000000000000"
WORK_DATE = (BEGINNING - timedelta(days=2)).date()
OPERATOR = {"person_id": NOBODY, "library_id": NOBODY, "role": "county", "name": "Kari"}
QUIET_SECONDS = 8.0
ROUND_SECONDS = 30.0
MOST_HALF_DAYS = 6
OPEN_FUSE = 1_000_000


@dataclass
class Deal:
    """What people know of one transfer. `told` is what the ledgers of its counties have said of it."""

    payer_county: str
    payee_county: str
    amount: int
    body: dict[str, Any]
    told: dict[str, str] = field(default_factory=dict)
    is_payee_known: bool = True
    is_cancelled: bool = False
    is_reversal: bool = False


@dataclass
class Register:
    """What all people together know, which no single county does."""

    counties: tuple[str, ...]
    deals: dict[str, Deal] = field(default_factory=dict)
    is_ring: bool = False
    """Whether each county is mostly helped by the next one, so that there is something to clear."""
    rounds: list[str] = field(default_factory=list)
    quiet_until: float = 0.0
    parts: list[tuple[str, int, str, str]] = field(default_factory=list)


class People:
    """The people, the matching and the directory of one county. They tell the ledger what it may be told."""

    def __init__(self, county: County, cast: Cast, register: Register) -> None:
        self._county = county
        self._world = county.world
        self._chance = county.world.chance
        self._cast = cast
        self._register = register
        self._peers = [peer for peer in cast.counties if peer != county.name]
        self._versions = dict.fromkeys(self._peers, 1)
        self._fuses = dict.fromkeys(self._peers, FUSE_HALF_DAYS)
        self._frozen: set[str] = set()
        self._knows_late = False
        self.is_at_work = True
        county.broker.hear = self.hear

    def act(self) -> None:
        """Somebody does something."""
        acts = {
            self.agree: 24,
            self.cancel: 2,
            self.reverse: 2,
            self.ask_back: 2,
            self.answer_requests: 2,
            self.propose_clearing: 3,
            self.close_clearing: 1,
            self.set_fuse: 3,
            self.freeze_or_thaw: 1,
            self.tell_of_late_library: 1,
        }
        (act,) = self._chance.choices(list(acts), list(acts.values()))
        act()

    def agree(self) -> None:
        """Two libraries have agreed on a day, mostly across a border; at times for a part there is."""
        county, cast, chance = self._county.name, self._cast, self._chance
        payee_county, least = self._partner()
        payer = chance.choice(cast.libraries(county))
        ours = [library for library in cast.libraries(payee_county) if library != payer]
        others = [*ours * 4, cast.late(payee_county), cast.nobody(payee_county)]
        payee = chance.choice(ours if payee_county == county else others)
        engagement_id, part = self._world.new_id(), 1
        again = [one for one in self._register.parts if one[2:] == (county, payee_county)]
        if again and chance.random() < 0.12:
            engagement_id, part, _, _ = chance.choice(again)
        self._register.parts.append((engagement_id, part, county, payee_county))
        body: dict[str, Any] = {
            "transfer_id": self._world.new_id(),
            "engagement_id": engagement_id,
            "part": part,
            "payer_library_id": payer,
            "payee_library_id": payee,
            "payee_county": payee_county,
            "amount_half_days": chance.randint(least, MOST_HALF_DAYS),
            "skill": chance.choice((None, "Bokbuss")),
            "work_date": WORK_DATE.isoformat(),
        }
        deal = Deal(county, payee_county, body["amount_half_days"], body, is_payee_known=payee in ours)
        self._register.deals[body["transfer_id"]] = deal
        self._world.tell(
            f"   {county}: agreed {self._world.name_of(body['transfer_id'])},"
            f" {deal.amount} half-days for {payee_county}"
        )
        self._command("ReserveDays", body)

    def hear(self, name: str, body: dict[str, Any]) -> None:
        """The ledger has said something. Engagements go on from there."""
        if name == "PeerEquivocated":
            self.freeze(body["county"])
            return
        transfer_id = body.get("transfer_id", "")
        deal = self._register.deals.get(transfer_id)
        if deal is None:
            return
        deal.told[self._county.name] = name
        if name == "DaysReserved" and self.is_at_work and deal.payer_county == self._county.name:
            self._world.later(self._chance.uniform(0.5, 60.0), lambda: self._decide(transfer_id, deal))

    def cancel(self) -> None:
        """An operator asks the other county to decide no."""
        transfer_id = self._some("DaysReserved", payer_county=self._county.name)
        if transfer_id is None:
            return
        self._register.deals[transfer_id].is_cancelled = True
        self._county.do(operations.cancel_prepared, transfer_id)

    def reverse(self) -> None:
        """The county gives back, in whole or in part, what its library was credited for."""
        transfer_id = self._some("DaysPosted", payee_county=self._county.name)
        if transfer_id is not None:
            self._reverse(transfer_id, self._chance.randint(1, self._register.deals[transfer_id].amount))

    def ask_back(self) -> None:
        """The county asks the other to give days back."""
        transfer_id = self._some("DaysPosted", payer_county=self._county.name)
        if transfer_id is not None:
            amount = self._chance.randint(1, self._register.deals[transfer_id].amount)
            self._county.do(operations.request_reversal, transfer_id, amount, "did_not_happen")

    def answer_requests(self) -> None:
        """Requests to give days back are granted or declined."""
        for request in self._county.do(operations.reversal_requests) or ():
            if request["direction"] != "in":
                continue
            if self._chance.random() < 0.5:
                self._county.do(operations.decline_reversal, request["transfer_id"])
            else:
                self._reverse(request["transfer_id"], request["amount_half_days"])

    def propose_clearing(self) -> None:
        """The county proposes to strike out what counties owe each other in rings.

        It chooses a quiet hour: two counties that are in the middle of something do not state the same. It
        does not come in the beginning, when nobody owes anything, nor right after another.
        """
        since = self._register.quiet_until
        if self.is_at_work and self._world.seconds < since + ROUND_SECONDS:
            return
        round_id = self._world.new_id()
        self._register.rounds.append(round_id)
        self._register.quiet_until = self._world.seconds + QUIET_SECONDS

        def propose() -> None:
            self._county.do(operations.propose_clearing, self._county.key, round_id, OPERATOR)

        self._world.later(QUIET_SECONDS / 2, propose)

    def close_clearing(self) -> None:
        """Somebody has waited long enough for a round to end."""
        if self._register.rounds:
            round_id = self._chance.choice(self._register.rounds)
            self._county.do(operations.close_clearing, self._county.key, round_id, OPERATOR)

    def set_fuse(self) -> None:
        """The directory says that a peer may owe more, or less."""
        peer = self._chance.choice(self._peers)
        self._fuses[peer] = self._chance.choice((0, 5, FUSE_HALF_DAYS, 30, 60))
        self._tell_of_peer(peer)

    def freeze_or_thaw(self) -> None:
        """An operator freezes a peer, or talks to it and thaws it."""
        peer = self._chance.choice(self._peers)
        if peer in self._frozen:
            self.thaw(peer)
        elif self._chance.random() < 0.5:
            self.freeze(peer)

    def freeze(self, peer: str) -> None:
        """The directory says that the peer is frozen."""
        self._frozen.add(peer)
        self._tell_of_peer(peer)

    def thaw(self, peer: str) -> None:
        """The directory says that the peer is active."""
        self._frozen.discard(peer)
        self._tell_of_peer(peer)

    def tell_of_late_library(self) -> None:
        """The directory tells of a library that others have known for long."""
        if not self._knows_late:
            self._knows_late = True
            body = library_changed(self._cast.late(self._county.name), self._county.name)
            self._command("LibraryChanged", body, origin="directory")

    def make_peace(self, honest: list[str]) -> None:
        """Nothing new is begun, and no freeze, fuse or missing word stands in the way of what has been."""
        self.is_at_work = False
        self.tell_of_late_library()
        for peer in self._peers:
            if peer in honest:
                self._fuses[peer] = OPEN_FUSE
                self.freeze(peer)
                self.thaw(peer)

    def _partner(self) -> tuple[str, int]:
        """Who helps now, and the least of what is agreed on.

        In a ring each is helped by the next one. While a round may be open it is at times the other
        way round, and much: days that would use up what the round has reserved.
        """
        counties, chance, register = self._cast.counties, self._chance, self._register
        at = counties.index(self._county.name)
        next_one = counties[(at + 1) % len(counties)]
        if not register.is_ring or chance.random() < 0.2:
            return chance.choice([*self._peers, next_one, next_one, self._county.name]), 1
        is_round_open = bool(register.rounds) and self._world.seconds < register.quiet_until + ROUND_SECONDS
        if is_round_open and chance.random() < 0.4:
            return counties[at - 1], MOST_HALF_DAYS - 2
        return next_one, 1

    def _decide(self, transfer_id: str, deal: Deal) -> None:
        """The day has been, or was called off; or nobody ever says."""
        if self._world.seconds < self._register.quiet_until:
            self._world.later(QUIET_SECONDS, lambda: self._decide(transfer_id, deal))
            return
        kind = self._chance.choices(("post", "less", "release", "both", "forget"), (70, 10, 12, 4, 4))[0]
        if kind in ("post", "less", "both"):
            less = 1 if kind == "less" and deal.amount > 1 else 0
            body = {"transfer_id": transfer_id, "amount_half_days": deal.amount - less}
            self._command("PostDays", body)
        if kind in ("release", "both"):
            self._command("ReleaseDays", {"transfer_id": transfer_id})

    def _reverse(self, transfer_id: str, amount: int) -> None:
        reversal_id = self._world.new_id()
        original = self._register.deals.get(transfer_id)
        if original is not None:
            self._register.deals[reversal_id] = Deal(
                original.payee_county, original.payer_county, amount, {}, is_reversal=True
            )
        self._county.do(operations.reverse_transfer, reversal_id, transfer_id, amount)

    def _command(self, name: str, body: dict[str, Any], origin: str = "matching") -> None:
        """At least once, as everything."""
        self._county.broker.command(name, body, origin=origin, times=self._chance.choice((1, 1, 1, 2)))

    def _tell_of_peer(self, peer: str) -> None:
        self._versions[peer] += 1
        state = "frozen" if peer in self._frozen else "active"
        body = peer_changed(peer, fuse_half_days=self._fuses[peer], version=self._versions[peer], state=state)
        self._command("PeerChanged", body, origin="directory")

    def _some(self, told: str, **counties: str) -> str | None:
        """A transfer between counties of which the ledger said this last."""
        found = [
            transfer_id
            for transfer_id, deal in self._register.deals.items()
            if deal.told.get(self._county.name) == told
            and deal.payer_county != deal.payee_county
            and not deal.is_reversal
            and all(getattr(deal, name) == county for name, county in counties.items())
        ]
        return self._chance.choice(found) if found else None
