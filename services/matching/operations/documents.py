"""Engagements as documents: what is shown here, what a peer is sent, and what a peer has sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from byttebank.clock import format_time, parse_time
from services.matching.domain.engagement import By, Engagement, Line, Move
from services.matching.domain.names import PEER, Person, Viewer, seen_name

Document = dict[str, Any]
DATE_FIELDS = ("reply_by_on", "confirm_by_on", "release_on", "dispute_by_on")
SAME_FIELDS = (
    "id",
    "version",
    "state",
    "home_county",
    "lender_county",
    "host_library_id",
    "host_library_name",
    "lender_library_id",
    "lender_library_name",
    "colleague_id",
    "half_days",
    "request_id",
    "offer_id",
    "host_contact_id",
    "skill",
    "purpose",
    "place",
    "own_words",
    "transfer_id",
    "replaces",
)


def engagement_document(engagement: Engagement, people: Mapping[str, Person], viewer: Viewer) -> Document:
    """The contract's `Engagement`, with the names that the viewer sees."""
    names = _names(engagement, people, viewer)
    return {
        **{name: getattr(engagement, name) for name in SAME_FIELDS},
        **{name: _iso(getattr(engagement, name)) for name in DATE_FIELDS},
        "colleague_name": names["colleague"],
        "host_contact_name": names["host_contact"],
        "dates": [day.isoformat() for day in engagement.dates],
        "consents": {role: format_time(at) for role, at in engagement.consents.items()},
        "happened": dict(engagement.happened),
        "refusal": None if engagement.refusal is None else dict(engagement.refusal),
        "move": None if engagement.move is None else _move_document(engagement.move),
        "history": [
            {
                "at": format_time(line.at),
                "what": line.what,
                "by_library_id": line.by.library_id,
                "by_name": names[f"history.{number}"],
                "role": line.by.role,
            }
            for number, line in enumerate(engagement.history)
        ],
    }


def peer_documents(engagement: Engagement, people: Mapping[str, Person]) -> tuple[Document, Document]:
    """The payload for another county, with no name and no own words in it, and its detached part."""
    payload = engagement_document(engagement, people, PEER)
    detached = {
        "colleague_name": payload["colleague_name"],
        "host_contact_name": payload["host_contact_name"],
        "own_words": payload["own_words"],
        "names": {
            f"history.{number}": line["by_name"]
            for number, line in enumerate(payload["history"])
            if line["by_name"] is not None
        },
    }
    payload.update(colleague_name=None, host_contact_name=None, own_words="")
    payload["history"] = [{**line, "by_name": None} for line in payload["history"]]
    return payload, detached


def engagement_from_peer(payload: Mapping[str, Any], detached: Mapping[str, Any]) -> Engagement:
    """The engagement in a payload and its detached part, either of them as loaded by its schema."""
    names = detached.get("names") or {}
    same: dict[str, Any] = {name: payload[name] for name in SAME_FIELDS if name != "own_words"}
    days: dict[str, Any] = {name: _day(payload[name]) for name in DATE_FIELDS}
    return Engagement(
        **same,
        **days,
        own_words=detached.get("own_words") or "",
        colleague_name=detached.get("colleague_name"),
        host_contact_name=detached.get("host_contact_name"),
        dates=tuple(date.fromisoformat(day) for day in payload["dates"]),
        consents={role: parse_time(at) for role, at in payload["consents"].items()},
        happened=dict(payload["happened"]),
        refusal=payload["refusal"],
        move=None if payload["move"] is None else _move(payload["move"]),
        history=tuple(
            Line(
                parse_time(line["at"]),
                line["what"],
                By(line["by_library_id"], None, names.get(f"history.{number}"), line["role"]),
            )
            for number, line in enumerate(payload["history"])
        ),
    )


def _move_document(move: Move) -> Document:
    return {
        "dates": [day.isoformat() for day in move.dates],
        "asked_by": move.asked_by,
        "consents": {role: format_time(at) for role, at in move.consents.items()},
    }


def _move(told: Mapping[str, Any]) -> Move:
    consents = {role: parse_time(at) for role, at in told["consents"].items()}
    return Move(tuple(map(date.fromisoformat, told["dates"])), told["asked_by"], consents)


def with_known_names(newer: Engagement, older: Engagement | None) -> Engagement:
    """The newer copy with what this county knew of its own people's lines, which travel without a name."""
    if older is None:
        return newer
    ours = newer.lender_library_id
    known = [line for line in older.history if line.by.library_id == ours and line.by.name]
    history = []
    for line in newer.history:
        if line.by.library_id == ours:
            same = next((old for old in known if _is_same_line(old, line)), None)
            if same is not None:
                known.remove(same)
                line = replace(line, by=replace(line.by, person_id=same.by.person_id, name=same.by.name))
        history.append(line)
    return replace(newer, history=tuple(history))


def _is_same_line(known: Line, line: Line) -> bool:
    return known.what == line.what and line.by.role in (None, known.by.role)


def _names(engagement: Engagement, people: Mapping[str, Person], viewer: Viewer) -> dict[str, str | None]:
    told = {
        "colleague": (engagement.colleague_id, engagement.colleague_name),
        "host_contact": (engagement.host_contact_id, engagement.host_contact_name),
        **{
            f"history.{number}": (line.by.person_id, line.by.name)
            for number, line in enumerate(engagement.history)
        },
    }
    was_agreed = engagement.was_agreed
    return {
        key: seen_name(person_id, name, people=people, viewer=viewer, was_agreed=was_agreed)
        for key, (person_id, name) in told.items()
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
