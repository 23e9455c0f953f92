"""A vandring round in memory: Eidskog visits Tolga, Nes visits Eidskog; what is done is written down."""

from typing import Any

from conftest import Node
from eidskog import library
from fake_service import an_id, checked

from byttebank.contracts.refusals import NotFound
from byttebank.contracts.vandring import Reflection, VandringRound

ROUND = an_id("vandring")
SWAP = an_id("swap")
Document = dict[str, Any]


def a_library(name: str, answer: bool | None = True, **changes: Any) -> Document:
    places = {"Eidskog": (60.0, 12.07), "Tolga": (62.41, 11.0), "Grue": (60.45, 12.05), "Nes": (60.1, 11.4)}
    latitude, longitude = places[name]
    return {
        "library_id": library(name),
        "library_name": name,
        "latitude": latitude,
        "longitude": longitude,
        "answer": answer,
        "colleague_id": None,
        "has_left": False,
        "sits_out": None,
        **changes,
    }


def a_visit(visitor: str, host: str, **changes: Any) -> Document:
    return {
        "id": an_id(f"visit {visitor}"),
        "visitor_library_id": library(visitor),
        "visitor_library_name": visitor,
        "host_library_id": library(host),
        "host_library_name": host,
        "week_on": "2027-01-18",
        "distance_km": 270,
        "engagement_id": None,
        "engagement_state": None,
        "dates": [],
        "refusal": None,
        "has_reflection_of": [],
        **changes,
    }


def a_swap(**changes: Any) -> Document:
    return {
        "id": SWAP,
        "asker_library_id": library("Nes"),
        "asker_library_name": "Nes",
        "other_library_id": library("Eidskog"),
        "other_library_name": "Eidskog",
        "state": "asked",
        "asked_at": "2026-11-22T10:00:00.000000Z",
        **changes,
    }


def a_round(stage: str = "planned", **changes: Any) -> Document:
    """Three visit each other in a ring; Grue takes part and visits nobody."""
    return checked(
        VandringRound,
        {
            "id": ROUND,
            "name": "Vinter 2027",
            "first_on": "2027-01-11",
            "last_on": "2027-02-05",
            "reply_by_on": "2026-12-18",
            "max_km": 300,
            "sizes": "any",
            "closed_dates": [],
            "stage": stage,
            "created_at": "2026-11-22T10:00:00.000000Z",
            "created_by": "Ingrid",
            "published_at": None,
            "is_shortest": True,
            "invited_count": 5,
            "yes_count": 4,
            "no_count": 0,
            "visit_count": 3,
            "libraries": [
                a_library("Eidskog"),
                a_library("Grue", sits_out="too_far"),
                a_library("Nes"),
                a_library("Tolga"),
            ],
            "visits": [a_visit("Eidskog", "Tolga"), a_visit("Nes", "Eidskog"), a_visit("Tolga", "Nes")],
            "without_visitor": ["Grue"],
            "swaps": [],
            "swap_with": [],
            **changes,
        },
    )


def own_round(stage: str = "inviting", answer: bool | None = None, **changes: Any) -> Document:
    """The round as Eidskog sees it."""
    empty = {"visits": [], "without_visitor": [], "visit_count": 0}
    return a_round(stage, **{**empty, "libraries": [a_library("Eidskog", answer)], **changes})


def a_reflection(**changes: Any) -> Document:
    return checked(
        Reflection,
        {
            "id": an_id("reflection"),
            "engagement_id": an_id("visit"),
            "side": "visitor",
            "library_id": library("Eidskog"),
            "library_name": "Eidskog",
            "other_library_id": library("Tolga"),
            "other_library_name": "Tolga",
            "visited_on": "2026-11-20",
            "written_at": "2026-11-22T10:00:00.000000Z",
            "saw": "Åpne hyller",
            "learned": "",
            "advice": "Ta med barna",
            **changes,
        },
    )


ACTS = (
    "create_vandring_round",
    "answer_vandring",
    "plan_vandring_round",
    "publish_vandring_round",
    "discard_vandring_round",
    "ask_vandring_swap",
    "answer_vandring_swap",
    "leave_vandring",
    "propose_visit",
)


def with_vandring(
    node: Node, whole: Document | None = None, own: Document | None = None, refusal: Exception | None = None
) -> Node:
    """The node's matching knows the round; what is done to it is written into `calls`, or refused."""
    matching: Any = node.backend.matching

    def find(round_: Document | None, round_id: str) -> Document:
        if round_ is None or round_["id"] != round_id:
            raise NotFound(kind="vandring_round", id=round_id)
        return round_

    def act(name: str) -> Any:
        def done(*arguments: Any) -> Document:
            node.backend.calls.append((f"matching.{name}", list(arguments), {}))
            if refusal is not None:
                raise refusal
            return whole or own or a_round()

        return done

    shown = {"libraries": [], "visits": [], "without_visitor": []}
    matching.vandring_rounds = lambda limit=24: [{**whole, **shown}] if whole else []
    matching.vandring_round = lambda round_id: find(whole, round_id)
    matching.library_vandrings = lambda library_id: [own] if own else []
    matching.library_vandring = lambda round_id, library_id: find(own, round_id)
    for name in ACTS:
        setattr(matching, name, act(name))
    matching.remind_of_reflections = lambda round_id, actor: 2
    return node


def sent(node: Node) -> list[tuple[str, list[Any]]]:
    """What was asked of matching about vandring, by name and arguments."""
    names = {f"matching.{name}" for name in ACTS}
    return [(name.partition(".")[2], arguments) for name, arguments, _ in node.backend.calls if name in names]
