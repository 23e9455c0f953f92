"""Requests to one library alone: what its people read, and what those read who ask."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from gateway import speech
from gateway.accounts import User
from gateway.here import here
from gateway.pages.board import when_words
from gateway.pages.tasks import Task
from gateway.reading import CALLED_OFF
from gateway.speech import say

Document = dict[str, Any]
DECIDING = ("library_manager", "county")


@dataclass(frozen=True)
class Direct:
    """How a request to one library stands. `is_over`: there is no answer, or it was no."""

    title: str
    sentence: str
    is_over: bool


def direct_of(wanted: Document) -> Direct | None:
    """What those read who have asked one library alone; None when they have not, or ask all by now."""
    if wanted["to_library_id"] is None or wanted["is_open"] or wanted["state"] != "open":
        return None
    return Direct(_title(wanted), _sentence(wanted), wanted["direct_answer"] is not None)


def is_asked_alone(wanted: Document, user: User) -> bool:
    """Whether the request is to the reader's library and no other."""
    return bool(wanted["to_library_id"] == user.library_id and not wanted["is_open"])


def may_decline(wanted: Document, user: User) -> bool:
    """Whether the reader may say that the library cannot."""
    waits = wanted["state"] == "open" and wanted["direct_answer"] != "declined"
    return waits and is_asked_alone(wanted, user) and user.role in DECIDING


def may_ask(library: Document, user: User) -> bool:
    """Whether the reader may ask this library for help: another one, here or in a county we exchange with."""
    if library["id"] == user.library_id or library["state"] != "open":
        return False
    names = here().names
    active = {peer["county"] for peer in names.peers() if peer["state"] == "active"}
    return user.role in ("colleague", "library_manager") and (
        library["county"] in {here().settings.county, *active}
    )


def direct_tasks(
    asked: list[Document], own: list[Document], engagements: list[Document], user: User
) -> list[Task]:
    """What waits: requests to this library alone without an offer of ours, and own ones without help."""
    offered = {one["request_id"] for one in engagements if one["state"] not in CALLED_OFF}
    to_us = [_to_answer(one) for one in asked if one["id"] not in offered]
    waiting = [(one, direct_of(one)) for one in own if one["id"] not in offered]
    return [*to_us, *(_to_open(one) for one, direct in waiting if direct and direct.is_over)]


def _to_answer(wanted: Document) -> Task:
    due = ""
    if wanted["reply_by_on"] and not wanted["direct_answer"]:
        due = say("Svar innen {date}", date=speech.short(wanted["reply_by_on"]))
    text = say("{what}, {when}.", what=speech.skills(wanted["skills"]), when=when_words(wanted))
    title = say("{library} spør bare dere om hjelp", library=_name(wanted["library_id"]))
    return Task(title, text, due, say("Les og svar"), _page(wanted))


def _to_open(wanted: Document) -> Task:
    text = say("{what}, {when}.", what=speech.skills(wanted["skills"]), when=when_words(wanted))
    return Task(_title(wanted), text, "", say("Spør noen andre"), _page(wanted))


def _title(wanted: Document) -> str:
    library = _name(wanted["to_library_id"])
    if wanted["direct_answer"] == "declined":
        return say("{library} kan ikke hjelpe", library=library)
    if wanted["direct_answer"] == "unanswered":
        return say("{library} har ikke svart", library=library)
    return say("Dere venter på svar fra {library}", library=library)


def _sentence(wanted: Document) -> str:
    library = _name(wanted["to_library_id"])
    if wanted["direct_answer"] == "declined":
        return say(
            "{library} kan ikke hjelpe denne gangen. Ingen andre har sett forespørselen.", library=library
        )
    if wanted["direct_answer"] == "unanswered":
        return say("{library} har ikke svart. Ingen andre har sett forespørselen.", library=library)
    if wanted["reply_by_on"] is None:
        return say("Dere har spurt {library} direkte. Ingen andre ser det.", library=library)
    return say(
        "Dere har spurt {library} direkte. Ingen andre ser det. Svarer de ikke innen {date}, sier vi fra.",
        library=library,
        date=speech.on(wanted["reply_by_on"]),
    )


def _name(library_id: str) -> str:
    return speech.library_name(library_id) or say("et bibliotek")


def _page(wanted: Document) -> str:
    return url_for("requests.show", request_id=wanted["id"])
