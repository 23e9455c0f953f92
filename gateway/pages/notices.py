"""What the library and the person have been told."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound
from byttebank.identifiers import is_id
from gateway.accounts import User
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.speech import say
from gateway.words.notices import notice_words

pages = Blueprint("notices", __name__)
Document = dict[str, Any]
ROUND_PAGE = ("matching_round_id", "matching_rounds.show", "round_id")
VANDRING_PAGES = (
    ("visit_id", "reflections.new", "engagement_id"),
    ("vandring_id", "own_vandring.show", "round_id"),
)
"""What a notice names in its parameters, the page of it, and what that page calls it."""


@pages.get("/varsler")
@signed_in()
def index() -> str:
    """The newest first; those not read are marked by a word and a sign."""
    found = notices_of(person())
    return render_template(
        "notices.html",
        notices=[(one, notice_words(one), page_of(one), link_words(one)) for one in found],
    )


def notices_of(user: User) -> list[Document]:
    """What the user is told, newest first. What is told to the person too is not told twice."""
    found = here().backend.notify.notices(user.library_id, user.person_id)
    personal = {(one["engagement_id"], one["key"]) for one in found if one["person_id"]}
    return [one for one in found if one["person_id"] or (one["engagement_id"], one["key"]) not in personal]


@pages.post("/varsler/<notice_id>/lest")
@signed_in()
def read(notice_id: str) -> ResponseReturnValue:
    """The notice is read; on to what it is about."""
    if not is_id(notice_id):
        raise NotFound(kind="notice", id=notice_id)
    notice = here().backend.notify.mark_read(notice_id, person().actor)
    return redirect(page_of(notice) or url_for("notices.index"))


def page_of(notice: Document) -> str | None:
    """The page of what the notice is about, where it has one."""
    if notice["engagement_id"]:
        return url_for("engagements.show", engagement_id=notice["engagement_id"])
    for name, endpoint, argument in (*VANDRING_PAGES, ROUND_PAGE):
        if is_id(thing_id := notice["parameters"].get(name)):
            return url_for(endpoint, **{argument: thing_id})
    request_id = notice["parameters"].get("request_id")
    return url_for("requests.show", request_id=request_id) if is_id(request_id) else None


def link_words(notice: Document) -> str:
    """What the link to that page says."""
    if notice["engagement_id"]:
        return say("Se avtalen")
    if notice["parameters"].get(ROUND_PAGE[0]):
        return say("Se runden")
    if notice["parameters"].get("visit_id"):
        return say("Skriv refleksjon")
    return say("Se vandringen") if notice["parameters"].get("vandring_id") else say("Se forespørselen")
