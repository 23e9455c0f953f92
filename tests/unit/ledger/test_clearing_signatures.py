"""Whoever has the keys can check the documents of a round of clearing, and forged ones leave nothing."""

from collections.abc import Callable

import pytest
from clearing_cast import (
    KEYS,
    ROUND,
    Three,
    accepted_by_all,
    check,
    deliver,
    message,
    propose,
    receive,
    shown,
    stages,
)
from ledger_cast import Ledger, number

from byttebank.contracts.received import TooEarly
from byttebank.contracts.refusals import Malformed
from byttebank.federation.document import open_document, sign_document
from byttebank.federation.keyring import Keyring, KnownKey
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: three counties that sign."""


def test_anybody_with_the_keys_can_check_the_documents(three: Three) -> None:
    propose(three["innlandet"])
    deliver(three)
    now = three["oslo"].clock.now()
    keys = Keyring(KnownKey(county, key.public_key, now) for county, key in KEYS.items())
    evidence = three["oslo"].see(operations.clearing_evidence, ROUND)
    kinds = [
        (
            one["kind"],
            open_document(one["document"].encode(), audience=f"clearing/{ROUND}", keyring=keys).signer,
        )
        for one in evidence
    ]
    assert {kind for kind, _ in kinds} == {"PROPOSE", "POSITION", "INPUT", "ACCEPT", "COMMIT", "APPLIED"}
    assert all(one["signer"] == signer for one, (_, signer) in zip(evidence, kinds, strict=True))


def signed(ledger: Ledger, body: dict[str, object], signer: str = "akershus", key: str = "akershus") -> bytes:
    """A document, signed with some county's key."""
    now = ledger.clock.now()
    return sign_document(body, audience=f"clearing/{ROUND}", signer=signer, created_at=now, key=KEYS[key])


def test_a_forged_document_is_refused_and_leaves_nothing(three: Three) -> None:
    body = {"kind": "ABORT", "round": ROUND, "reason": "late"}
    accepted_by_all(three)
    forgeries: list[Callable[[], bytes]] = [
        lambda: b"not a document",
        lambda: signed(three["oslo"], body, signer="innlandet", key="innlandet")[:-9] + b'AAAAAAA"}',
        lambda: signed(three["oslo"], {**body, "round": number(1)}),
        lambda: signed(three["oslo"], {"kind": "ABORT", "round": ROUND}),
    ]
    for forgery in forgeries:
        with pytest.raises(Malformed):
            receive(three["oslo"], message("innlandet", forgery()))
    with pytest.raises(TooEarly):
        receive(three["oslo"], message("innlandet", signed(three["oslo"], body, "innlandet", "akershus")))
    receive(three["oslo"], message("innlandet", signed(three["oslo"], body)))
    assert shown(three["oslo"])["stage"] == "accepted", "only the coordinator's ABORT counts"


def test_a_coordinator_that_signs_both_is_shown_as_one_that_did(three: Three) -> None:
    accepted_by_all(three)
    body = {"kind": "ABORT", "round": ROUND, "reason": "late"}
    abort = signed(three["oslo"], body, signer="innlandet", key="innlandet")
    receive(three["oslo"], message("innlandet", abort))
    assert shown(three["oslo"])["stage"] == "aborted"
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert shown(three["oslo"])["contradictions"] == ["innlandet has signed both COMMIT and ABORT"]
    check(three)
    told = [body for name, body in three["oslo"].told() if name == "PeerEquivocated"]
    assert told == [{"county": "innlandet", "service": "ledger", "seq": 0, "clearing_round_id": ROUND}]
    receive(three["oslo"], message("innlandet", abort))
    assert all(name != "PeerEquivocated" for name, _ in three["oslo"].told()), "once is enough"
    assert all(name != "PeerEquivocated" for name, _ in three["akershus"].told()), "it has not seen both"
