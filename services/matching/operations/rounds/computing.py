"""A round's computation as it is told of: claimed, alive, ended, or found to have died."""

import uuid
from datetime import date, timedelta
from typing import Any

from byttebank.storage.work import Work
from services.matching.domain.instance import PlannedDay
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.round import AT_WORK, AWAITING, matches_of, plan_hash
from services.matching.storage import index, rounds

Document = dict[str, Any]
DEAD_AFTER = timedelta(seconds=20)
"""A computation that has not been alive for so long was this or another process's, which is gone."""


def round_at_work(work: Work) -> Document | None:
    """`{id, stage, run, is_stopping, is_dead}` of the round under way, if there is one."""
    for row in rounds.rounds_in(work.connection, AT_WORK - AWAITING):
        beat_at = row["beat_at"]
        is_dead = row["stage"] == "computing" and (beat_at is None or work.now - beat_at > DEAD_AFTER)
        return {name: row[name] for name in ("id", "stage", "run", "is_stopping")} | {"is_dead": is_dead}
    return None


def begin_computing(work: Work, round_id: str) -> tuple[int, str] | None:
    """The number of the attempt and the input to solve; None when another process has begun it."""
    row = rounds.take_round(work.connection, round_id)
    if row is None or row["stage"] != "waiting":
        return None
    run = row["run"] + 1
    rounds.change_round(
        work.connection,
        round_id,
        stage="computing",
        run=run,
        started_at=work.now,
        beat_at=work.now,
        progress={"seconds": 0, "days_served": None, "bound": None},
    )
    return run, row["input"]


def computing(work: Work, round_id: str, run: int, days_served: int | None, bound: int | None) -> bool:
    """The attempt is alive and this far. False when it does not count any more."""
    row = rounds.round_of(work.connection, round_id)
    if row is None:
        return False
    seconds = int((work.now - (row["started_at"] or work.now)).total_seconds())
    progress = {"seconds": seconds, "days_served": days_served, "bound": bound}
    return rounds.beat(work.connection, round_id, run, work.now, progress)


def computed(work: Work, round_id: str, run: int, outcome: Document) -> None:
    """The round shows its plan, and nothing is sent. An attempt that does not count changes nothing.

    A joint round's is kept, to be compared with the others'.
    """
    row = rounds.take_round(work.connection, round_id)
    if row is None or (row["stage"], row["run"]) != ("computing", run):
        return
    if row["coordinator"] is not None:
        kept = {name: outcome[name] for name in ("status", "bound", "plan", "unmet")}
        private = {**row["private"], "outcome": kept}
        rounds.change_round(work.connection, round_id, stage="comparing", is_stopping=False, private=private)
        return
    plan = [
        PlannedDay(one["request"], one["colleague"], date.fromisoformat(one["date"]))
        for one in outcome["plan"]
    ]
    names = row["private"]["names"]
    planned = []
    for number, match in enumerate(matches_of(plan, names, lambda *ids: engagement_id(round_id, *ids))):
        request = index.request(work.connection, match.request_id)
        offer = index.offer(work.connection, match.offer_id)
        if request is None or offer is None:
            raise AssertionError("a plan of things that were never gathered")
        planned.append(
            {
                "engagement_id": match.engagement_id,
                "number": number,
                "request_id": match.request_id,
                "offer_id": match.offer_id,
                "colleague_id": match.colleague_id,
                "host_library_id": request["library_id"],
                "lender_library_id": offer["library_id"],
                "dates": [day.isoformat() for day in match.dates],
                "half_days": match.half_days,
                "state": "planned",
                "refusal": None,
            }
        )
    rounds.put_matches(work.connection, round_id, planned)
    served = sum(one["half_days"] for one in planned)
    result = {
        **row["result"],
        "days_served": served // FULL_DAY,
        "half_days_served": served,
        "bound": int(outcome["bound"]),
        "half_days_bound": int(FULL_DAY * outcome["bound"]),
        "is_optimal": outcome["status"] == "optimal",
        "unmet": {names["requests"][one["request"]]: one["reason"] for one in outcome["unmet"]},
    }
    rounds.change_round(
        work.connection,
        round_id,
        stage="computed",
        ended_at=work.now,
        is_stopping=False,
        result=result,
        plan_hash=plan_hash(plan),
    )


def computation_ended(work: Work, round_id: str, run: int, code: str | None = None) -> None:
    """The attempt is over without a plan: interrupted, or failed because of the input (`code`)."""
    row = rounds.take_round(work.connection, round_id)
    if row is None or (row["stage"], row["run"]) != ("computing", run):
        return
    rounds.change_round(
        work.connection,
        round_id,
        stage="failed" if code else "interrupted",
        refusal={"code": code, "parameters": {}} if code else None,
        is_stopping=False,
        ended_at=work.now,
    )


def engagement_id(round_id: str, request_id: str, colleague_id: str) -> str:
    """Follows from the round, the request and the colleague, so that publishing twice proposes once."""
    return str(uuid.uuid5(uuid.UUID(round_id), f"{request_id} {colleague_id}"))
