"""The first page: what needs me now, what is agreed, how do we stand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, render_template, url_for

from byttebank.contracts.refusals import AccountUnknown, ServiceUnavailable, UnknownOutcome
from gateway import speech
from gateway.accounts import User
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.pages.county_tasks import county_questions
from gateway.pages.direct_requests import direct_tasks
from gateway.pages.notices import notices_of
from gateway.pages.own_vandring import vandring_tasks
from gateway.pages.participation import participation_tasks
from gateway.pages.standing import Standing, standing
from gateway.pages.tasks import Task
from gateway.reading import Reader, deadline, may_answer_move, may_confirm, moves_days, must_act, reader_of
from gateway.speech import say
from gateway.words import engagements as words
from gateway.words.moving import move_sentence
from gateway.words.visits import visit_task

pages = Blueprint("overview", __name__)
Document = dict[str, Any]
Answer = TypeVar("Answer")
AGREED_SHOWN = 6
MORNING_ENDS, EVENING_BEGINS = 10, 18


@dataclass(frozen=True)
class Agreed:
    """An agreed day in the list."""

    engagement: Document
    title: str
    href: str
    place: str


@pages.get("/oversikt")
@signed_in()
def show() -> str:
    """Three questions at a glance. A service that is down takes away its own answer only."""
    backend, user = here().backend, person()
    engagements = _unless_silent(lambda: backend.matching.list_engagements(user.library_id))
    own_requests = _unless_silent(lambda: backend.directory.list_requests(user.library_id, limit=10))
    asked = _unless_silent(lambda: backend.directory.asked_directly(user.library_id))
    vandrings = _unless_silent(lambda: backend.matching.library_vandrings(user.library_id))
    requests = [one for one in (own_requests or {"items": []})["items"] if one["state"] == "open"]
    return render_template(
        "overview.html",
        greeting=_greeting(user),
        is_matching_silent=engagements is None,
        tasks=(_unless_silent(lambda: participation_tasks(user)) or [])
        + [task for question in county_questions(user) for task in _unless_silent(question) or []]
        + tasks_of(engagements or [], user)
        + direct_tasks(asked or [], requests, engagements or [], user)
        + vandring_tasks(vandrings or [], user),
        agreed=_agreed(engagements or [], user)[:AGREED_SHOWN],
        requests=requests,
        standing=_unless_silent(lambda: _standing(user)),
        unread=sum(1 for notice in _notices(user) if notice["read_at"] is None),
    )


def tasks_of(engagements: list[Document], user: User) -> list[Task]:
    """What waits for this user, the nearest deadline first."""
    today = speech.speech().today
    mine = [(one, reader_of(one, user)) for one in engagements]
    due = [(one, reader) for one, reader in mine if must_act(one, reader, today)]
    due.sort(key=lambda pair: deadline(pair[0]) or pair[0]["dates"][0])
    return [_task(engagement, reader) for engagement, reader in due]


def _task(engagement: Document, reader: Reader) -> Task:
    values = words.values_of(engagement, reader)
    href = url_for("engagements.show", engagement_id=engagement["id"])
    last = deadline(engagement)
    if may_confirm(engagement, reader, speech.speech().today):
        due = say("Bekreftes av seg selv {date}", date=speech.short(last)) if last else ""
        title = say("Ble dagen hos {host} gjennomført?", **values)
        if reader.bank_side == "host":
            title = say("Fikk dere hjelp av {lender}?", **values)
        if not moves_days(engagement):
            title = visit_task(reader.bank_side or reader.side, True, values)
        text = _confirm_text(engagement, reader, values)
        return Task(title, text, due, say("Svar ja eller nei"), href)
    if may_answer_move(engagement, reader, speech.speech().today):
        title = say("Ny dato? {host} {date}", **values)
        return Task(title, move_sentence(engagement, reader), "", say("Les og svar"), href)
    title = {
        "colleague": say("Kan du hjelpe {host}?", **values),
        "host": say("{lender} vil hjelpe dere", **values),
    }.get(reader.side, say("{host} spør om {name} kan hjelpe", **values))
    if words.is_from_round(engagement) and reader.side != "colleague":
        title = {
            "host": say("Fordelingsrunde: {lender} kan hjelpe dere", **values),
        }.get(reader.side, say("Fordelingsrunde: kan {name} hjelpe {host}?", **values))
    if not moves_days(engagement):
        title = visit_task(reader.side, False, values)
    if engagement["state"] == "refused":
        title = say("Grensen er nådd: {lender} venter", **values)
    text = speech.capitalised(say("{what} {date}, {days}.", what=_what(engagement), **values))
    due = say("Svar innen {date}", date=speech.short(last)) if last else ""
    return Task(title, text, due, say("Les og svar"), href)


def _confirm_text(engagement: Document, reader: Reader, values: dict[str, str]) -> str:
    other = "host" if reader.bank_side == "lender" else "lender"
    if engagement["happened"].get(other):
        return say("{library} sier ja om {date}. Svarer dere ja, føres det med en gang.", **values)
    return speech.capitalised(say("{date}. Ett trykk er nok.", **values))


def _what(engagement: Document) -> str:
    if not moves_days(engagement):
        return say("besøk")
    return speech.skill_name(engagement["skill"]) if engagement["skill"] else say("hjelp")


def _agreed(engagements: list[Document], user: User) -> list[Agreed]:
    today = speech.speech().today.isoformat()
    coming = [
        one for one in engagements if one["state"] in ("agreed", "reserving") and one["dates"][-1] >= today
    ]
    return [
        Agreed(
            engagement=one,
            title=words.title(one, reader_of(one, user)),
            href=url_for("engagements.show", engagement_id=one["id"]),
            place=place_words(one, reader_of(one, user)),
        )
        for one in sorted(coming, key=lambda one: one["dates"][0])
    ]


def place_words(engagement: Document, reader: Reader) -> str:
    """Where the work is done, from the reader's side."""
    if engagement["place"] == "online":
        return say("På nett")
    if engagement["place"] == "home":
        return say("Hjemmefra")
    return say("Hos oss") if reader.side == "host" else say("Hos {host}", host=words.host_name(engagement))


def _standing(user: User) -> Standing | None:
    ledger = here().backend.ledger
    try:
        account = ledger.account(user.library_id)
    except AccountUnknown:
        return None
    return standing(account, ledger.reservations(user.library_id))


def _notices(user: User) -> list[Document]:
    return _unless_silent(lambda: notices_of(user)) or []


def _greeting(user: User) -> str:
    hour = speech.local(here().settings.database.clock.now()).hour
    name = user.name.split()[0]
    if hour < MORNING_ENDS:
        return say("God morgen, {name}", name=name)
    return say("God kveld, {name}", name=name) if hour >= EVENING_BEGINS else say("Hei, {name}", name=name)


def _unless_silent(question: Callable[[], Answer]) -> Answer | None:
    """The answer, or None when the service does not answer now: the page says so in its place."""
    try:
        return question()
    except (ServiceUnavailable, UnknownOutcome):
        return None
