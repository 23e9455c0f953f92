"""Promises: a library makes one in one click, and its county gives it a date or forgives it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Refusal
from byttebank.identifiers import is_id, new_id
from gateway import speech
from gateway.amounts import half_days_from_text
from gateway.auth.guard import signed_in
from gateway.forms import sent_form
from gateway.here import here, person
from gateway.pages.acting import act
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
    try:
        ledger.withdraw_promise(withdrawal, person().actor)
        flash(say("Løftet er trukket."), "success")
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    return redirect(url_for("accounts.show"))


@pages.get("/fylket/lofter")
@signed_in("county", "operator")
def index() -> str:
    """Every open promise in the county, the first that is due at the top."""
    found = here().backend.ledger.open_promises()
    return render_template(
        "promises.html",
        promises=[(promise, standing(promise)) for promise in found],
        late=sum(1 for promise in found if promise["is_late"]),
    )


@pages.post("/fylket/lofter/<promise_id>/dato")
@signed_in("county", "operator")
def give_date(promise_id: str) -> ResponseReturnValue:
    """Somebody has asked for the day: the promise has a date."""
    ledger, user = here().backend.ledger, person()
    form = sent_form({"dato": say("Hvilken dag har noen spurt om?")})
    form.need("dato")
    dating = {"id": form.id, "promise_id": promise_id, "dated_on": form.text("dato")}
    done, places = say("Løftet har fått dato."), {"/dated_on": "dato"}
    back = url_for("promises.index")
    return act(form, lambda: ledger.date_promise(dating, user.actor), done, index, back, places)


@pages.post("/fylket/lofter/<promise_id>/ettergi")
@signed_in("county", "operator")
def forgive(promise_id: str) -> ResponseReturnValue:
    """What is open of the promise is forgiven, with a reason."""
    ledger, user = here().backend.ledger, person()
    form = sent_form({"grunn": say("Hvorfor ettergis løftet?")})
    form.need("grunn")
    forgiving = {"id": form.id, "promise_id": promise_id, "reason": form.text("grunn")}
    done, back = say("Løftet er ettergitt."), url_for("promises.index")
    return act(form, lambda: ledger.forgive_promise(forgiving, user.actor), done, index, back)


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
