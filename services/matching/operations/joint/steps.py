"""Joint rounds: documents taken in, and what follows from them and from time, one step at a time."""

from datetime import timedelta
from typing import Any

from byttebank import telemetry
from byttebank.contracts.received import ReceivedMessage, SentMessage
from byttebank.federation.keys import SigningKey
from byttebank.storage.channels import keyring, unsure_peers
from byttebank.storage.work import Work
from services.matching.domain.joint_round import JointRound, chunks_of
from services.matching.domain.round import canonical, hash_of
from services.matching.domain.round_input import RoundInput
from services.matching.operations.joint.agreeing import agree, disagree, refresh_matches
from services.matching.operations.joint.answering import take_up
from services.matching.operations.joint.papers import open_papers, send, sign_papers
from services.matching.operations.joint.plans import (
    objection,
    part_of,
    plan_text,
    whole_input,
)
from services.matching.operations.rounds.gathering import wait_for_computation
from services.matching.storage import joint_rounds, rounds
from services.matching.storage.rows import Row

Document = dict[str, Any]
BEFORE_SENDING = frozenset(
    {"gathering", "collecting", "waiting", "computing", "comparing", "interrupted", "computed"}
)
UNINVITED_FOR = timedelta(days=1)
"""So long documents of a round wait for an invitation to it."""
MAX_RUNS = 3
"""A computation whose process is lost is begun again by itself so often."""
_log = telemetry.logger(__name__)


def joint_documents(work: Work, message: ReceivedMessage) -> None:
    """The documents of a peer's message are among the round's. What follows from them is the timer's to do.

    Twice is once. Refuses: as `open_papers`; nothing is kept then.
    """
    _add(work, message.payload)


def own_joint_documents(work: Work, message: SentMessage) -> None:
    """What we had signed and lost is among the round's documents again, so that we do not answer twice."""
    _add(work, message.payload)


def open_joint_rounds(work: Work) -> list[str]:
    """The rounds in which something can still follow, the oldest first."""
    return joint_rounds.open_joints(work.connection)


def go_on_with_joint(work: Work, round_id: str, key: SigningKey) -> None:
    """What is to be done by now in the round is done, in this transaction. For the timer; again does
    nothing.
    """
    joint_rounds.lock_joint(work.connection, round_id, work.now)
    joint = joint_rounds.find_joint(work.connection, round_id, work.county)
    if not joint_rounds.is_open(work.connection, round_id):
        return
    if joint.invite is None:
        if work.now - joint_rounds.heard_at(work.connection, round_id) > UNINVITED_FOR:
            joint_rounds.close_joint(work.connection, round_id)
        return
    row = rounds.take_round(work.connection, round_id)
    if row is None:
        is_taken_up = take_up(work, joint)
        if not is_taken_up and work.now >= joint.deadline("answer_by_at"):
            joint_rounds.close_joint(work.connection, round_id)
        return
    if work.now >= joint.deadline("agree_by_at"):
        _end(work, row, joint)
    elif joint.is_withdrawn and joint.coordinator != work.county and row["stage"] in BEFORE_SENDING:
        _fail(work, row, "withdrawn")
        joint_rounds.close_joint(work.connection, round_id)
    else:
        _step(work, key, row, joint)


def _step(work: Work, key: SigningKey, row: Row, joint: JointRound) -> None:
    is_ours = joint.coordinator == work.county
    match row["stage"]:
        case "collecting" if is_ours:
            _collect(work, key, row, joint)
        case "collecting" if joint.input is not None:
            _take_input(work, key, row, joint)
        case "interrupted" if row["run"] < MAX_RUNS and row["input"] is not None:
            rounds.change_round(
                work.connection, row["id"], stage="waiting", is_stopping=False, progress=None, ended_at=None
            )
        case "comparing" if is_ours:
            _send_plan(work, key, row, joint)
        case "comparing" if joint.plan is not None:
            why = "contradiction" if joint.coordinator in joint.contradicting else objection(row, joint.plan)
            if why is None:
                agree(work, key, row, joint, joint.plan)
            else:
                _log.error("A joint round's plan is not agreed to", round_id=row["id"], reason=why)
                disagree(work, key, joint, why)
                _fail(work, row, "disagreed", reason=why)
        case "computed" | "publishing":
            refresh_matches(work, row, joint)
        case "failed" | "discarded" if is_ours:
            _withdraw(work, key, joint)
        case "failed" | "discarded" if joint.takes_part and joint.answer(work.county) is None:
            disagree(work, key, joint, "withdrawn" if row["stage"] == "discarded" else "failed")


def _add(work: Work, payload: Document) -> None:
    round_id = payload["round_id"]
    papers = open_papers(round_id, payload["documents"], keyring(work.connection))
    joint_rounds.lock_joint(work.connection, round_id, work.now)
    before = joint_rounds.find_joint(work.connection, round_id, work.county)
    after = joint_rounds.add_papers(work.connection, before, papers, work.now)
    for county in sorted(after.contradicting - before.contradicting):
        _log.error("A county contradicts itself in a joint round", peer=county, round=round_id)


def _collect(work: Work, key: SigningKey, row: Row, joint: JointRound) -> None:
    """Once all have answered, or the time is up: INPUT, with every PART, to everybody."""
    is_due = len(joint.answered) == len(joint.counties) or work.now >= joint.deadline("answer_by_at")
    # After a restore from an old backup we may have signed another INPUT already.
    if not is_due or unsure_peers(work.connection) & set(joint.counties):
        return
    friends = {*joint_rounds.active_peers(work.connection), work.county}
    parts = {
        county: text
        for county, text in joint.answered.items()
        if county in friends and part_of(text) is not None
    }
    whole = whole_input(joint, parts, row["days_each"]) if len(parts) > 1 else None
    if whole is None or not whole.instance["requests"] or not whole.instance["colleagues"]:
        asked = whole is not None and whole.instance["requests"]
        code = "alone" if whole is None else "nobody_offers" if asked else "no_requests"
        _fail(work, row, code)
        _withdraw(work, key, joint)
        return
    assert joint.invite is not None
    text = canonical(whole.instance)
    body = {
        "kind": "INPUT",
        "invite_hash": joint.invite.body_hash,
        "parts": {county: hash_of(part) for county, part in parts.items()},
        "input_hash": hash_of(text),
    }
    joint, signed = sign_papers(work, key, joint, body)
    for county in joint.others:
        papers = [
            paper
            for other in parts
            if other != county and county in parts
            for paper in joint.all_of("PART", other)
        ]
        send(work, joint, [county], [*papers, *signed])
    _keep_input(work, row, whole, text)


def _take_input(work: Work, key: SigningKey, row: Row, joint: JointRound) -> None:
    """We put the parts together ourselves, and compute only what comes to the same hash."""
    assert joint.input is not None
    if not joint.takes_part:
        _fail(work, row, "left_out")
        joint_rounds.close_joint(work.connection, row["id"])
        return
    if joint.parts is None:
        return
    whole = whole_input(joint, joint.parts, row["days_each"])
    text = "" if whole is None else canonical(whole.instance)
    if whole is None or hash_of(text) != joint.input.body["input_hash"]:
        _log.error("A joint round's input is not what its parts make", round_id=row["id"])
        disagree(work, key, joint, "input")
        _fail(work, row, "disagreed", reason="input")
        return
    _keep_input(work, row, whole, text)


def _keep_input(work: Work, row: Row, whole: RoundInput, text: str) -> None:
    own, county = row["private"]["own"], f"{work.county}:"
    ours = {
        name: own[name.removeprefix(county)]
        for name in (*whole.funnels, *whole.left_out)
        if name.startswith(county)
    }
    left_out = {ours[name]: why for name, why in whole.left_out.items() if name in ours}
    private = {
        **row["private"],
        "names": whole.names,
        "funnels": {ours[name]: dict(funnel) for name, funnel in whole.funnels.items() if name in ours},
        "left_out": {**row["private"]["left_out"], **left_out},
    }
    wait_for_computation(work, row["id"], whole, text, private)


def _send_plan(work: Work, key: SigningKey, row: Row, joint: JointRound) -> None:
    """The coordinator's plan goes to all whose parts count, and it agrees to it itself."""
    assert joint.input is not None
    if unsure_peers(work.connection) & set(joint.counties):
        return
    text = joint.plan
    if text is None:
        text = plan_text(row["private"]["outcome"])
        named = {"kind": "PLAN", "input_hash": joint.input.body["input_hash"]}
        bodies = [{**named, **chunk} for chunk in chunks_of(text)]
        joint, signed = sign_papers(work, key, joint, *bodies)
        send(work, joint, joint.partners, signed)
    agree(work, key, row, joint, text)


def _withdraw(work: Work, key: SigningKey, joint: JointRound) -> None:
    """The others need not wait for us; but what we have agreed to stands."""
    if joint.answer(work.county) is None and joint.find("WITHDRAW", work.county) is None:
        joint, signed = sign_papers(work, key, joint, {"kind": "WITHDRAW"})
        send(work, joint, joint.others, signed)
    joint_rounds.close_joint(work.connection, joint.id)


def _end(work: Work, row: Row, joint: JointRound) -> None:
    """The time to agree is up: who has not, goes without."""
    if row["stage"] == "computed":
        refresh_matches(work, row, joint)
    elif row["stage"] in BEFORE_SENDING:
        _fail(work, row, "late")
    joint_rounds.close_joint(work.connection, row["id"])


def _fail(work: Work, row: Row, code: str, **parameters: str) -> None:
    refusal = {"code": code, "parameters": parameters}
    rounds.change_round(
        work.connection,
        row["id"],
        stage="failed",
        refusal=refusal,
        is_stopping=False,
        ended_at=row["ended_at"] or work.now,
    )
