"""What everybody may read: the county's front page, what it is, and the list of refusals."""

from typing import Any

from flask import Blueprint, render_template

from byttebank.contracts.refusals import Refusal, all_refusals
from gateway.here import here
from gateway.problems import STATUS
from gateway.words.refusals import sentence_of

pages = Blueprint("public", __name__)
SHOWN_LIBRARIES = 60


@pages.get("/")
def front() -> str:
    """What it is, who takes part, and the way in."""
    gateway = here()
    libraries = _or_none(
        lambda: gateway.backend.directory.list_libraries(gateway.settings.county, limit=SHOWN_LIBRARIES)
    )
    return render_template(
        "public/front.html",
        libraries=libraries["items"] if libraries else [],
        has_more=bool(libraries and libraries["next_cursor"]),
        sign_ins=gateway.settings.sign_ins if gateway.settings.is_demo else (),
    )


@pages.get("/om")
def about() -> str:
    """What taking part means, whether the books are in balance, personal data, accessibility."""
    gateway = here()
    return render_template(
        "public/about.html",
        balance=_or_none(gateway.backend.ledger.trial_balance),
        county=_or_none(gateway.names.county_document),
    )


@pages.get("/problemer")
def problems() -> str:
    """Every problem the programming interface may answer with: the `type` of problem documents leads here."""
    listed = [
        (refusal.code, STATUS[refusal.code], sentence_of(refusal.code, {}), refusal.is_transient)
        for refusal in all_refusals()
    ]
    return render_template("public/problems.html", problems=listed)


def _or_none(question: Any) -> Any:
    """The answer, or None while a service does not answer: these pages stand without it."""
    try:
        return question()
    except Refusal:
        return None
