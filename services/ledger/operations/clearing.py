"""Clearing between counties: proposing a round, taking its documents, and doing what follows from them."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from byttebank import telemetry
from byttebank.contracts.clearing import MAX_COUNTIES
from byttebank.contracts.received import ReceivedMessage, SentMessage
from byttebank.contracts.refusals import (
    ClearingOpen,
    ClearingWaits,
    NotFound,
    NotNow,
    SameKeyOtherBody,
    TooFewCounties,
)
from byttebank.federation.keys import SigningKey
from byttebank.federation.papers import Paper, in_parcels
from byttebank.storage.channels import keyring, unsure_peers
from byttebank.storage.work import Work
from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_acts import ENDS, OPEN, Act, may_close, next_act
from services.ledger.domain.clearing_writing import (
    body_of,
    coordinator_of,
    parcels,
    propose,
    stage_after,
)
from services.ledger.operations.acting import county_actor
from services.ledger.operations.clearing_papers import (
    accept_parts,
    open_papers,
    sign_paper,
)
from services.ledger.operations.clearing_posting import (
    free,
    our_positions,
    post_legs,
    reserve_legs,
    reserve_stated,
)
from services.ledger.operations.clearing_view import clearing_round
from services.ledger.operations.payee import lock_peers
from services.ledger.storage import clearing, copies

ANSWER_WITHIN = timedelta(hours=1)
ACCEPT_WITHIN = timedelta(hours=24)
RECENT = 5
"""Of the rounds in which we have nothing reserved, so many may still need us."""
LEAST_COUNTIES = 3
"""A ring has three at least."""
MONTHLY = uuid.UUID("5d1c8a52-51f5-4a0e-9d3e-2f6f1f0f7c11")
"""The name space of the monthly rounds' ids (RFC 9562, 5.5)."""
_log = telemetry.logger(__name__)


def propose_clearing(work: Work, key: SigningKey, round_id: str, actor: Any) -> dict[str, Any]:
    """A round with every county we exchange with is proposed, this county its coordinator; `ClearingRound`.

    Refuses: NotYourRole; ClearingOpen; TooFewCounties; SameKeyOtherBody for another county's round.
    """
    county_actor(actor)
    _propose(work, key, round_id)
    return clearing_round(work, round_id)


def close_clearing(work: Work, key: SigningKey, round_id: str, actor: Any) -> dict[str, Any]:
    """We ask the others to end a round whose coordinator is silent: CLOSE is signed; `ClearingRound`.

    Nothing is free again before every other county has signed it too. Again it changes nothing.
    Refuses: NotYourRole; NotFound; ClearingWaits before the last hour for accepts; NotNow when there is
    nothing of ours to end.
    """
    county_actor(actor)
    clearing.lock_round(work.connection, round_id, work.now)
    round_ = _load(work, round_id)
    if round_.proposal is None:
        raise NotFound(kind="clearing_round", id=round_id)
    if round_.find("CLOSE", work.county) is None:
        if round_.stage in OPEN and work.now < round_.deadline("accept_by_at"):
            raise ClearingWaits(date=round_.deadline("accept_by_at").date().isoformat())
        if not may_close(round_, work.now):
            raise NotNow(state=round_.stage, act="close")
        _go_on(work, key, _do(work, key, round_, Act.CLOSE))
    return clearing_round(work, round_id)


def clearing_documents(work: Work, key: SigningKey, message: ReceivedMessage) -> None:
    """The documents of a peer's message are among the round's, and what follows from them is done.

    Twice is once. Refuses: as `open_papers`; nothing is kept then.
    """
    _learn(work, key, message.payload)


def own_clearing_documents(work: Work, message: SentMessage) -> None:
    """What we had signed and lost is among the round's documents again, and our positions are reserved."""
    round_id = message.payload["round_id"]
    round_ = _add(work, round_id, message.payload["documents"])
    signed = {paper.kind for paper in round_.papers if paper.signer == work.county}
    if round_.stage in ("heard", "stated") and signed & {"POSITION", "ACCEPT"}:
        round_ = replace(round_, stage="accepted" if "ACCEPT" in signed else "stated")
        reserve_stated(work, round_)
    clearing.store_stage(work.connection, round_, None)


def go_on_clearing(work: Work, key: SigningKey) -> None:
    """What time has made possible in the open rounds is done, and the month's round is proposed if it is due.

    For the timer.
    """
    is_open = clearing.round_ids(work.connection, stages=OPEN)
    was_open = clearing.round_ids(work.connection, stages=("heard", "left", "aborted"), limit=RECENT)
    for round_id in [*is_open, *was_open]:
        clearing.lock_round(work.connection, round_id, work.now)
        _go_on(work, key, _load(work, round_id))
    _propose_monthly(work, key)


def _learn(work: Work, key: SigningKey, payload: dict[str, Any]) -> None:
    _go_on(work, key, _add(work, payload["round_id"], payload["documents"]))


def _add(work: Work, round_id: str, texts: list[str]) -> Round:
    papers = open_papers(round_id, texts, keyring(work.connection))
    clearing.lock_round(work.connection, round_id, work.now)
    before = _load(work, round_id)
    round_ = replace(before, papers=clearing.add_papers(work.connection, before, papers, work.now))
    _stop_contradicting(work, before, round_)
    return round_


def _stop_contradicting(work: Work, before: Round, round_: Round) -> None:
    """A peer whose documents cannot both be true is frozen, as one with two messages of one number is.

    What it has signed in the round still counts: a COMMIT with all ACCEPTs is posted.
    """
    for county in sorted(round_.contradicting - before.contradicting - {work.county}):
        _log.error("A county contradicts itself in a clearing", peer=county, round=round_.id)
        work.emit(
            "PeerEquivocated",
            {"county": county, "service": "ledger", "seq": 0, "clearing_round_id": round_.id},
        )


def _load(work: Work, round_id: str) -> Round:
    stored = clearing.find_round(work.connection, round_id, work.county)
    assert stored is not None
    return stored.round


def _propose(work: Work, key: SigningKey, round_id: str) -> None:
    clearing.lock_round(work.connection, round_id, work.now)
    round_ = _load(work, round_id)
    if round_.papers:
        if round_.coordinator != work.county:
            raise SameKeyOtherBody(id=round_id)
        return
    peers = _askable(work)
    if not _is_free(work, round_):
        raise ClearingOpen()
    if len(peers) + 1 < LEAST_COUNTIES:
        raise TooFewCounties()
    body = propose(round_id, [*peers, work.county], work.now + ANSWER_WITHIN, work.now + ACCEPT_WITHIN)
    signed = sign_paper(work, key, body)
    round_ = replace(round_, papers=clearing.add_papers(work.connection, round_, [signed], work.now))
    _send(work, round_, peers, [signed])
    _go_on(work, key, round_)


def _propose_monthly(work: Work, key: SigningKey) -> None:
    """A county that keeps a book since last month and whose turn it is proposes, once a month."""
    peers = _askable(work)
    counties = [*peers, work.county]
    first_on = work.today.replace(day=1)
    if len(counties) < LEAST_COUNTIES or coordinator_of(work.today, counties) != work.county:
        return
    opened_at = clearing.book_opened_at(work.connection)
    last = clearing.last_heard_at(work.connection)
    is_new = opened_at is None or opened_at.date() >= first_on
    if is_new or (last is not None and last.date() >= first_on):
        return
    round_id = str(uuid.uuid5(MONTHLY, f"{work.county}/{first_on.isoformat()}"))
    _propose(work, key, round_id)


def _askable(work: Work) -> list[str]:
    """The peers a round can be proposed to."""
    peers = copies.list_peers(work.connection)
    unsure = unsure_peers(work.connection)
    return [peer for peer in peers if peers[peer].is_active and peer not in unsure][: MAX_COUNTIES - 1]


def _is_free(work: Work, round_: Round) -> bool:
    """Whether we may state positions: no other round is open, all keys are known, nothing is forgotten."""
    keys = keyring(work.connection)
    others = [one for one in clearing.round_ids(work.connection, stages=OPEN) if one != round_.id]
    return (
        not others
        and all(keys.newest(county) for county in round_.counties)
        and round_.coordinator not in unsure_peers(work.connection)
    )


def _go_on(work: Work, key: SigningKey, round_: Round) -> None:
    """Everything that is to be done by now is done, in this transaction."""
    if round_.stage == "heard" and round_.proposal is not None:
        lock_peers(work, [county for county in round_.counties if county != work.county])
    while act := next_act(round_, work.now, is_free=_is_free(work, round_)):
        if act in (Act.COMMIT, Act.ABORT_EMPTY, Act.ABORT_LATE) and not _is_sure(work, round_):
            break
        round_ = _do(work, key, round_, act)
    clearing.store_stage(work.connection, round_, None)


def _is_sure(work: Work, round_: Round) -> bool:
    """Whether we know everything we have signed as coordinator, also after a restore from an old backup."""
    return not unsure_peers(work.connection) & set(round_.counties)


def _do(work: Work, key: SigningKey, round_: Round, act: Act) -> Round:
    """One act: what it signs is kept and sent, what it does to the book is done."""
    others = [county for county in round_.counties if county != work.county]
    positions = our_positions(work, others) if act is Act.STATE else []
    accepts = accept_parts(round_.agreeing("ACCEPT")) if act is Act.COMMIT else {}
    if act is Act.APPLY:
        post_legs(work, round_)
    body = body_of(act, round_, positions=positions, accepts=accepts)
    signed = sign_paper(work, key, body) if body else None
    if signed is not None and signed.kind in ("COMMIT", "ABORT"):
        clearing.decide_once(work.connection, round_.id, signed.kind, work.now)
    papers = clearing.add_papers(work.connection, round_, [signed] if signed else [], work.now)
    round_ = replace(round_, papers=papers, stage=stage_after(act, round_.stage))
    clearing.store_stage(work.connection, round_, work.now if act in ENDS else None)
    if act is Act.STATE:
        reserve_stated(work, round_)
    elif act is Act.ACCEPT:
        reserve_legs(work, round_)
    elif act in ENDS and act is not Act.APPLY:
        free(work, round_)
    _send(work, round_, *parcels(act, round_, signed))
    if act in ENDS and round_.stage != "left":
        _tell_ended(work, round_)
    return round_


def _tell_ended(work: Work, round_: Round) -> None:
    abort = round_.find("ABORT", round_.coordinator)
    outcome = round_.stage
    if outcome == "aborted":
        outcome = str(abort.body["reason"]) if abort else "late"
    result = round_.result
    body = {
        "round_id": round_.id,
        "outcome": outcome,
        "coordinator": round_.coordinator,
        "cleared_half_days": sum(result.cleared.values()) if result and outcome == "applied" else 0,
    }
    work.emit("ClearingEnded", body)


def _send(work: Work, round_: Round, receivers: list[str], papers: list[Paper]) -> None:
    known = copies.list_peers(work.connection)
    for receiver in receivers:
        for texts in in_parcels(papers) if receiver in known else []:
            work.send(receiver, "CLEARING", {"round_id": round_.id, "documents": texts})
