"""Mistakes that this design exists to not make, each as a change of the real code."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial, wraps
from typing import Any

import pytest

from byttebank.federation import recovery
from byttebank.federation.channel import Decision
from byttebank.federation.jws import HASH_OF_NOTHING
from byttebank.messaging import arrivals, channels, perseverance, together
from byttebank.storage import envelopes, messages
from byttebank.storage.work import Work
from services.ledger import operations
from services.ledger.domain import fuse, settlement
from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_acts import Act
from services.ledger.operations import clearing as clearing_operations
from services.ledger.operations import payee
from services.ledger.storage import book
from simulation.faults import PEACE, Faults

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutation:
    """Shows in one of the lives from seed `first` on with such `faults`, as one of the broken `rules`."""

    name: str
    rules: tuple[str, ...]
    make: Patch
    faults: Faults
    first: int = 0


def void_on_own_timeout(patch: pytest.MonkeyPatch) -> None:
    """A transfer that is not answered for some seconds is voided by the payer's county itself."""
    decide_all_waiting = operations.decide_all_waiting

    def wrong(work: Work) -> None:
        decide_all_waiting(work)
        for account_id in book.list_accounts(work.connection):
            for stored in book.open_of_payer(work.connection, account_id):
                is_late = stored.sent_at is not None and work.now - stored.sent_at > timedelta(seconds=15)
                if is_late and stored.state == "prepared":
                    book.void(work.connection, stored, "expired", work.now)

    patch.setattr(operations, "decide_all_waiting", wrong)


def acknowledge_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The broker may forget the message before its effect is committed."""

    def wrong(apply: Any, park: Any, acknowledge: Any, *, pause: Any, tell: Any) -> str | None:
        acknowledge()
        return perseverance.persevere(apply, park, pause=pause, tell=tell)

    patch.setattr(perseverance, "see_through", wrong)


def no_inbox(patch: pytest.MonkeyPatch) -> None:
    """Nobody remembers which local messages have had their effect."""
    patch.setattr(messages, "remember_all", lambda _, heard, now: set(heard))


def no_inbox_for_peers(patch: pytest.MonkeyPatch) -> None:
    """Nobody remembers which messages of peers have had their effect."""
    decide, judge, add_received = arrivals.decide, arrivals.judge, envelopes.add_received

    def wrong(rule: Callable[..., Decision], *arguments: Any) -> Decision:
        decision = rule(*arguments)
        return Decision.ACCEPT if decision is Decision.DUPLICATE else decision

    def add_once(connection: Any, received: Any, now: Any) -> None:
        for envelope in received:
            seq = envelope.header.seq
            if seq not in envelopes.received_around(connection, envelope.header.sender, seq):
                add_received(connection, [envelope], now)

    patch.setattr(channels, "decide", partial(wrong, decide))
    patch.setattr(together, "judge", partial(wrong, judge))
    patch.setattr(envelopes, "add_received", add_once)


def no_fuse_on_pending(patch: pytest.MonkeyPatch) -> None:
    """Only what is posted counts against the fuse, not what is agreed and on its way."""
    patch.setattr(fuse, "use_out", lambda balance, *_: fuse.owed_by_us(balance))


def no_fuse_on_what_is_owed_to_us(patch: pytest.MonkeyPatch) -> None:
    """Whatever a county says it owes is believed."""
    patch.setattr(fuse, "use_in", lambda *_: -1_000_000)


def signature_not_bound_to_receiver(patch: pytest.MonkeyPatch) -> None:
    """What a county has signed for one county counts at every other."""
    open_envelope = channels.open_envelope

    @wraps(open_envelope)
    def wrong(octets: bytes, *, expected_to: str, **rest: Any) -> Any:
        from simulation.cast import SLUGS

        for county in (expected_to, *SLUGS):
            try:
                return open_envelope(octets, expected_to=county, **rest)
            except channels.EnvelopeError as error:
                if error.code != "wrong_recipient":
                    raise
        return open_envelope(octets, expected_to=expected_to, **rest)

    patch.setattr(channels, "open_envelope", wrong)


def sequence_reused_after_restore(patch: pytest.MonkeyPatch) -> None:
    """A restored county goes on counting from where its backup stood, whatever the peer holds of it."""
    learn = recovery._learn_own_side

    def wrong(channel: Any, theirs: Any, own_hash: str | None) -> Any:
        nothing = replace(theirs, received_seq=0, received_hash=HASH_OF_NOTHING)
        return learn(channel, nothing, own_hash)

    patch.setattr(recovery, "_learn_own_side", wrong)


def reject_for_a_full_fuse(patch: pytest.MonkeyPatch) -> None:
    """A delivered day is turned down for ever because the fuse is full at the moment."""
    judge = settlement.judge

    def wrong(order: Any, facts: Any) -> settlement.Verdict:
        verdict = judge(order, facts)
        return settlement.Verdict(settlement.REJECTED, "malformed") if verdict.code == "fuse" else verdict

    patch.setattr(payee, "judge", wrong)


def clearing_on_bare_accepts(patch: pytest.MonkeyPatch) -> None:
    """Accepts go to everybody, and whoever has them all posts the result without the coordinator's COMMIT."""
    parcels = clearing_operations.parcels

    def to_all(act: Act, round_: Round, signed: Any) -> Any:
        receivers, papers = parcels(act, round_, signed)
        return (
            [one for one in round_.bound if one != round_.county] if act is Act.ACCEPT else receivers,
            papers,
        )

    def is_committed(round_: Round) -> bool:
        return bool(round_.bound) and set(round_.bound) <= set(round_.agreeing("ACCEPT"))

    patch.setattr(clearing_operations, "parcels", to_all)
    patch.setattr(Round, "is_committed", property(is_committed))


def opposite_transfers_use_up_what_is_reserved(patch: pytest.MonkeyPatch) -> None:
    """While a round is open, days the other way count as if what it has reserved were free."""
    use_out, use_in = fuse.use_out, fuse.use_in
    patch.setattr(fuse, "use_out", lambda balance, *_: use_out(balance))
    patch.setattr(fuse, "use_in", lambda balance, waiting, *_: use_in(balance, waiting))


LOSSY = Faults(drop=0.15)
SLOW = Faults(reorder=0.9, slowest_seconds=30.0)
RESTORED = Faults(restore=0.4, drop=0.05)
MUTATIONS = (
    Mutation("void on own timeout", ("mirror",), void_on_own_timeout, SLOW, 4),
    Mutation("acknowledge before commit", ("lost",), acknowledge_before_commit, Faults(crash=0.05)),
    Mutation("no inbox", ("once",), no_inbox, Faults(duplicate=0.3)),
    Mutation("no inbox for peers", ("once",), no_inbox_for_peers, Faults(duplicate=0.3)),
    Mutation("no fuse on pending", ("fuse",), no_fuse_on_pending, SLOW),
    Mutation("no fuse on what is owed to us", ("fuse",), no_fuse_on_what_is_owed_to_us, Faults(lie=0.8)),
    Mutation(
        "signature not bound to the receiver",
        ("accused", "parked"),
        signature_not_bound_to_receiver,
        Faults(misdirect=0.2),
    ),
    Mutation("sequence reuse after restore", ("accused", "number"), sequence_reused_after_restore, RESTORED),
    Mutation("REJECT for a full fuse", ("refused",), reject_for_a_full_fuse, PEACE),
    Mutation("clearing on bare accepts", ("bare",), clearing_on_bare_accepts, LOSSY, 4),
    Mutation("reserved positions used up", ("fuse",), opposite_transfers_use_up_what_is_reserved, LOSSY, 10),
)
