"""News that concern no engagement: promises, clearing rounds, counties that were stopped, vandring rounds."""

from typing import Any

from byttebank.storage.work import Work
from services.notify.operations.telling import Announcement, announce
from services.notify.storage import copies

Document = dict[str, Any]
ACCOUNT, ROUNDS, PEERS = "konto", "fylket/avregning", "fylket/samarbeid"
MATCHING = "fylket/fordeling"
VANDRING, REFLECTION = "vandring", "refleksjoner/skriv"
"""Pages of the gateway."""


def promise_due(work: Work, body: Document, public_url: str) -> int:
    """The library is told, once for each date, that its promise is near or has waited past it."""
    news = Announcement(
        key="promise_late" if body["is_late"] else "promise_due",
        about="promise",
        subject_id=body["promise_id"],
        occasion=body["due_on"],
        library_ids=[body["library_id"]],
        parameters={"dates": [body["due_on"]], "half_days": body["half_days"]},
        path=ACCOUNT,
    )
    return announce(work, news, public_url)


def clearing_ended(work: Work, body: Document, public_url: str) -> int:
    """The county library reads what a round has come to. One in which nothing went in a ring is no news."""
    if body["outcome"] == "nothing_to_clear":
        return 0
    news = Announcement(
        key="clearing_applied" if body["outcome"] == "applied" else "clearing_unchanged",
        about="clearing",
        subject_id=body["round_id"],
        occasion="",
        library_ids=copies.county_library_ids(work.connection, work.county),
        parameters={"half_days": body["cleared_half_days"], "county": body["coordinator"]},
        path=f"{ROUNDS}/{body['round_id']}",
        is_mailed=False,
    )
    return announce(work, news, public_url)


def joint_round_computed(work: Work, body: Document, public_url: str) -> int:
    """The county library is asked to look over what a round with other counties means for its own
    libraries.
    """
    news = Announcement(
        key="joint_round_computed",
        about="round",
        subject_id=body["round_id"],
        occasion="",
        library_ids=copies.county_library_ids(work.connection, work.county),
        parameters={"county": body["coordinator"], "matching_round_id": body["round_id"]},
        path=f"{MATCHING}/{body['round_id']}",
        is_mailed=False,
    )
    return announce(work, news, public_url)


def peer_equivocated(work: Work, body: Document, public_url: str) -> int:
    """The county library is told at once that a county contradicted itself and is stopped."""
    subject = body.get("clearing_round_id") or f"{body['county']}/{body['service']}"
    news = Announcement(
        key="peer_stopped",
        about="county",
        subject_id=subject[:36],
        occasion=str(body["seq"]),
        library_ids=copies.county_library_ids(work.connection, work.county),
        parameters={"county": body["county"]},
        path=f"{PEERS}/{body['county']}",
    )
    return announce(work, news, public_url)


def vandring_told(work: Work, body: Document, public_url: str) -> int:
    """The library is told of a vandring round, or asked for a reflection, once for each occasion."""
    named = {name: body[name] for name in ("season", "host", "lender", "library") if body[name]}
    sides = [side for side in ("host", "lender") if body[side]]
    more = {"party": "both" if len(sides) == 2 else sides[0]} if sides else {}
    if body["reply_by_on"]:
        more["reply_by"] = body["reply_by_on"]
    is_reflection = body["engagement_id"] is not None
    subject_id = body["engagement_id"] if is_reflection else body["round_id"]
    news = Announcement(
        key=body["key"],
        about="visit" if is_reflection else "vandring",
        subject_id=subject_id,
        occasion=body["occasion"],
        library_ids=[body["library_id"]],
        parameters={**named, **more, "visit_id" if is_reflection else "vandring_id": subject_id},
        path=f"{REFLECTION if is_reflection else VANDRING}/{subject_id}",
    )
    return announce(work, news, public_url)
