"""A clearing round as a set of signed documents, and what follows from the set for one county.

Documents only add up, so it does not matter in which order they come or how often. Nothing is posted but on
a *certificate*: COMMIT by the coordinator with the ACCEPT of every county that has something to strike out,
all for one result that each has computed itself. The coordinator writes COMMIT or ABORT once.

It may have written COMMIT and be lost before anybody got it, so those who accepted cannot give up on their
own. They vote: APPLIED (posted, and never to sign CLOSE) or CLOSE (not posted, and not to be unless somebody
has voted APPLIED). The coordinator has no vote and therefore posts only after the first APPLIED. So either
somebody has posted, and then all who accepted will, or all others have signed CLOSE and nobody ever does.
(Skeen, *Nonblocking commit protocols*, 1981: what one coordinator alone knows must not decide.)

A county that has not signed ACCEPT may leave by its own clock: without its ACCEPT there is no certificate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from byttebank.clock import parse_time
from byttebank.contracts.clearing import SOLVER
from byttebank.federation.papers import Paper
from services.ledger.domain.clearing_result import Result, compute


@dataclass(frozen=True)
class Round:
    """What `county` knows of a round. `papers`: every checked document, in the order it came."""

    id: str
    county: str
    stage: str = "heard"
    papers: Sequence[Paper] = field(default_factory=tuple)

    def find(self, kind: str, signer: str | None = None) -> Paper | None:
        """The first such document."""
        return next(
            (paper for paper in self.papers if paper.kind == kind and signer in (None, paper.signer)), None
        )

    def all_of(self, kind: str) -> dict[str, Paper]:
        """The first document of that kind of each county, by county."""
        found: dict[str, Paper] = {}
        for paper in self.papers:
            if paper.kind == kind:
                found.setdefault(paper.signer, paper)
        return dict(sorted(found.items()))

    @cached_property
    def proposal(self) -> Paper | None:
        """The PROPOSE that counts, well formed."""
        return next(
            (one for one in self.papers if one.kind == "PROPOSE" and _is_proposal(one, self.county)), None
        )

    @property
    def coordinator(self) -> str | None:
        """Who proposed."""
        return self.proposal.signer if self.proposal else None

    @property
    def counties(self) -> list[str]:
        """Everybody who was asked."""
        return list(self.proposal.body["counties"]) if self.proposal else []

    @cached_property
    def positions(self) -> dict[str, Paper]:
        """Each county's POSITION for this proposal."""
        return {
            county: paper
            for county, paper in self.all_of("POSITION").items()
            if county in self.counties and self._is_of_proposal(paper)
        }

    @cached_property
    def chosen(self) -> Paper | None:
        """The coordinator's INPUT, once every POSITION it names is here."""
        paper = self.find("INPUT", self.coordinator)
        if paper is None or not self._is_of_proposal(paper) or not self._counted(paper):
            return None
        return paper

    @cached_property
    def result(self) -> Result | None:
        """What the INPUT comes to."""
        if self.chosen is None:
            return None
        positions = {county: paper.body["positions"] for county, paper in self._counted(self.chosen).items()}
        return compute(self.id, self.chosen.body_hash, positions)

    @property
    def bound(self) -> list[str]:
        """The counties with something to strike out."""
        return self.result.bound if self.result else []

    @property
    def voters(self) -> list[str]:
        """Those whose CLOSE it takes: the bound ones but the coordinator."""
        return [county for county in self.bound if county != self.coordinator]

    @cached_property
    def is_committed(self) -> bool:
        """Whether the certificate stands: COMMIT, and the ACCEPT of every bound county, for our result."""
        commit = self.find("COMMIT", self.coordinator)
        accepts = self.agreeing("ACCEPT")
        return commit is not None and self._agrees(commit) and set(self.bound) <= set(accepts)

    def agreeing(self, kind: str) -> dict[str, Paper]:
        """Documents by bound counties for the result that we have found."""
        return {
            county: paper
            for county, paper in self.all_of(kind).items()
            if county in self.bound and self._agrees(paper)
        }

    @property
    def closers(self) -> set[str]:
        """Voters that have signed CLOSE."""
        closes = self.all_of("CLOSE").items()
        chosen = self.chosen.body_hash if self.chosen else None
        return {one for one, paper in closes if one in self.voters and paper.body["input_hash"] == chosen}

    @property
    def is_closed_by_all(self) -> bool:
        """Whether every voter has signed CLOSE."""
        return bool(self.voters) and set(self.voters) <= self.closers

    @property
    def is_applied_by_another(self) -> bool:
        """Whether a voter besides us has posted the result."""
        return bool(set(self.agreeing("APPLIED")) & set(self.voters) - {self.county})

    def deadline(self, name: str) -> datetime:
        """`answer_by_at` or `accept_by_at` of the proposal."""
        assert self.proposal is not None
        return parse_time(self.proposal.body[name])

    def contradictions(self) -> list[str]:
        """Documents of one county that cannot both be true, as sentences: proof against their signer."""
        return sorted({sentence for _, sentence in self._contradicting()})

    @property
    def contradicting(self) -> set[str]:
        """The counties that have signed documents that cannot both be true."""
        return {signer for signer, _ in self._contradicting()}

    def _contradicting(self) -> list[tuple[str, str]]:
        found = []
        first: dict[tuple[str, str], Paper] = {}
        for paper in self.papers:
            known = first.setdefault((paper.kind, paper.signer), paper)
            if known.body_hash != paper.body_hash:
                found.append((paper.signer, f"{paper.signer} has signed two different {paper.kind}"))
        found += [
            (signer, f"{signer} has signed both {one} and {other}")
            for one, other in (("COMMIT", "ABORT"), ("APPLIED", "CLOSE"))
            for kind, signer in sorted(first)
            if kind == one and (other, signer) in first
        ]
        return found

    def _is_of_proposal(self, paper: Paper) -> bool:
        return self.proposal is not None and paper.body["proposal_hash"] == self.proposal.body_hash

    def _agrees(self, paper: Paper) -> bool:
        result = self.result
        return result is not None and (
            (paper.body["input_hash"], paper.body["result_hash"]) == (result.input_hash, result.hash)
        )

    def _counted(self, chosen: Paper) -> dict[str, Paper]:
        """The POSITIONs that the INPUT names; {} unless all are here and of this proposal."""
        named: Mapping[str, str] = chosen.body["positions"]
        by_hash = {
            (one.signer, one.body_hash): one
            for one in self.papers
            if one.kind == "POSITION" and self._is_of_proposal(one)
        }
        if not set(named) <= set(self.counties) or any(pair not in by_hash for pair in named.items()):
            return {}
        return {county: by_hash[county, named[county]] for county in sorted(named)}


def _is_proposal(paper: Paper, county: str) -> bool:
    counties = paper.body["counties"]
    return (
        paper.body["solver"] == SOLVER
        and counties == sorted(set(counties))
        and {paper.signer, county} <= set(counties)
        and parse_time(paper.body["answer_by_at"]) <= parse_time(paper.body["accept_by_at"])
    )
