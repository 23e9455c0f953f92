"""Vandring rounds as the county library sees them, and as one library does."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import NotFound
from byttebank.storage.work import Work
from services.matching.domain.distance import distance_km
from services.matching.domain.vandring import ANY_SIZE
from services.matching.domain.vandring_terms import SIZE_UNKNOWN, why_out
from services.matching.operations.vandring.rules import (
    participant,
    point_of,
    rules_of,
    taking_part,
    terms_of,
)
from services.matching.storage import vandring
from services.matching.storage.rows import Row

Document = dict[str, Any]
MAX_LISTED = 100
SIDES = ("visitor", "host")


def vandring_rounds(work: Work, limit: int = 24) -> list[Document]:
    """`VandringRound`s without libraries and plans, the newest first, at most `limit` (1 to 100)."""
    rows = vandring.list_rounds(work.connection, max(1, min(limit, MAX_LISTED)))
    counts = vandring.counts(work.connection, [row["id"] for row in rows])
    return [_document(row, counts[row["id"]]) for row in rows]


def vandring_round(work: Work, round_id: str) -> Document:
    """`VandringRound` with who is invited, the plan, and why somebody sits out. Refuses: NotFound."""
    row = _row(work, round_id)
    invited = vandring.invited(work.connection, round_id)
    visits = vandring.visits(work.connection, round_id)
    shown = _document(row, vandring.counts(work.connection, [round_id])[round_id])
    sits_out = _sits_out(work, row, invited, visits) if visits else {}
    hosts = {one["host_id"] for one in visits}
    shown["libraries"] = [_library(one, sits_out.get(one["id"])) for one in invited]
    shown["visits"] = _visits(work, invited, visits)
    if visits:
        shown["without_visitor"] = [
            one["short_name"] for one in taking_part(invited) if one["id"] not in hosts
        ]
    shown["swaps"] = _swaps(work, round_id, invited)
    return shown


def library_vandrings(work: Work, library_id: str) -> list[Document]:
    """`VandringRound`s the library is invited to, the newest first, none put away: itself, and who asks it to
    swap. Without visits, for the first page asks for this each time.
    """
    rows = vandring.list_rounds(work.connection, MAX_LISTED, library_id=library_id)
    counts = vandring.counts(work.connection, [row["id"] for row in rows])
    own = vandring.invitations_of(work.connection, library_id)
    asked = vandring.asked_swaps(work.connection, library_id)
    found = []
    for row in rows:
        if row["stage"] == "discarded" or row["id"] not in own:
            continue
        invitation = own[row["id"]]
        shown = _document(row, counts[row["id"]])
        shown["libraries"] = [_library(invitation, None)]
        names = {library_id: invitation["short_name"]}
        shown["swaps"] = [
            _swap(one, {**names, one["asker_id"]: one["short_name"]})
            for one in asked
            if one["round_id"] == row["id"]
        ]
        found.append(shown if row["stage"] == "published" else {**shown, "visit_count": 0})
    return found


def library_vandring(work: Work, round_id: str, library_id: str) -> Document:
    """`VandringRound` with the library itself and, once published, its own visits and its wishes to swap.

    Refuses: NotFound, also when the library is not invited.
    """
    row = _row(work, round_id)
    invited = vandring.invited(work.connection, round_id)
    own = [one for one in invited if one["id"] == library_id]
    if not own:
        raise NotFound(kind="vandring_round", id=round_id)
    shown = _document(row, vandring.counts(work.connection, [round_id])[round_id])
    shown["libraries"] = [_library(one, None) for one in own]
    if row["stage"] != "published":
        # Before that the plan is the county library's own draft.
        return {**shown, "visit_count": 0}
    visits = vandring.visits(work.connection, round_id)
    if own[0]["answer"] and own[0]["left_at"] is None:
        shown["libraries"] = [
            _library(one, _sits_out(work, row, invited, visits).get(one["id"])) for one in own
        ]
    documents = _visits(work, invited, visits)
    shown["visits"] = [
        one for one in documents if library_id in (one["visitor_library_id"], one["host_library_id"])
    ]
    host = next(
        (one["host_library_id"] for one in documents if one["visitor_library_id"] == library_id), None
    )
    if host is not None:
        # After a swap nobody visits itself: neither this library nor the one it visits now.
        shown["swap_with"] = [
            one
            for one in documents
            if one["visitor_library_id"] not in (library_id, host) and one["host_library_id"] != library_id
        ]
    shown["swaps"] = [
        one
        for one in _swaps(work, round_id, invited)
        if library_id in (one["asker_library_id"], one["other_library_id"])
    ]
    return shown


def _row(work: Work, round_id: str) -> Row:
    row = vandring.round_of(work.connection, round_id)
    if row is None:
        raise NotFound(kind="vandring_round", id=round_id)
    return row


def _document(row: Row, counts: Row) -> Document:
    return {
        **{name: row[name] for name in ("id", "name", "max_km", "sizes", "stage", "is_shortest")},
        **{name: row[name].isoformat() for name in ("first_on", "last_on", "reply_by_on")},
        "closed_dates": row["closed_dates"].split(),
        "created_at": format_time(row["created_at"]),
        "created_by": row["created_by"]["name"],
        "published_at": None if row["published_at"] is None else format_time(row["published_at"]),
        **counts,
        **{name: [] for name in ("libraries", "visits", "without_visitor", "swaps", "swap_with")},
    }


def _library(one: Row, sits_out: str | None) -> Document:
    return {
        "library_id": one["id"],
        "library_name": one["short_name"],
        **{name: one[name] for name in ("latitude", "longitude", "answer", "colleague_id")},
        "has_left": one["left_at"] is not None,
        "sits_out": sits_out,
    }


def _sits_out(work: Work, row: Row, invited: list[Row], visits: list[Row]) -> dict[str, str]:
    """Why, by library, for those who take part and visit nobody."""
    terms = terms_of(row)
    libraries = taking_part(invited)
    # Why somebody sits out is what kept it away when the plan was made, whenever that is read.
    made_on = row["published_at"].date() if row["published_at"] else work.today
    participants = [participant(terms, one, made_on) for one in libraries]
    rules = rules_of(work, row, [one.id for one in participants])
    visiting = {one["visitor_id"] for one in visits}
    found = {one.id: why_out(rules, one, participants) for one in participants if one.id not in visiting}
    if terms.sizes != ANY_SIZE:
        no_class = {one["id"] for one in libraries if one["size_class"] is None}
        found.update(dict.fromkeys(found.keys() & no_class, SIZE_UNKNOWN))
    return found


def _visits(work: Work, invited: list[Row], visits: list[Row]) -> list[Document]:
    by_id = {one["id"]: one for one in invited}
    written = vandring.written_sides(
        work.connection, [one["engagement_id"] for one in visits if one["engagement_id"]]
    )
    found = [
        {
            "id": one["id"],
            "visitor_library_id": one["visitor_id"],
            "visitor_library_name": by_id[one["visitor_id"]]["short_name"],
            "host_library_id": one["host_id"],
            "host_library_name": by_id[one["host_id"]]["short_name"],
            "week_on": one["week_on"].isoformat(),
            "distance_km": distance_km(point_of(by_id[one["visitor_id"]]), point_of(by_id[one["host_id"]])),
            "engagement_id": one["engagement_id"],
            "engagement_state": one["engagement_state"],
            "dates": one["dates"] or [],
            "refusal": one["refusal"],
            "has_reflection_of": [side for side in SIDES if side in written.get(one["engagement_id"], set())],
        }
        for one in visits
    ]
    return sorted(found, key=lambda one: (str(one["visitor_library_name"]), str(one["id"])))


def _swaps(work: Work, round_id: str, invited: list[Row]) -> list[Document]:
    names = {one["id"]: one["short_name"] for one in invited}
    return [_swap(one, names) for one in vandring.swaps(work.connection, round_id)]


def _swap(one: Row, names: dict[str, str]) -> Document:
    return {
        "id": one["id"],
        "asker_library_id": one["asker_id"],
        "asker_library_name": names[one["asker_id"]],
        "other_library_id": one["other_id"],
        "other_library_name": names[one["other_id"]],
        "state": one["state"],
        "asked_at": format_time(one["asked_at"]),
    }
