"""Who sees our request, and how it asks further out: the own county, then its neighbours, then all."""

from typing import Any

from byttebank.contracts.resources import REQUEST_REACHES
from gateway import speech
from gateway.forms import Form
from gateway.here import here
from gateway.pages.choices import Options
from gateway.speech import say, say_many

Document = dict[str, Any]
AFTER_DAYS = (1, 2, 3, 7, 14)
USUAL_DAYS = "3"
NEVER = "0"


def widening_form(wanted: Document) -> Form:
    """The choices as they stand; before the request is on the board, the usual ones."""
    days = str(wanted["widens_after_days"] or NEVER) if wanted["is_open"] else USUAL_DAYS
    reach = wanted["reach"] if wanted["is_open"] else REQUEST_REACHES[0]
    labels = {"rekkevidde": say("Hvem skal se det nå?"), "dager": say("Spør lenger ut av seg selv")}
    return Form(labels, {"rekkevidde": reach, "dager": days})


def sent_widening(form: Form) -> tuple[str | None, int | None]:
    """The reach and the number of days of a form that was sent; None where nothing of ours was chosen."""
    reach, days = form.text("rekkevidde"), form.text("dager")
    is_days = days.isascii() and days.isdecimal() and len(days) <= 2 and int(days) > 0
    return reach if reach in REQUEST_REACHES else None, int(days) if is_days else None


def reach_options(wanted: Document) -> Options:
    """How far the request may reach from now on: as far as it does, or further."""
    first = REQUEST_REACHES.index(wanted["reach"]) if wanted["is_open"] else 0
    words = {
        "county": here().names.own_county(),
        "neighbours": say("{county} og nabofylkene", county=here().names.own_county()),
        "all": say("Alle fylkene vi samarbeider med"),
    }
    return [(reach, words[reach]) for reach in REQUEST_REACHES[first:]]


def days_options(wanted: Document) -> Options:
    """After how many days it widens, its own number among them."""
    numbers = sorted({*AFTER_DAYS, *([wanted["widens_after_days"]] if wanted["widens_after_days"] else [])})
    after = [(str(n), say_many("Etter 1 dag", "Etter {n} dager", n)) for n in numbers]
    return [*after, (NEVER, say("Ikke før vi sier fra"))]


def who_sees(wanted: Document) -> str:
    """Which counties see the request now."""
    county = here().names.own_county()
    if wanted["reach"] == "county":
        return say("Nå ser bibliotekene i {county} det.", county=county)
    if wanted["reach"] == "all":
        return say("Nå ser bibliotekene i {county} og alle fylkene vi samarbeider med, det.", county=county)
    return say("Nå ser bibliotekene i {counties} det.", counties=speech.names([county, *_neighbours()]))


def what_is_next(wanted: Document) -> str:
    """When it asks further out, or that it does not."""
    if wanted["reach"] == "all":
        return ""
    if wanted["widens_on"] is None:
        return say("Det blir ikke spurt lenger ut av seg selv.")
    if wanted["is_paused"]:
        return _pause(wanted["resumes_on"])
    return say(
        "Har ingen svart, blir det spurt lenger ut {date}. Svarer noen, venter det så lenge.",
        date=speech.on(wanted["widens_on"]),
    )


def _pause(resumes_on: str | None) -> str:
    if resumes_on is None:
        return say("Det venter fordi noen hjelper med en del. Dere kan spørre lenger ut selv.")
    return say(
        "Det venter fordi noen har svart. Blir det ikke noe av, blir det spurt lenger ut {date}.",
        date=speech.on(resumes_on),
    )


def _neighbours() -> list[str]:
    names = here().names
    with_us = {peer["county"] for peer in names.peers() if peer["state"] == "active"}
    return [names.county(slug) for slug in names.county_document()["neighbours"] if slug in with_us]
