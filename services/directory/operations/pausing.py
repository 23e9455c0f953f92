"""Requests as they are shown, with whether their widening is paused because somebody has answered."""

from datetime import date, timedelta
from typing import Any

from byttebank.storage.work import Work
from services.directory.domain.widening import resumes_on
from services.directory.operations.publishing import as_seen
from services.directory.storage import market

Document = dict[str, Any]


def seen_requests(work: Work, requests: list[Document], library_id: str | None = None) -> list[Document]:
    """`SeenRequest`s as somebody at the library, or elsewhere in the county, may see them."""
    shown = as_seen(work, "request", requests, library_id=library_id)
    widening = [one["id"] for one in shown if one["county"] == work.county and _widens(one)]
    answers = market.answers_to(work.connection, widening) if widening else {}
    return [{**one, **_pause(one, answers.get(one["id"]), work.today)} for one in shown]


def _widens(request: Document) -> bool:
    return bool(request["state"] == "open" and request["is_open"] and request["widens_on"])


def _pause(request: Document, answers: list[date | None] | None, today: date) -> Document:
    if answers is None:
        return {"is_paused": False, "resumes_on": None}
    due = max(date.fromisoformat(request["widens_on"]), today + timedelta(1))
    resumes = resumes_on(due, answers)
    return {"is_paused": True, "resumes_on": None if resumes is None else resumes.isoformat()}
