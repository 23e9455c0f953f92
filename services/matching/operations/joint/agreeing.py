"""A county's answer to the plan of a joint round, and what is then to be proposed at its libraries."""

from byttebank.contracts.joint_rounds import MAX_NAMES
from byttebank.contracts.refusals import NotNow
from byttebank.federation.keys import SigningKey
from byttebank.storage.work import Work
from services.matching.domain.joint_input import county_of, names_to_tell, pseudonym_of
from services.matching.domain.joint_round import JointRound
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.round import plan_hash
from services.matching.operations.joint.papers import send, sign_papers
from services.matching.operations.joint.plans import (
    all_matches,
    awaited,
    given_elsewhere,
    own_matches,
    read_plan,
)
from services.matching.storage import joint_rounds, rounds
from services.matching.storage.rows import Row


def agree(work: Work, key: SigningKey, row: Row, joint: JointRound, text: str) -> None:
    """AGREE is signed; each host's county learns who of ours is meant; our own part is ready to be looked
    at.
    """
    assert joint.input is not None
    read = read_plan(text)
    if read is None:
        raise AssertionError("a plan that was agreed to and cannot be read")
    said, plan = read
    hash_ = plan_hash(plan)
    hashes = {"input_hash": joint.input.body["input_hash"], "plan_hash": hash_}
    matches = all_matches(row, plan)
    for county, names in sorted(names_to_tell(work.county, matches, row["private"]["own"]).items()):
        told = sorted(names.items())
        pieces = [dict(told[at : at + MAX_NAMES]) for at in range(0, len(told), MAX_NAMES)]
        bodies = [{"kind": "NAMES", **hashes, "names": piece} for piece in pieces]
        joint, signed = sign_papers(work, key, joint, *bodies)
        send(work, joint, [county], signed)
    joint, signed = sign_papers(work, key, joint, {"kind": "AGREE", **hashes})
    send(work, joint, joint.partners, signed)
    own, names_of = row["private"]["own"], row["private"]["names"]["requests"]
    unmet = {
        own[pseudonym_of(names_of[request])]: reason
        for request, reason in said["unmet"].items()
        if county_of(names_of[request]) == work.county
    }
    served = sum(one.half_days for one in matches)
    result = {
        **row["result"],
        "days_served": served // FULL_DAY,
        "half_days_served": served,
        "bound": said["bound"],
        "half_days_bound": said["bound_half_days"],
        "is_optimal": said["is_optimal"],
        "unmet": unmet,
        "given": given_elsewhere(work, row, matches),
    }
    changed = {"stage": "computed", "ended_at": work.now, "result": result, "plan_hash": hash_}
    rounds.change_round(work.connection, row["id"], is_stopping=False, **changed)
    refresh_matches(work, {**row, **changed}, joint)
    ours = sum(county_of(one.request_id) == work.county for one in matches)
    told_of = {"round_id": row["id"], "coordinator": joint.coordinator, "match_count": ours}
    work.emit("JointRoundComputed", told_of)


def disagree(work: Work, key: SigningKey, joint: JointRound, reason: str) -> None:
    """DISAGREE is signed and sent, once; nothing of this county's is proposed."""
    assert joint.input is not None
    if joint.answer(work.county) is not None:
        return
    body = {"kind": "DISAGREE", "input_hash": joint.input.body["input_hash"], "reason": reason}
    joint, signed = sign_papers(work, key, joint, body)
    send(work, joint, joint.partners, signed)


def refresh_matches(work: Work, row: Row, joint: JointRound) -> None:
    """The matches at our libraries are those whose lending county has agreed, while nothing is proposed
    yet.
    """
    if row["stage"] != "computed":
        return
    text = joint.plan
    read = read_plan(text) if text is not None else None
    if read is None:
        return
    matches = all_matches(row, read[1])
    hash_ = row["plan_hash"]
    agreed = [one for one in matches if joint.has_agreed(county_of(one.colleague_id), hash_)]
    rounds.put_matches(work.connection, row["id"], own_matches(work, row, joint, agreed, hash_))


def settle(work: Work, row: Row) -> None:
    """Nobody is waited for any more, for all have answered or the time is up; the matches are those that
    stand.

    Refuses: NotNow.
    """
    joint = joint_rounds.find_joint(work.connection, row["id"], work.county)
    if not is_settled(work, row, joint):
        raise NotNow(state="awaiting", act="publish")
    refresh_matches(work, row, joint)


def is_settled(work: Work, row: Row, joint: JointRound) -> bool:
    """Whether the plan may be sent: every county has answered, and those that agreed have named who comes."""
    if row["stage"] not in ("computed", "publishing", "published") or joint.invite is None:
        return False
    if work.now >= joint.deadline("agree_by_at"):
        return True
    if any(joint.answer(county) is None for county in joint.partners):
        return False
    text = joint.plan
    read = read_plan(text) if text is not None else None
    if read is None:
        return False
    told = joint.names(row["plan_hash"])
    matches = all_matches(row, read[1])
    agreed = {one for one in awaited(matches, work.county) if joint.has_agreed(one, row["plan_hash"])}
    return all(
        one.colleague_id in told and one.offer_id in told
        for one in matches
        if county_of(one.request_id) == work.county and county_of(one.colleague_id) in agreed
    )
