"""Documents of a round as large as one may be: they fit into envelopes, and are checked in time."""

import time
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from byttebank.contracts.clearing import MAX_COUNTIES
from byttebank.federation.envelope import seal
from byttebank.federation.header import EnvelopeHeader
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.federation.keys import SigningKey
from byttebank.federation.papers import Paper, in_parcels
from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_acts import Act, next_act
from services.ledger.domain.clearing_writing import body_of, propose, stage_after
from services.ledger.operations.clearing_papers import accept_parts, open_papers, sign_paper

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROUND = "01a2032c-0000-7000-8000-000000000777"
ENVELOPE_OCTETS = 64 * 1024


class Signers:
    """So many counties with keys and a debt or claim towards every other one."""

    def __init__(self, count: int) -> None:
        random = Random(count)
        self.keys = {
            f"a-county-with-a-name-as-long-as-{number:08d}": SigningKey.from_seed(number.to_bytes(32, "big"))
            for number in range(1, count + 1)
        }
        self.names = sorted(self.keys)
        self.owed = {
            (one, other): random.choice((-1, 1)) * random.randint(1, 400)
            for place, one in enumerate(self.names)
            for other in self.names[place + 1 :]
        }
        self.keyring = Keyring(KnownKey(name, key.public_key, NOW) for name, key in self.keys.items())

    def sign(self, county: str, body: dict[str, Any]) -> Paper:
        """The body, signed by the county."""
        work: Any = SimpleNamespace(county=county, now=NOW)
        return sign_paper(work, self.keys[county], body)

    def position(self, county: str, round_: Round) -> Paper:
        """The county's POSITION with large numbers."""
        positions = [
            {
                "county": other,
                "owed_half_days": self.owed.get((county, other)) or -self.owed[other, county],
                "sent_seq": 1_000_000_007,
                "received_seq": 1_000_000_007,
            }
            for other in self.names
            if other != county
        ]
        body = body_of(Act.STATE, round_, positions=positions)
        assert body is not None
        return self.sign(county, body)


def a_round_up_to_commit(signers: Signers) -> Round:
    """What the coordinator has when it has signed COMMIT."""
    coordinator = signers.names[0]
    proposal = signers.sign(coordinator, propose(ROUND, signers.names, NOW, LATER))
    round_ = Round(ROUND, coordinator, "heard", (proposal,))
    positions = tuple(signers.position(county, round_) for county in signers.names)
    round_ = Round(ROUND, coordinator, "stated", (proposal, *positions))
    for act, signing in ((Act.CHOOSE, [coordinator]), (Act.ACCEPT, signers.names)):
        assert next_act(round_, NOW, is_free=True) is act
        body = body_of(act, round_)
        assert body is not None
        papers = (*round_.papers, *(signers.sign(county, body) for county in signing))
        round_ = Round(ROUND, coordinator, stage_after(act, round_.stage), papers)
    assert next_act(round_, NOW, is_free=True) is Act.COMMIT
    body = body_of(Act.COMMIT, round_, accepts=accept_parts(round_.agreeing("ACCEPT")))
    assert body is not None
    return Round(ROUND, coordinator, "accepted", (*round_.papers, signers.sign(coordinator, body)))


def envelope_octets(round_: Round, papers: list[Paper]) -> list[int]:
    """How many octets the envelopes take that carry the documents."""
    header = EnvelopeHeader(
        sender="a",
        recipient="b",
        service="ledger",
        message_id=ROUND,
        type="CLEARING",
        type_version=1,
        created_at=NOW,
        epoch=1,
        seq=1,
        prev_hash="0" * 64,
    )
    key = SigningKey.from_seed(b"\1" * 32)
    payloads = [{"round_id": round_.id, "documents": texts} for texts in in_parcels(papers)]
    return [len(seal(payload, header=header, key=key)) for payload in payloads]


@pytest.mark.simulation
def test_the_largest_round_fits_into_envelopes() -> None:
    round_ = a_round_up_to_commit(Signers(MAX_COUNTIES))
    assert len(round_.papers) == 1 + MAX_COUNTIES + 1 + MAX_COUNTIES + 1
    sizes = envelope_octets(round_, list(round_.papers))
    assert max(sizes) < ENVELOPE_OCTETS, sizes
    commit = round_.find("COMMIT")
    assert commit is not None
    assert envelope_octets(round_, [commit])[0] < ENVELOPE_OCTETS


@pytest.mark.simulation
@pytest.mark.parametrize("count", [58])
def test_every_county_of_a_large_round_is_checked_and_computed_in_seconds(count: int) -> None:
    signers = Signers(count)
    round_ = a_round_up_to_commit(signers)
    began = time.process_time()
    texts = [paper.octets.decode() for paper in round_.papers]
    papers = open_papers(ROUND, texts, signers.keyring)
    reader = Round(ROUND, signers.names[-1], "accepted", tuple(papers))
    assert reader.is_committed
    assert time.process_time() - began < 5
    assert next_act(reader, NOW, is_free=True) is Act.APPLY
    assert reader.result is not None
    assert len(reader.bound) == count
    share = sum(reader.result.cleared.values()) / sum(reader.result.owed.values())
    assert share > 0.8


def test_a_commit_brings_the_accepts_that_it_encloses() -> None:
    signers = Signers(4)
    round_ = a_round_up_to_commit(signers)
    without = [one.octets.decode() for one in round_.papers if one.kind != "ACCEPT"]
    reader = Round(ROUND, signers.names[1], "accepted", tuple(open_papers(ROUND, without, signers.keyring)))
    assert set(reader.agreeing("ACCEPT")) == set(reader.bound)
    assert reader.is_committed
