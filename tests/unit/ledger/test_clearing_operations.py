"""A round of clearing in the books of three counties that sign: posted, left out, given up, closed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from clearing_cast import (
    KEYS,
    ROUND,
    close,
    deliver,
    keyed,
    nets,
    owe_in_a_ring,
    propose,
    receive,
    shown,
    stages,
    tick,
)
from ledger_cast import (
    ASKER,
    BAERUM,
    DEICHMAN,
    EIDSKOG,
    HAMAR,
    MANAGER,
    NOW,
    Ledger,
    Scenes,
    number,
    peer_document,
)

from byttebank.clock import parse_time
from byttebank.contracts.received import ReceivedMessage, SentMessage, TooEarly
from byttebank.contracts.refusals import (
    ClearingOpen,
    ClearingWaits,
    FuseReached,
    Malformed,
    NotFound,
    NotNow,
    NotYourRole,
    TooFewCounties,
)
from byttebank.federation.document import open_document, sign_document
from byttebank.federation.keyring import Keyring, KnownKey
from services.ledger import operations
from services.ledger.domain.invariants import mirrors

pytestmark = pytest.mark.simulation
"""Takes seconds: three counties that sign."""

Three = dict[str, Ledger]


def ring(ledgers: Three) -> None:
    """Three counties know each other's keys and owe each other 4, 6 and 5."""
    owe_in_a_ring(keyed(ledgers))


@pytest.fixture
def three(scenes: Scenes) -> Three:
    return scenes.after(ring)


def check(ledgers: Three) -> None:
    """Every book is right, and every pair of books."""
    books = {county: ledger.book() for county, ledger in ledgers.items()}
    assert [ledger.broken_rules() for ledger in ledgers.values()] == [[], [], []]
    broken = [
        sentence
        for one in books.values()
        for other in books.values()
        if one is not other
        for sentence in mirrors(one, other)
    ]
    assert broken == []


def account(ledger: Ledger, account_id: str) -> tuple[int, int]:
    """(debits, credits) of an account."""
    (found,) = [
        one for one in ledger.see(operations.trial_balance)["accounts"] if one["account_id"] == account_id
    ]
    return found["debits"], found["credits"]


def test_a_ring_is_struck_out_in_all_books_and_nobody_gains_or_loses(three: Three) -> None:
    before = {county: sum(nets(ledger).values()) for county, ledger in three.items()}
    assert nets(three["innlandet"]) == {"akershus": -4, "oslo": 5}
    assert propose(three["innlandet"])["stage"] == "stated"
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert nets(three["innlandet"]) == {"akershus": 0, "oslo": 1}
    assert nets(three["akershus"]) == {"innlandet": 0, "oslo": -2}
    assert nets(three["oslo"]) == {"innlandet": -1, "akershus": 2}
    assert {county: sum(nets(ledger).values()) for county, ledger in three.items()} == before
    for ledger in three.values():
        assert account(ledger, f"clearing:{ROUND}") == (4, 4)
        ended = {"round_id": ROUND, "outcome": "applied", "coordinator": "innlandet"}
        told = [("ClearingEnded", {**ended, "cleared_half_days": 12})]
        assert ledger.told() == told, "no library's days have moved"
    check(three)


def test_what_is_owed_gross_shrinks_by_what_is_struck_out(three: Three) -> None:
    propose(three["oslo"])
    deliver(three)
    position = three["innlandet"].position("oslo")
    assert (position["owed_to_us_half_days"], position["owed_by_us_half_days"]) == (1, 0)
    position = three["innlandet"].position("akershus")
    assert (position["owed_to_us_half_days"], position["owed_by_us_half_days"]) == (0, 0)


def test_the_round_can_be_explained(three: Three) -> None:
    propose(three["akershus"])
    deliver(three)
    for ledger in three.values():
        round_ = shown(ledger)
        assert round_["rings"] == [{"half_days": 4, "counties": ["akershus", "oslo", "innlandet"]}]
        assert (round_["owed_half_days"], round_["cleared_half_days"]) == (15, 12)
        assert round_["positions"][0] == {
            "debtor": "akershus",
            "creditor": "oslo",
            "owed_half_days": 6,
            "cleared_half_days": 4,
        }
        assert round_["counties"] == round_["answered"] == round_["accepted"]
        assert (round_["coordinator"], round_["left_out"], round_["reserved"]) == ("akershus", [], [])
        assert round_["ended_at"] is not None
    assert [one["id"] for one in three["oslo"].see(operations.clearing_rounds)] == [ROUND]


def test_everything_again_changes_nothing(three: Three) -> None:
    propose(three["innlandet"])
    messages = []
    while batch := [
        (receiver, message)
        for sender in three.values()
        for receiver in three.values()
        if sender is not receiver
        for message in sender.sent(receiver.county)
    ]:
        for receiver, message in batch:
            receive(receiver, message)
            receive(receiver, message)
        messages += batch
    before = [ledger.book() for ledger in three.values()]
    for receiver, message in reversed(messages):
        receive(receiver, message)
    assert propose(three["innlandet"])["stage"] == "applied"
    tick(*three.values())
    assert deliver(three) == []
    assert [ledger.book() for ledger in three.values()] == before


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


def test_the_next_round_begins_with_what_is_left(three: Three) -> None:
    propose(three["innlandet"])
    deliver(three)
    three["akershus"].reserve(7, 3, payer_library_id=BAERUM, payee_library_id=HAMAR)
    three["akershus"].post(7, 3)
    deliver(three)
    propose(three["oslo"], number(9002))
    deliver(three)
    round_ = shown(three["oslo"], number(9002))
    assert round_["abort_reason"] == "nothing_to_clear", round_
    assert set(stages(three, number(9002)).values()) == {"left"}
    check(three)


# Who is not there.


def test_a_county_that_is_cut_off_is_left_out_and_the_others_find_no_ring(three: Three) -> None:
    propose(three["innlandet"])
    kept = deliver(three, cut_off=("oslo",))
    three["innlandet"].pass_time(hours=1)
    tick(*three.values())
    kept += deliver(three, cut_off=("oslo",))
    assert shown(three["akershus"])["stage"] == "left"
    assert shown(three["akershus"])["answered"] == ["akershus", "innlandet"]
    for receiver, message in kept:
        receive(receiver, message)
    deliver(three)
    assert nets(three["oslo"])["innlandet"] == -5
    check(three)


def test_a_county_that_is_cut_off_after_its_position_makes_the_coordinator_abort(three: Three) -> None:
    propose(three["innlandet"])
    for county in ("akershus", "oslo"):
        for message in three["innlandet"].sent(county):
            receive(three[county], message)
    for county in ("akershus", "oslo"):
        for message in three[county].sent("innlandet"):
            receive(three["innlandet"], message)
    kept = deliver(three, cut_off=("oslo",))
    assert stages(three) == {"innlandet": "accepted", "akershus": "accepted", "oslo": "stated"}
    three["innlandet"].pass_time(hours=24)
    tick(*three.values())
    kept += deliver(three, cut_off=("oslo",))
    assert stages(three) == {"innlandet": "aborted", "akershus": "aborted", "oslo": "left"}
    for receiver, message in kept:
        receive(receiver, message)
    deliver(three)
    assert nets(three["innlandet"]) == {"akershus": -4, "oslo": 5}
    assert all(not shown(ledger)["reserved"] for ledger in three.values())
    check(three)


def accepted_by_all(three: Three, coordinator: str = "innlandet") -> None:
    """Everybody has accepted, and the coordinator is cut off before it hears of it."""
    propose(three[coordinator])
    others = [county for county in three if county != coordinator]
    for _ in range(2):
        for county in others:
            for message in three[coordinator].sent(county):
                receive(three[county], message)
        if set(stages(three).values()) == {"accepted"}:
            return
        for county in others:
            for message in three[county].sent(coordinator):
                receive(three[coordinator], message)


def test_with_the_coordinator_dead_nothing_is_posted_until_all_others_have_closed(three: Three) -> None:
    accepted_by_all(three)
    assert set(stages(three).values()) == {"accepted"}
    with pytest.raises(ClearingWaits):
        close(three["akershus"])
    three["akershus"].pass_time(hours=24)
    tick(three["akershus"], three["oslo"])
    assert close(three["akershus"])["stage"] == "closing"
    assert close(three["akershus"])["stage"] == "closing"
    assert shown(three["akershus"])["reserved"] != []
    assert nets(three["akershus"]) == {"innlandet": 4, "oslo": -6}
    for message in three["akershus"].sent("oslo"):
        receive(three["oslo"], message)
    for message in three["oslo"].sent("akershus"):
        receive(three["akershus"], message)
    assert stages(three) == {"innlandet": "accepted", "akershus": "closed", "oslo": "closed"}
    assert shown(three["akershus"])["reserved"] == []
    assert nets(three["akershus"]) == {"innlandet": 4, "oslo": -6}
    check(three)


def test_a_coordinator_that_returns_after_the_closing_joins_it(three: Three) -> None:
    accepted_by_all(three)
    three["akershus"].pass_time(hours=24)
    close(three["akershus"])
    kept = deliver(three, cut_off=("innlandet",))
    assert stages(three) == {"innlandet": "accepted", "akershus": "closed", "oslo": "closed"}
    for receiver, message in kept:
        receive(receiver, message)
    deliver(three)
    assert stages(three) == {"innlandet": "aborted", "akershus": "closed", "oslo": "closed"}
    assert all(not shown(ledger)["reserved"] for ledger in three.values())
    check(three)


def test_who_hears_nothing_for_days_closes_by_itself(three: Three) -> None:
    accepted_by_all(three)
    three["akershus"].pass_time(days=4, hours=1)
    tick(three["akershus"], three["oslo"])
    deliver(three, cut_off=("innlandet",))
    assert stages(three)["akershus"] == stages(three)["oslo"] == "closed"


# Positions that are reserved.


def test_opposite_days_do_not_use_up_a_reserved_position(three: Three) -> None:
    """Oslo owes Innlandet 5. Were that not reserved, Innlandet could owe Oslo 8 under a fuse of 3."""
    innlandet = three["innlandet"]
    innlandet.do(operations.peer_changed, peer_document("oslo", 2, fuse_half_days=3))
    accepted_by_all(three)
    refused = innlandet.reserve(21, 5, payee_library_id=DEICHMAN)
    assert refused["code"] == FuseReached.code
    assert "code" not in innlandet.reserve(22, 4, payee_library_id=DEICHMAN), "4 are reserved, 1 is not"
    three["innlandet"].pass_time(hours=24)
    tick(innlandet)
    assert shown(innlandet)["stage"] == "aborted"
    assert "code" not in innlandet.reserve(23, 4, payee_library_id=DEICHMAN)
    check(three)


def test_received_days_wait_for_room_that_is_reserved_and_are_decided_when_it_is_free(three: Three) -> None:
    """Innlandet owes Akershus 4, which makes room for Akershus to owe it 4 more than the fuse says."""
    innlandet = three["innlandet"]
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, fuse_half_days=2))
    accepted_by_all(three)
    three["akershus"].reserve(31, 5, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    three["akershus"].post(31, 5)
    (prepare,) = [one for one in three["akershus"].sent("innlandet") if one.message_type == "PREPARE"]
    receive(innlandet, prepare)
    assert innlandet.position("akershus")["waiting_in_half_days"] == 5
    innlandet.pass_time(hours=24)
    tick(innlandet)
    assert innlandet.position("akershus")["waiting_in_half_days"] == 0
    check(three)


def test_days_go_on_both_ways_while_a_round_is_open_and_the_books_agree(three: Three) -> None:
    accepted_by_all(three)
    three["oslo"].reserve(41, 2, payer_library_id=DEICHMAN, payee_library_id=EIDSKOG)
    three["oslo"].post(41, 2)
    three["innlandet"].reserve(42, 9, payee_library_id=DEICHMAN)
    three["innlandet"].post(42, 9)
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert nets(three["innlandet"])["oslo"] == 5 - 4 + 2 - 9
    check(three)


def test_a_pair_with_a_day_on_its_way_is_left_out(three: Three) -> None:
    three["akershus"].reserve(51, 1, payer_library_id=ASKER, payee_library_id=DEICHMAN)
    three["akershus"].post(51, 1)
    for message in three["akershus"].sent("oslo"):
        receive(three["oslo"], message)
    fulfil = three["oslo"].sent("akershus")
    propose(three["innlandet"])
    deliver(three)
    assert shown(three["innlandet"])["left_out"] == [["akershus", "oslo"]]
    assert shown(three["innlandet"])["abort_reason"] == "nothing_to_clear"
    for message in fulfil:
        receive(three["akershus"], message)
    propose(three["innlandet"], number(9002))
    deliver(three)
    assert shown(three["innlandet"], number(9002))["cleared_half_days"] == 12
    check(three)


# Proposing.


def test_one_round_at_a_time(three: Three) -> None:
    accepted_by_all(three)
    with pytest.raises(ClearingOpen):
        propose(three["akershus"], number(9002))
    with pytest.raises(ClearingOpen):
        propose(three["innlandet"], number(9002))


def test_a_leg_of_clearing_is_not_taken_back(three: Three) -> None:
    propose(three["innlandet"])
    deliver(three)
    legs = [one for one in three["innlandet"].book().transfers.values() if one.is_clearing()]
    assert len(legs) == 2
    for leg in legs:
        with pytest.raises(NotNow):
            three["innlandet"].do(operations.reverse_transfer, number(77), leg.id, 1)
        with pytest.raises(NotNow):
            three["innlandet"].do(operations.request_reversal, leg.id, 1, "disputed")


def test_the_statement_with_a_county_says_what_was_struck_out(three: Three) -> None:
    propose(three["innlandet"])
    deliver(three)
    lines = three["innlandet"].see(operations.peer_statement, "oslo")["lines"]
    assert [(line["kind"], line["change_half_days"], line["balance_half_days"]) for line in lines] == [
        ("clearing", -4, 1),
        ("work", 5, 5),
    ]
    assert lines[0]["engagement_id"] is None


def test_only_the_county_library_proposes_and_closes(three: Three) -> None:
    for operation in (operations.propose_clearing, operations.close_clearing):
        with pytest.raises(NotYourRole):
            three["innlandet"].do(operation, KEYS["innlandet"], ROUND, MANAGER)
    with pytest.raises(NotFound):
        close(three["innlandet"])
    assert three["innlandet"].see(operations.clearing_rounds) == []


def test_two_counties_alone_have_no_ring_to_clear(three: Three) -> None:
    three["innlandet"].do(operations.peer_changed, peer_document("oslo", 2, state="frozen"))
    with pytest.raises(TooFewCounties):
        propose(three["innlandet"])


def test_the_months_round_is_proposed_once_by_the_county_whose_turn_it_is(three: Three) -> None:
    tick(*three.values())
    assert all(not ledger.see(operations.clearing_rounds) for ledger in three.values()), (
        "a book of this month"
    )
    three["innlandet"].pass_time(days=10)
    assert three["innlandet"].clock.now().day == 2
    for _ in range(3):
        tick(*three.values())
        deliver(three)
    (round_,) = three["innlandet"].see(operations.clearing_rounds)
    assert (round_["stage"], round_["cleared_half_days"]) == ("applied", 12)
    three["innlandet"].pass_time(days=20)
    tick(*three.values())
    assert len(three["innlandet"].see(operations.clearing_rounds)) == 1
    three["innlandet"].pass_time(days=10)
    tick(*three.values())
    deliver(three)
    first, second = three["innlandet"].see(operations.clearing_rounds)
    assert first["coordinator"] != second["coordinator"]


# Documents that are not what they should be.


def message(peer: str, *documents: bytes, round_id: str = ROUND) -> ReceivedMessage:
    """A CLEARING message of the peer."""
    payload = {"round_id": round_id, "documents": [one.decode() for one in documents]}
    return ReceivedMessage(peer, "CLEARING", 1, payload, "0" * 64, number(1), 1)


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


def test_what_a_restored_county_had_signed_stands_again(three: Three, tmp_path: Path) -> None:
    """Akershus is restored to before the round. Its peers return what it sent, and send again what it got."""
    akershus, innlandet = three["akershus"], three["innlandet"]
    with akershus.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    backup = shutil.copy(akershus.file, tmp_path / "backup.sqlite")
    propose(innlandet)
    lost, returned = [], []
    for _ in range(2):
        for county in ("akershus", "oslo"):
            for one in innlandet.sent(county):
                receive(three[county], one)
                lost += [one] if county == "akershus" else []
        if shown(akershus)["stage"] == "accepted":
            break
        for county in ("akershus", "oslo"):
            for one in three[county].sent("innlandet"):
                receive(innlandet, one)
                returned += [one] if county == "akershus" else []
    accept = akershus.sent("innlandet")
    akershus.start_over(Path(backup))
    assert akershus.see(operations.clearing_rounds) == []
    for one in [*returned, *accept]:
        own = SentMessage("innlandet", "CLEARING", 1, one.payload, "0" * 64, one.message_id, NOW)
        akershus.do(operations.own_clearing_documents, own)
    for one in lost:
        receive(akershus, one)
    assert shown(akershus)["stage"] == "accepted"
    assert akershus.sent("innlandet") == [], "nothing is signed anew"
    assert {one["owed_half_days"] for one in shown(akershus)["reserved"]} == {4, 6}
    for one in accept:
        receive(innlandet, one)
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert shown(innlandet)["contradictions"] == []
    check(three)


def test_what_is_reserved_and_until_when_is_shown(three: Three) -> None:
    propose(three["innlandet"])
    round_ = shown(three["innlandet"])
    assert parse_time(round_["answer_by_at"]) < parse_time(round_["accept_by_at"])
    assert (round_["stage"], round_["cleared_half_days"], round_["rings"]) == ("stated", 0, [])
    assert [(one["debtor"], one["creditor"], one["owed_half_days"]) for one in round_["reserved"]] == [
        ("innlandet", "akershus", 4),
        ("oslo", "innlandet", 5),
    ]
