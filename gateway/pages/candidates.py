"""Who could help with our request: the page between asking and proposing."""

from typing import Any

from flask import render_template

from byttebank.contracts.refusals import NotFound, ServiceUnavailable, UnknownOutcome
from byttebank.identifiers import new_id
from gateway import speech
from gateway.here import here
from gateway.pages.board import Line, when_words
from gateway.pages.choices import date_windows
from gateway.pages.direct_requests import direct_of
from gateway.pages.widening import days_options, reach_options, what_is_next, who_sees, widening_form
from gateway.speech import say
from gateway.words.links import late_answers
from gateway.words.reasons import reason_sentence

Document = dict[str, Any]

CANDIDATES_SHOWN = 5
WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""How long the page waits for matching to hear of a request that was written just now."""


def candidates_page(wanted: Document) -> str:
    """Our own request: those who could help, best first, each with a button to ask."""
    found = _candidates(wanted["id"]) if wanted["state"] == "open" else None
    shown = found["candidates"][:CANDIDATES_SHOWN] if found else []
    return render_template(
        "candidates.html",
        wanted=wanted,
        title=speech.skills(wanted["skills"]),
        when=when_words(wanted),
        direct=direct_of(wanted),
        widening=widening_form(wanted),
        reaches=reach_options(wanted),
        days=days_options(wanted),
        who_sees=who_sees(wanted),
        what_is_next=what_is_next(wanted),
        funnel=_funnel(wanted, found["funnel"]) if found else "",
        is_looking=found is None and wanted["state"] == "open",
        late=late_answers(one["county"] for one in shown),
        candidates=[
            (
                one,
                speech.library_name(one["library_id"]) or one["library_name"],
                [Line(reason_sentence(reason), reason["is_favourable"]) for reason in one["reasons"]],
                date_windows(one["dates"], wanted["half_days"]),
                new_id(),
            )
            for one in shown
        ],
    )


def _candidates(request_id: str) -> Document | None:
    """The candidates, or None while matching has not heard of the request or does not answer."""
    matching, pause = here().backend.matching, here().settings.pause
    for seconds in (*WAITS_SECONDS, None):
        try:
            return matching.candidates(request_id)
        except NotFound:
            if seconds is not None:
                pause(seconds)
        except (ServiceUnavailable, UnknownOutcome):
            return None
    return None


def skills_of(wanted: Document) -> str:
    """What the request is about, in words."""
    return speech.names([speech.skill_name(code) for code in wanted["skills"]])


def _funnel(wanted: Document, funnel: Document) -> str:
    if not funnel["can"]:
        return say("Ingen kan {skill} ennå. Et lengre tidsrom gir flere svar.", skill=skills_of(wanted))
    return say(
        "Av {libraries} bibliotek har {can} noen som kan {skill}. Hos {free} er noen ledig {when}, "
        "og {near} er nær nok.",
        libraries=funnel["libraries"],
        can=funnel["can"],
        skill=skills_of(wanted),
        free=funnel["free"],
        when=speech.span(wanted["first_on"], wanted["last_on"]),
        near=funnel["near"],
    )
