"""The plan of a joint round: put together from everybody's parts, looked at by each, and its own part taken
out.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from byttebank.contracts.fields import load
from byttebank.contracts.joint_rounds import PartText, PlanText
from byttebank.contracts.refusals import Malformed
from byttebank.storage.work import Work
from services.matching.domain.checker import served_half_days, violations
from services.matching.domain.instance import PlannedDay
from services.matching.domain.joint_input import assembled, county_of, pseudonym_of
from services.matching.domain.joint_round import JointRound
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.round import Match, canonical, matches_of, plan_hash
from services.matching.domain.round_input import RoundInput
from services.matching.operations.rounds.computing import engagement_id
from services.matching.rounds.reading import read_content
from services.matching.storage import index
from services.matching.storage.rows import Row

Document = dict[str, Any]
BETTER = 100
"""A plan found here that serves one day in so many more than the coordinator's is a reason to disagree."""


def whole_input(joint: JointRound, parts: Mapping[str, str], days_each: int) -> RoundInput | None:
    """What the parts make together; None when one of them is not what it should be."""
    documents = {}
    for county, text in parts.items():
        document = part_of(text)
        if document is None:
            return None
        documents[county] = document
    return assembled(joint.id, days_each, documents)


def part_of(text: str) -> Document | None:
    """A county's part; None when it is none, or names what it does not hold."""
    try:
        part = load(PartText, json.loads(text))
    except (ValueError, RecursionError, Malformed):
        return None
    libraries = {one["id"] for one in part["libraries"]}
    named = {one["library"] for one in (*part["requests"], *part["offers"])}
    is_whole = named <= libraries and all(
        len({one["id"] for one in part[kind]}) == len(part[kind])
        for kind in ("libraries", "requests", "offers")
    )
    homes: dict[str, str] = {}
    is_whole &= all(
        homes.setdefault(one["colleague"], one["library"]) == one["library"] for one in part["offers"]
    )
    return part if is_whole else None


def plan_text(outcome: Document) -> str:
    """The outcome of a computation as PLAN says it."""
    plan = sorted([one["request"], one["colleague"], one["date"]] for one in outcome["plan"])
    return canonical(
        {
            "plan": plan,
            "bound": int(outcome["bound"]),
            "bound_half_days": int(FULL_DAY * outcome["bound"]),
            "is_optimal": outcome["status"] == "optimal",
            "unmet": {one["request"]: one["reason"] for one in outcome["unmet"]},
        }
    )


def read_plan(text: str) -> tuple[Document, list[PlannedDay]] | None:
    """The plan that PLAN says; None when it is none."""
    try:
        said = load(PlanText, json.loads(text))
        if said["bound_half_days"] is None:
            said["bound_half_days"] = FULL_DAY * said["bound"]
        return said, [PlannedDay(one[0], one[1], date.fromisoformat(one[2])) for one in said["plan"]]
    except (ValueError, RecursionError, Malformed):
        return None


def objection(row: Row, text: str) -> str | None:
    """Why the county does not agree to the coordinator's plan, having computed the same input itself.

    The same plan is agreed to at once. Where two computations may differ (`same_person`, half-days, limits
    between counties), another plan must keep every rule, must not claim a bound that we exceed, and must not
    serve one day in a hundred less than ours.
    """
    read = read_plan(text)
    if read is None:
        return "rules"
    said, plan = read
    if not said["unmet"].keys() <= row["private"]["names"]["requests"].keys():
        return "rules"
    own = row["private"]["outcome"]
    ours = [
        PlannedDay(one["request"], one["colleague"], date.fromisoformat(one["date"])) for one in own["plan"]
    ]
    if plan_hash(plan) == plan_hash(ours):
        return None
    instance = read_content(row["input"].encode()).instance
    if violations(instance, plan):
        return "rules"
    is_unique = not instance.caps and not any(one.same_person or one.ends_half for one in instance.requests)
    if is_unique and said["is_optimal"] and own["status"] == "optimal":
        return "other_plan"
    served = served_half_days(instance, ours)
    if said["bound_half_days"] < served:
        return "bound"
    return "better_plan" if BETTER * (served - served_half_days(instance, plan)) > served else None


def all_matches(row: Row, plan: list[PlannedDay]) -> list[Match]:
    """Every match of the plan, named `<county>:<pseudonym>`."""
    return matches_of(plan, row["private"]["names"], lambda *_: "")


def own_matches(work: Work, row: Row, joint: JointRound, matches: list[Match], hash_: str) -> list[Row]:
    """The matches at our libraries as rows to be proposed, of those whose colleague we have been told.

    Nothing is taken on trust: the offer must be that county's and that colleague's, as it has published it.
    """
    own: dict[str, str] = row["private"]["own"]
    told = joint.names(hash_)
    told |= {f"{work.county}:{pseudonym}": real for pseudonym, real in own.items()}
    found: list[Row] = []
    for match in matches:
        lender = county_of(match.colleague_id)
        if county_of(match.request_id) != work.county:
            continue
        request = index.request(work.connection, own[pseudonym_of(match.request_id)])
        offer_id, colleague_id = told.get(match.offer_id), told.get(match.colleague_id)
        offer = index.offer(work.connection, offer_id) if offer_id else None
        if request is None or offer is None:
            continue
        if (offer["county"], offer["colleague_id"]) != (lender, colleague_id):
            continue
        found.append(
            {
                "engagement_id": engagement_id(row["id"], request["id"], offer["colleague_id"]),
                "number": len(found),
                "request_id": request["id"],
                "offer_id": offer["id"],
                "colleague_id": offer["colleague_id"],
                "host_library_id": request["library_id"],
                "lender_library_id": offer["library_id"],
                "dates": [day.isoformat() for day in match.dates],
                "half_days": match.half_days,
                "state": "planned",
                "refusal": None,
            }
        )
    return found


def given_elsewhere(work: Work, row: Row, matches: list[Match]) -> dict[str, int]:
    """Library of ours to the half-days that its colleagues help in other counties."""
    found: dict[str, int] = {}
    for match in matches:
        if county_of(match.colleague_id) == work.county != county_of(match.request_id):
            offer = index.offer(work.connection, row["private"]["own"][pseudonym_of(match.offer_id)])
            if offer is not None:
                half_days = match.half_days
                found[offer["library_id"]] = found.get(offer["library_id"], 0) + half_days
    return found


def awaited(matches: list[Match], county: str) -> set[str]:
    """Other counties whose colleagues the plan lets help at our libraries."""
    return {county_of(one.colleague_id) for one in matches if county_of(one.request_id) == county} - {county}
