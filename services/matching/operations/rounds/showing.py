"""Rounds as the county sees them, and as anybody does."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import NotFound
from byttebank.storage.work import Work
from services.matching.domain.distance import way_km
from services.matching.domain.participants import Roads
from services.matching.domain.proposal import FULL_DAY
from services.matching.operations.joint.agreeing import is_settled
from services.matching.storage import index, joint_rounds, rounds, travel
from services.matching.storage.rows import Row

Document = dict[str, Any]
MAX_LISTED = 100
SAME = (
    "coordinator",
    "id",
    "name",
    "days_each",
    "stage",
    "is_stopping",
    "progress",
    "refusal",
    "input_hash",
    "plan_hash",
)
DAYS = ("first_on", "last_on", "reply_by_on")
MOMENTS = ("created_at", "started_at", "ended_at", "published_at")
HALF_DAYS = {"half_days_wanted": "days_wanted", "half_days_served": "days_served", "half_days_bound": "bound"}
"""Beside whole days, which a round of before knows alone."""
TOTALS = ("request_count", "colleague_count", *HALF_DAYS.values(), *HALF_DAYS, "is_optimal")
PUBLIC = ("id", "coordinator", "first_on", "last_on", "published_at", *TOTALS, "input_hash", "plan_hash")


def matching_rounds(work: Work, limit: int = 24) -> list[Document]:
    """`MatchingRound`s without their plans, the newest first, at most `limit` (1 to 100)."""
    rows = rounds.list_rounds(work.connection, max(1, min(limit, MAX_LISTED)))
    counts = rounds.count_matches(work.connection, [row["id"] for row in rows])
    return [_document(row, counts.get(row["id"], {})) for row in rows]


def matching_round(work: Work, round_id: str) -> Document:
    """`MatchingRound` with its plan, what is left unmet and why, and what it makes of the libraries' days.

    Refuses: NotFound.
    """
    row = _row(work, round_id)
    counts = rounds.count_matches(work.connection, [round_id])
    shown = _document(row, counts.get(round_id, {}))
    libraries = rounds.libraries_by_id(work.connection)
    matches = rounds.matches(work.connection, round_id)
    requests = {one: index.request(work.connection, one) for one in _request_ids(row, matches)}
    roads = travel.journeys(work.connection, {one["host_library_id"] for one in matches})
    shown["matches"] = [_match(one, libraries, requests[one["request_id"]], roads) for one in matches]
    shown["unmet"] = _unmet(row, matches, libraries, requests)
    shown["effects"] = _effects(row, matches, libraries)
    if row["coordinator"] is not None:
        shown |= _joint(work, row)
    return shown


def matching_round_input(work: Work, round_id: str) -> str:
    """The input exactly as it is hashed, which `byttebank rounds solve` reads.

    Refuses: NotFound, also when nothing is gathered yet.
    """
    text = _row(work, round_id)["input"]
    if text is None:
        raise NotFound(kind="matching_round_input", id=round_id)
    return str(text)


def published_rounds(work: Work, limit: int = 24) -> list[Document]:
    """`PublishedRound`s, the newest first: no names, no places, no dates of anybody."""
    shown = matching_rounds(work, MAX_LISTED)
    found = [one for one in shown if one["stage"] == "published"]
    return [
        {name: one[name] for name in PUBLIC if name != "colleague_count"} for one in found[: max(1, limit)]
    ]


def _row(work: Work, round_id: str) -> Row:
    row = rounds.round_of(work.connection, round_id)
    if row is None:
        raise NotFound(kind="matching_round", id=round_id)
    return row


def _document(row: Row, counts: dict[str, int]) -> Document:
    result = row["result"] or {}
    whole = {half: FULL_DAY * result[days] for half, days in HALF_DAYS.items() if days in result}
    result = {**whole, **result}
    defaults = {"request_count": 0, "colleague_count": 0, "days_wanted": 0, "is_optimal": False}
    return {
        **{name: row[name] for name in SAME},
        **{name: row[name].isoformat() for name in DAYS},
        **{name: None if row[name] is None else format_time(row[name]) for name in MOMENTS},
        **{name: result.get(name, defaults.get(name)) for name in TOTALS},
        "created_by": row["created_by"]["name"],
        "match_count": sum(counts.values()),
        "proposed_count": counts.get("proposed", 0),
        "void_count": counts.get("void", 0),
        "matches": [],
        "unmet": [],
        "effects": [],
        "agree_by_at": None,
        "counties": [],
        "is_settled": True,
    }


def _joint(work: Work, row: Row) -> Document:
    joint = joint_rounds.find_joint(work.connection, row["id"], work.county)
    states = joint.states(work.now)
    return {
        "agree_by_at": format_time(joint.deadline("agree_by_at")),
        "counties": [
            {"county": county, "state": state, "reason": reason} for county, (state, reason) in states.items()
        ],
        "is_settled": is_settled(work, row, joint),
    }


def _request_ids(row: Row, matches: list[Row]) -> list[str]:
    private, result = row["private"] or {}, row["result"] or {}
    left_out, unmet = private.get("left_out", {}), result.get("unmet", {})
    return sorted({one["request_id"] for one in matches} | left_out.keys() | unmet.keys())


def _match(one: Row, libraries: dict[str, Row], request: Row | None, roads: Roads) -> Document:
    host, lender = libraries[one["host_library_id"]], libraries[one["lender_library_id"]]
    travels = request is None or request["place"] == "host"
    journey = roads.get(host["id"], {}).get(lender["id"])
    return {
        "engagement_id": one["engagement_id"],
        "request_id": one["request_id"],
        "host_library_id": host["id"],
        "host_library_name": host["short_name"],
        "lender_county": lender["county"],
        "lender_library_id": lender["id"],
        "lender_library_name": lender["short_name"],
        "skills": request["skills"] if request else [],
        "dates": one["dates"],
        "half_days": one["half_days"],
        "distance_km": way_km(_point(lender), _point(host), journey) if travels else None,
        "state": one["state"],
        "engagement_state": one["engagement_state"],
        "refusal": one["refusal"],
    }


def _unmet(
    row: Row, matches: list[Row], libraries: dict[str, Row], requests: dict[str, Row | None]
) -> list[Document]:
    private, result = row["private"] or {}, row["result"] or {}
    why = {**private.get("left_out", {}), **result.get("unmet", {})}
    served: dict[str, int] = {}
    for match in matches:
        served[match["request_id"]] = served.get(match["request_id"], 0) + match["half_days"]
    found = []
    for request_id, reason in sorted(why.items()):
        request = requests[request_id]
        if request is None:
            continue
        first_on, last_on = max(request["first_on"], row["first_on"]), min(request["last_on"], row["last_on"])
        funnel = private.get("funnels", {}).get(request_id, {})
        found.append(
            {
                "request_id": request_id,
                "library_id": request["library_id"],
                "library_name": libraries[request["library_id"]]["short_name"],
                "skills": request["skills"],
                "half_days": max(1, request["half_days"] - served.get(request_id, 0)),
                "reason": reason,
                "parameters": {
                    **funnel,
                    "first_on": first_on.isoformat(),
                    "last_on": last_on.isoformat(),
                    "round_ends_on": row["last_on"].isoformat(),
                },
            }
        )
    return sorted(found, key=lambda one: (one["library_name"], one["request_id"]))


def _effects(row: Row, matches: list[Row], libraries: dict[str, Row]) -> list[Document]:
    """Of the county's own libraries that give or receive in the plan, by name. Void matches do not count.

    In a joint round what they give in other counties is as the plan has it, whatever those then do.
    """
    balances = (row["private"] or {}).get("balances", {})
    given: dict[str, int] = dict((row["result"] or {}).get("given", {}))
    received: dict[str, int] = {}
    for match in matches:
        if match["state"] != "void":
            half_days = match["half_days"]
            lender, host = match["lender_library_id"], match["host_library_id"]
            given[lender] = given.get(lender, 0) + half_days
            received[host] = received.get(host, 0) + half_days
    found = [
        {
            "library_id": one,
            "library_name": libraries[one]["short_name"],
            "before_half_days": balances[one],
            "given_half_days": given.get(one, 0),
            "received_half_days": received.get(one, 0),
            "after_half_days": balances[one] + given.get(one, 0) - received.get(one, 0),
        }
        for one in given.keys() | received.keys()
        if one in balances
    ]
    return sorted(found, key=lambda one: str(one["library_name"]))


def _point(library: Row) -> tuple[float, float] | None:
    if library["latitude"] is None or library["longitude"] is None:
        return None
    return library["latitude"], library["longitude"]
