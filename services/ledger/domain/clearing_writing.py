"""What each act of a clearing round signs, to whom it goes, and how the month's coordinator is found."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.clearing import SOLVER
from byttebank.federation.papers import Paper
from services.ledger.domain.clearing import Round
from services.ledger.domain.clearing_acts import ENDS, Act

TURN_DAYS = 3
"""How long the month's coordinator has, before the next one may begin."""

KINDS = {
    Act.STATE: "POSITION",
    Act.CHOOSE: "INPUT",
    Act.ACCEPT: "ACCEPT",
    Act.COMMIT: "COMMIT",
    Act.ABORT_EMPTY: "ABORT",
    Act.ABORT_LATE: "ABORT",
    Act.CLOSE: "CLOSE",
}


def propose(round_id: str, counties: Iterable[str], answer_by_at: Any, accept_by_at: Any) -> dict[str, Any]:
    """The body of PROPOSE; `counties` with the coordinator."""
    return {
        "kind": "PROPOSE",
        "round": round_id,
        "counties": sorted(set(counties)),
        "answer_by_at": format_time(answer_by_at),
        "accept_by_at": format_time(accept_by_at),
        "solver": SOLVER,
    }


def body_of(
    act: Act,
    round_: Round,
    *,
    positions: Sequence[Mapping[str, Any]] = (),
    accepts: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any] | None:
    """What the act signs; None where it signs nothing.

    `positions`: for STATE. `accepts`: for COMMIT, the parts of each ACCEPT. APPLY is signed by those who have
    a vote, and have not given it.
    """
    base = {"kind": KINDS.get(act, "APPLIED"), "round": round_.id}
    if act in (Act.STATE, Act.CHOOSE):
        assert round_.proposal is not None
        base["proposal_hash"] = round_.proposal.body_hash
        named = {county: paper.body_hash for county, paper in round_.positions.items()}
        return {**base, "positions": [dict(one) for one in positions] if act is Act.STATE else named}
    if act in (Act.ABORT_EMPTY, Act.ABORT_LATE):
        return {**base, "reason": "late" if act is Act.ABORT_LATE else "nothing_to_clear"}
    if act is Act.CLOSE and round_.result is not None:
        return {**base, "input_hash": round_.result.input_hash}
    if act in (Act.ACCEPT, Act.COMMIT, Act.APPLY) and round_.result is not None:
        if act is Act.APPLY and not _may_vote(round_):
            return None
        hashes = {"input_hash": round_.result.input_hash, "result_hash": round_.result.hash}
        enclosed = {"accepts": {one: list(parts) for one, parts in (accepts or {}).items()}}
        return {**base, **hashes, **(enclosed if act is Act.COMMIT else {})}
    return None


def stage_after(act: Act, stage: str) -> str:
    """This county's stage once the act is done."""
    if act is Act.CLOSE:
        return "closing" if stage == "accepted" else stage
    return {Act.STATE: "stated", Act.ACCEPT: "accepted", **ENDS}.get(act, stage)


def parcels(act: Act, round_: Round, signed: Paper | None) -> tuple[list[str], list[Paper]]:
    """(to whom, which documents) go out when the act is done and `signed` is signed."""
    others = [county for county in round_.counties if county != round_.county]
    bound = [county for county in round_.bound if county != round_.county]
    coordinator = [round_.coordinator] if round_.coordinator not in (None, round_.county) else []
    if signed is None:
        return [], []
    if act in (Act.STATE, Act.ACCEPT):
        return [one for one in coordinator if one], [signed]
    if act is Act.CHOOSE:
        return others, [*round_.positions.values(), signed]
    if act is Act.CLOSE:
        known = [*round_.positions.values(), round_.find("INPUT", round_.coordinator)]
        return bound, [paper for paper in (round_.proposal, *known, signed) if paper]
    if act is Act.APPLY:
        commit = round_.find("COMMIT", round_.coordinator)
        return bound, [paper for paper in (commit, signed) if paper]
    return others, [signed]


def coordinator_of(on: date, counties: Iterable[str]) -> str:
    """Whose turn it is to propose the month's round on that day: another county each month, in turn.

    If nothing has come of it after some days, it is the next one's turn.
    """
    in_order = sorted(set(counties))
    return in_order[(on.year * 12 + on.month + (on.day - 1) // TURN_DAYS) % len(in_order)]


def _may_vote(round_: Round) -> bool:
    return round_.county in round_.voters and round_.find("CLOSE", round_.county) is None
