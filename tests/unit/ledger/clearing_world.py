"""Counties in one round of clearing over a wire that a test controls: the pure rules, nothing stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from byttebank.federation.papers import Paper
from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_acts import Act, next_act
from services.ledger.domain.clearing_result import legs_of
from services.ledger.domain.clearing_writing import body_of, parcels, propose, stage_after

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANSWER_BY, ACCEPT_BY = NOW + timedelta(hours=1), NOW + timedelta(hours=24)
ROUND = "01a2032c-0000-7000-8000-000000000777"
RING = {("a", "b"): 4, ("b", "c"): 5, ("c", "a"): 6}


def paper(signer: str, body: dict[str, Any]) -> Paper:
    """A document as if its signature had been checked."""
    return Paper(body["kind"], signer, body, b"", NOW)


def stated(county: str, owed: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """What the county's POSITION says."""
    return [
        {"county": other, "owed_half_days": amount, "sent_seq": 0, "received_seq": 0}
        for other, amount in legs_of(owed, county).items()
    ]


@dataclass(frozen=True)
class Parcel:
    """Documents on their way from one county to another."""

    sender: str
    receiver: str
    papers: tuple[Paper, ...]

    @property
    def name(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What tells it from others: honest counties never send two that differ only inside."""
        return self.sender, self.receiver, tuple((one.kind, one.signer) for one in self.papers)


@dataclass
class World:
    """The counties, what is on its way, and what each has posted."""

    rounds: dict[str, Round]
    owed: Mapping[tuple[str, str], int]
    wire: list[Parcel] = field(default_factory=list)
    posted: dict[str, dict[str, int]] = field(default_factory=dict)
    now: datetime = NOW
    lost: frozenset[str] = frozenset()
    acts: list[tuple[str, Act]] = field(default_factory=list)

    def copy(self) -> "World":
        """Another world that goes its own way from here."""
        return World(
            dict(self.rounds),
            self.owed,
            list(self.wire),
            dict(self.posted),
            self.now,
            self.lost,
            list(self.acts),
        )

    def learn(self, county: str, papers: Iterable[Paper]) -> None:
        """The county knows these too, and does what follows."""
        round_ = self.rounds[county]
        known = {(one.kind, one.signer, one.body_hash) for one in round_.papers}
        new = [one for one in papers if (one.kind, one.signer, one.body_hash) not in known]
        self.rounds[county] = replace(round_, papers=(*round_.papers, *new))
        self.go_on(county)

    def go_on(self, county: str) -> None:
        """Whatever the county has to do now is done."""
        while county not in self.lost:
            act = next_act(self.rounds[county], self.now, is_free=True)
            if act is None:
                return
            self.do(county, act)

    def do(self, county: str, act: Act) -> None:
        """One act, as the operation does it."""
        round_ = self.rounds[county]
        self.acts.append((county, act))
        accepts = dict.fromkeys(round_.bound, ("", "", ""))
        body = body_of(act, round_, positions=stated(county, self.owed), accepts=accepts)
        signed = paper(county, body) if body else None
        papers = (*round_.papers, signed) if signed else round_.papers
        round_ = replace(round_, papers=papers, stage=stage_after(act, round_.stage))
        self.rounds[county] = round_
        receivers, sent = parcels(act, round_, signed)
        if any(one.kind == "COMMIT" for one in sent):  # A real COMMIT encloses them.
            sent = [*round_.agreeing("ACCEPT").values(), *sent]
        self.wire += [Parcel(county, receiver, tuple(sent)) for receiver in receivers]
        if act is Act.APPLY:
            assert county not in self.posted, "posted twice"
            assert round_.result is not None
            self.posted[county] = legs_of(round_.result.cleared, county)

    def deliver(self, place: int, *, keeps: bool = False) -> None:
        """A parcel arrives, and may arrive again."""
        parcel = self.wire[place] if keeps else self.wire.pop(place)
        if parcel.receiver not in self.lost:
            self.learn(parcel.receiver, parcel.papers)

    def tick(self, now: datetime) -> None:
        """Time passes and every county looks at its clock."""
        self.now = max(self.now, now)
        for county in self.rounds:
            self.go_on(county)

    def run(self) -> None:
        """Everything on its way arrives, in order."""
        while self.wire:
            self.deliver(0)

    def stages(self) -> dict[str, str]:
        """Each county's stage."""
        return {county: round_.stage for county, round_ in self.rounds.items()}


def world(coordinator: str = "a", owed: Mapping[tuple[str, str], int] = RING, extra: str = "") -> World:
    """A round that `coordinator` has proposed to everybody in `owed`, and to `extra`, who owes nobody."""
    counties = sorted({county for pair in owed for county in pair} | set(extra))
    found = World({county: Round(ROUND, county) for county in counties}, owed)
    proposal = paper(coordinator, propose(ROUND, counties, ANSWER_BY, ACCEPT_BY))
    found.learn(coordinator, [proposal])
    found.wire = [Parcel(coordinator, other, (proposal,)) for other in counties if other != coordinator]
    return found
