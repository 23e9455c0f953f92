"""Promises: a library makes one in one click, and its county gives it a date or forgives it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Refusal
from byttebank.identifiers import is_id, new_id
from gateway import speech
from gateway.amounts import half_days_from_text
from gateway.auth.guard import signed_in
from gateway.here import here, person
from gateway.speech import say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("promises", __name__)
Document = dict[str, Any]
BACK = {"konto": "accounts.show", "be-om-hjelp": "requests.ask"}
"""Where one came from, and goes back to."""


@pages.post("/konto/lofter")
@signed_in("library_manager", "colleague")
def make() -> ResponseReturnValue:
    """The reader's library has promised so many days; they get a date only when somebody asks."""
    user = person()
    try:
        half_days = half_days_from_text(request.form.get("mengde", ""))
        promise = {"id": form_id(), "library_id": user.library_id, "half_days": half_days}
        here().backend.ledger.make_promise(promise, user.actor)
        said = say(
            "Dere har lovet {days}. Det får dato først når noen trenger det.", days=speech.days(half_days)
        )
        flash(said, "success")
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    return redirect(url_for(BACK.get(request.form.get("fra", ""), "accounts.show")))


@pages.post("/konto/lofter/<promise_id>/trekk")
@signed_in("library_manager", "colleague")
def withdraw(promise_id: str) -> ResponseReturnValue:
    """What is open of the promise is taken back, if nothing was asked for against it."""
    ledger = here().backend.ledger
    withdrawal = {"id": form_id(), "promise_id": promise_id}
    return _act(
        lambda actor: ledger.withdraw_promise(withdrawal, actor), say("Løftet er trukket."), "accounts.show"
    )


@pages.get("/fylket/lofter")
@signed_in("county", "operator")
def index() -> str:
    """Every open promise in the county, the first that is due at the top."""
    found = here().backend.ledger.open_promises()
    return render_template(
        "promises.html",
        promises=[(promise, standing(promise), new_id()) for promise in found],
        late=sum(1 for promise in found if promise["is_late"]),
    )


@pages.post("/fylket/lofter/<promise_id>/dato")
@signed_in("county", "operator")
def give_date(promise_id: str) -> ResponseReturnValue:
    """Somebody has asked for the day: the promise has a date."""
    ledger = here().backend.ledger
    dating = {"id": form_id(), "promise_id": promise_id, "dated_on": request.form.get("dato", "")}
    return _act(
        lambda actor: ledger.date_promise(dating, actor), say("Løftet har fått dato."), "promises.index"
    )


@pages.post("/fylket/lofter/<promise_id>/ettergi")
@signed_in("county", "operator")
def forgive(promise_id: str) -> ResponseReturnValue:
    """What is open of the promise is forgiven, with a reason."""
    ledger = here().backend.ledger
    forgiving = {"id": form_id(), "promise_id": promise_id, "reason": request.form.get("grunn", "")}
    return _act(
        lambda actor: ledger.forgive_promise(forgiving, actor), say("Løftet er ettergitt."), "promises.index"
    )


def standing(promise: Document) -> str:
    """How a promise stands, in words."""
    if promise["state"] == "kept":
        return say("Løftet er holdt.")
    if promise["state"] == "ended":
        return say("Løftet er trukket eller ettergitt.")
    if promise["is_late"]:
        due = promise["dated_on"] or promise["horizon_on"]
        return say(
            "Løftet har ventet siden {date}. Det haster ikke, men noen venter kanskje.", date=speech.on(due)
        )
    if promise["dated_on"]:
        return say("Noen har spurt om dagen: {date}.", date=speech.on(promise["dated_on"]))
    return say("Ingen dato ennå. Senest {date}.", date=speech.on(promise["horizon_on"]))


def form_id() -> str:
    """The id of what the form does: made with the form, so that two presses do one thing."""
    sent = request.form.get("id")
    return sent if sent is not None and is_id(sent) else new_id()


def _act(act: Any, done: str, back: str) -> ResponseReturnValue:
    try:
        act(person().actor)
        flash(done, "success")
    except Refusal as refusal:
        flash(refusal_sentence(refusal, {"reason": say("Grunn")}), "danger")
    return redirect(url_for(back))
