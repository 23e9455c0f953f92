"""Settlement between two counties as pure rules: the payee's county decides, once and for ever.

The payer's county (A) sends PREPARE when a day is delivered; the payee's county (B) credits its library and
answers FULFIL, or decides no for a permanent reason and answers REJECT. A never ends a sent transfer by
itself: a clock that ran out could void a day while FULFIL is on its way. Every rule here holds for messages
that come twice, late and out of order; what no honest order can bring about is a `Contradiction`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from byttebank.contracts.refusals import Contradiction, NotNow, Refusal
from services.ledger.domain.transfers import Transfer, check_terms

IN_DOUBT_AFTER = timedelta(minutes=1)
"""A sent transfer that is older and not answered is shown as in doubt. Nothing else follows from its age."""
LONG_IN_DOUBT = timedelta(hours=72)
"""Then somebody should call the other county. It is still never voided by a clock."""
PAYEE_GRACE = timedelta(hours=24)
"""How long a PREPARE for a library we have not heard of waits: our own directory may be late in telling."""


class Act(Enum):
    """What a message brings about."""

    NOTHING = "nothing"
    POST = "post"
    VOID = "void"
    DECIDE = "decide"
    ANSWER = "answer"
    """Send the stored decision again."""
    CREDIT = "credit"
    """Give the stored decision its effect: we said so before a restore, and have lost the PREPARE."""
    TURN_DOWN = "turn_down"


@dataclass(frozen=True)
class Decision:
    """B's decision about one transfer id: `fulfilled` or `rejected`, final. `code` says why it was no."""

    verdict: str
    code: str | None
    prepare_hash: str | None
    """None when CANCEL came before any PREPARE."""


FULFILLED = "fulfilled"
REJECTED = "rejected"


# The payer's county.


def check_cancel(state: str) -> None:
    """The peer may be asked to decide no. Refuses: NotNow unless the transfer is sent and not answered."""
    if state != "prepared":
        raise NotNow(state=state, act="cancel")


def take_fulfil(county: str, transfer_id: str, state: str | None, our_hash: str | None, hash_: str) -> Act:
    """What FULFIL from `county` does to our transfer in `state` (None: no such transfer).

    Refuses: Contradiction when the peer cannot have fulfilled what we sent.
    """
    if state not in ("prepared", "posted"):
        raise Contradiction(county=county, transfer_id=transfer_id, detail=f"FULFIL, but here it is {state}")
    if our_hash != hash_:
        raise Contradiction(county=county, transfer_id=transfer_id, detail="FULFIL of another PREPARE")
    return Act.POST if state == "prepared" else Act.NOTHING


def take_reject(county: str, transfer_id: str, state: str | None) -> Act:
    """What REJECT from `county` does to our transfer in `state`.

    Refuses: Contradiction when it was never sent or has been fulfilled.
    """
    if state not in ("prepared", "voided"):
        raise Contradiction(county=county, transfer_id=transfer_id, detail=f"REJECT, but here it is {state}")
    return Act.VOID if state == "prepared" else Act.NOTHING


# The payee's county.


def take_prepare(
    county: str, transfer_id: str, known_hash: str | None, decision: Decision | None, hash_: str
) -> Act:
    """What PREPARE does: decide, or answer as before. `known_hash`: of the PREPARE we have, if any.

    Refuses: Contradiction when the peer signed another PREPARE with this id before.
    """
    decided_hash = decision.prepare_hash if decision else None
    if {known_hash, decided_hash} - {None, hash_}:
        raise Contradiction(county=county, transfer_id=transfer_id, detail="two PREPAREs with one id")
    if decision and decision.verdict == FULFILLED and known_hash is None:
        return Act.CREDIT
    return Act.ANSWER if decision else Act.DECIDE


def take_cancel(decision: Decision | None) -> Act:
    """What CANCEL does: decide no if nothing is decided (PREPARE seen or not), else answer as before."""
    return Act.ANSWER if decision else Act.TURN_DOWN


@dataclass(frozen=True)
class Original:
    """The transfer that a PREPARE wants to take back, as it stands in our book."""

    transfer: Transfer
    state: str
    unreversed: int


@dataclass(frozen=True)
class Circumstances:
    """What B knows when it decides about a PREPARE."""

    today: date
    now: datetime
    received_at: datetime
    peer_is_active: bool
    room_half_days: int
    """Under the fuse, less everything that waits before this one."""
    payee_county: str | None
    """Where the payee belongs; None when we have not heard of it."""
    payer_county: str | None
    id_is_taken: bool
    """The transfer id stands in our book already, made by another county."""
    is_fulfilled: bool
    """The (engagement, part) has been fulfilled before, net of reversals."""
    original: Original | None


@dataclass(frozen=True)
class Verdict:
    """`fulfilled`, `rejected` with a code for ever, or `waiting` with the reason of the moment."""

    kind: str
    code: str | None = None


def judge(order: Transfer, facts: Circumstances) -> Verdict:
    """B's decision about a PREPARE. No is for permanent reasons only; everything else waits."""
    if not facts.peer_is_active:
        return Verdict("waiting", "frozen")
    if not _is_well_formed(order, facts):
        return Verdict(REJECTED, "malformed")
    if order.reverses is not None:
        return _judge_reversal(order, facts)
    if facts.payee_county is None and facts.now - facts.received_at < PAYEE_GRACE:
        return Verdict("waiting", "payee_unknown")
    if facts.payee_county != order.payee_county:
        return Verdict(REJECTED, "payee_unknown")
    if facts.is_fulfilled:
        return Verdict(REJECTED, "already_fulfilled")
    if order.amount > facts.room_half_days:
        return Verdict("waiting", "fuse")
    return Verdict(FULFILLED)


def leaves_claim(order: Transfer, code: str) -> bool:
    """Whether turning it down leaves a delivered day unpaid."""
    return order.reverses is None and code != "already_fulfilled"


def _is_well_formed(order: Transfer, facts: Circumstances) -> bool:
    try:
        check_terms(order, facts.today)
    except Refusal:
        return False
    return not facts.id_is_taken and facts.payer_county != order.payee_county


def _judge_reversal(order: Transfer, facts: Circumstances) -> Verdict:
    """A reversal ignores limits. It waits for the answer to its original, which may be on its way."""
    original = facts.original
    if original is None or not _mirrors(order, original.transfer):
        return Verdict(REJECTED, "malformed")
    if original.state == "prepared":
        return Verdict("waiting", "original_unanswered")
    if original.state != "posted" or order.amount > original.unreversed:
        return Verdict(REJECTED, "malformed")
    return Verdict(FULFILLED)


def _mirrors(order: Transfer, original: Transfer) -> bool:
    """The days go back the way they came, for the same work."""
    return original.reverses is None and (
        (order.payer_county, order.payee_county, order.payer_library_id, order.payee_library_id)
        == (
            original.payee_county,
            original.payer_county,
            original.payee_library_id,
            original.payer_library_id,
        )
        and (order.engagement_id, order.part, order.unit)
        == (original.engagement_id, original.part, original.unit)
    )
