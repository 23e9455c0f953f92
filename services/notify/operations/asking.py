"""Requests to one library alone: who is asked, and who hears that there will be no help from there."""

from typing import Any

from byttebank.storage.work import Work
from services.notify.operations.telling import Announcement, announce
from services.notify.storage import copies

Document = dict[str, Any]
REQUESTS = "foresporsler"
"""Page of the gateway."""


def direct_request_changed(work: Work, body: Document, public_url: str) -> int:
    """The library that is asked is told, or the one that asks of a no or of silence; each once."""
    is_asked = body["what"] == "asked"
    reader, other = ("to_library_id", "library_id") if is_asked else ("library_id", "to_library_id")
    names = copies.short_names(work.connection, [body[other]])
    days = (
        {"dates": body["dates"]} if body["dates"] else {name: body[name] for name in ("first_on", "last_on")}
    )
    more = {"library": names[body[other]]} if body[other] in names else {}
    if is_asked and body["reply_by_on"]:
        more["reply_by"] = body["reply_by_on"]
    news = Announcement(
        key=f"direct_{body['what']}",
        about="request",
        subject_id=body["request_id"],
        occasion="",
        library_ids=[body[reader]],
        parameters={"request_id": body["request_id"], **days, **more},
        path=f"{REQUESTS}/{body['request_id']}",
    )
    return announce(work, news, public_url)
