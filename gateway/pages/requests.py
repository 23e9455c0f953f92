"""Asking for help: seven fields, then those who fit best; and helping with what others ask for."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id, new_id
from gateway import speech
from gateway.accounts import User
from gateway.amounts import half_days_from_text
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.once import is_again
from gateway.pages.candidates import candidates_page
from gateway.pages.choices import (
    amount_options,
    chosen_days,
    colleague_options,
    date_windows,
    own_colleagues,
    place_options,
    skill_options,
    working_days,
)
from gateway.pages.proposing import propose
from gateway.speech import say

pages = Blueprint("requests", __name__)
Document = dict[str, Any]

PLACES = {
    "date_order": "til",
    "date_past": "fra",
    "date_too_far": "til",
    "below_half_day": "mengde",
    "not_half_steps": "mengde",
    "too_many_days": "mengde",
    "host_contact_missing": "vert",
    "field_missing": "kunnskap",
    "/own_words": "hva",
    "/skills": "kunnskap",
    "/skills/0": "kunnskap",
    "/half_days": "mengde",
    "/days": "mengde",
    "/first_on": "fra",
    "/last_on": "til",
    "/place": "sted",
    "/host_contact_id": "vert",
}
"""Refusal or document pointer, to the field of the form."""


def _fields() -> dict[str, str]:
    return {
        "hva": say("Hva trenger dere hjelp til?"),
        "kunnskap": say("Hva må de kunne?"),
        "mengde": say("Hvor mye?"),
        "fra": say("Første dag som passer"),
        "til": say("Siste dag som passer"),
        "sted": say("Hvor kan arbeidet gjøres?"),
        "vert": say("Hvem tar imot hos dere?"),
    }


@pages.get("/be-om-hjelp")
@signed_in()
def ask() -> ResponseReturnValue:
    """The empty form."""
    return _ask_page(Form(_fields(), {"mengde": "1", "sted": "host", "vert": person().person_id}))


@pages.post("/be-om-hjelp")
@signed_in()
def create() -> ResponseReturnValue:
    """The request is written; those who fit are shown before anybody is asked."""
    user, form = person(), sent_form(_fields())
    form.need("hva", "kunnskap", "mengde", "fra", "til", "sted", "vert")
    if not form.errors:
        try:
            wanted = {
                "id": form.id,
                "library_id": user.library_id,
                "skills": [form.text("kunnskap")],
                "first_on": form.text("fra"),
                "last_on": form.text("til"),
                "half_days": half_days_from_text(form.text("mengde")),
                "place": form.text("sted"),
                "own_words": form.text("hva"),
                "host_contact_id": form.text("vert"),
            }
            here().backend.directory.create_request(wanted, user.actor)
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _ask_page(form), 422
    if is_again(here().settings.database, user.user_id, form.id):
        flash(say("Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."), "info")
    return redirect(url_for("requests.show", request_id=form.id))


def _ask_page(form: Form) -> str:
    user = person()
    return render_template(
        "ask.html",
        form=form,
        skills=[("", say("Velg")), *skill_options()],
        amounts=amount_options(),
        places=place_options(),
        colleagues=colleague_options(own_colleagues(user)),
        available=_available(user.library_id),
        needs_promise=_needs_promise(user),
        promise_amounts=amount_options()[:3],
        act_id=new_id(),
    )


def _needs_promise(user: User) -> bool:
    """Whether all the library has given and promised is used or set aside: one click promises more."""
    if user.role not in ("library_manager", "colleague"):
        return False
    try:
        account = here().backend.ledger.account(user.library_id)
    except Refusal:
        return False
    left = account["balance_half_days"] - account["reserved_half_days"]
    left += account.get("promised_half_days", 0)
    return bool(account.get("state", "open") == "open" and left <= 0)


def _available(library_id: str) -> str | None:
    try:
        available = here().backend.ledger.account(library_id)["available_half_days"]
    except Refusal:
        return None
    return speech.days_count(available) if available > 0 else None


@pages.get("/foresporsler/<request_id>")
@signed_in()
def show(request_id: str) -> ResponseReturnValue:
    """Our own request with those who fit best; another library's with the way to help."""
    wanted = find_request(request_id)
    if wanted["library_id"] == person().library_id:
        return candidates_page(wanted)
    return _help_page(wanted, Form(_help_fields(wanted)))


@pages.post("/foresporsler/<request_id>/legg-ut")
@signed_in()
def open_to_all(request_id: str) -> ResponseReturnValue:
    """The request is on the board."""
    return _change(request_id, "open_request", say("Forespørselen ligger på tavla."))


@pages.post("/foresporsler/<request_id>/trekk")
@signed_in()
def close(request_id: str) -> ResponseReturnValue:
    """The request is closed."""
    return _change(request_id, "close_request", say("Forespørselen er trukket."))


def _change(request_id: str, method: str, done: str) -> ResponseReturnValue:
    find_request(request_id)
    getattr(here().backend.directory, method)(request_id, person().actor)
    flash(done, "success")
    return redirect(url_for("requests.show", request_id=request_id))


@pages.post("/foresporsler/<request_id>/spor/<offer_id>")
@signed_in()
def ask_candidate(request_id: str, offer_id: str) -> ResponseReturnValue:
    """One candidate is asked: the engagement is proposed."""
    user, form = person(), sent_form({"dato": say("Dag")})
    wanted = find_request(request_id)
    offer = here().backend.directory.get_offer(offer_id, user.actor)
    back = url_for("requests.show", request_id=request_id)
    days = chosen_days(form.text("dato"))
    if days is None:
        flash(say("Velg en dag."), "danger")
        return redirect(back)
    proposal = {
        "id": form.id,
        "request_id": wanted["id"],
        "offer_id": offer["id"],
        "host_library_id": user.library_id,
        "lender_library_id": offer["library_id"],
        "colleague_id": offer["colleague_id"],
        "skill": wanted["skills"][0],
        "place": wanted["place"],
        "own_words": wanted["own_words"],
        "dates": days,
        "half_days": wanted["half_days"],
        "host_contact_id": wanted["host_contact_id"],
        "host_contact_name": wanted["host_contact_name"],
    }
    return propose(proposal, back)


def _help_fields(wanted: Document) -> dict[str, str]:
    return {"hvem": say("Hvem kan hjelpe?"), "dato": say("Hvilken dag?")}


@pages.post("/foresporsler/<request_id>/hjelp")
@signed_in()
def offer_help(request_id: str) -> ResponseReturnValue:
    """Our library offers to help with another's request: the engagement is proposed."""
    user, wanted = person(), find_request(request_id)
    form = sent_form(_help_fields(wanted))
    form.need("hvem", "dato")
    days = chosen_days(form.text("dato"))
    if form.errors or days is None:
        return _help_page(wanted, form), 422
    proposal = {
        "id": form.id,
        "request_id": wanted["id"],
        "host_library_id": wanted["library_id"],
        "lender_library_id": user.library_id,
        "colleague_id": form.text("hvem"),
        "skill": wanted["skills"][0],
        "place": wanted["place"],
        "own_words": wanted["own_words"],
        "dates": days,
        "half_days": wanted["half_days"],
    }
    return propose(proposal, url_for("requests.show", request_id=request_id))


def find_request(request_id: str) -> Document:
    """The request. Refuses: NotFound, also for what is no id."""
    if not is_id(request_id):
        raise NotFound(kind="request", id=request_id)
    return here().backend.directory.get_request(request_id)


def _help_page(wanted: Document, form: Form) -> str:
    user = person()
    colleagues = own_colleagues(user)
    if user.role == "colleague":
        colleagues = [one for one in colleagues if one["id"] == user.person_id]
    able = {one["id"] for one in colleagues if set(wanted["skills"]) & {*one["can"], *one["can_teach"]}}
    colleagues.sort(key=lambda one: (one["id"] not in able, one["name"] or ""))
    days = working_days(wanted["first_on"], wanted["last_on"], speech.speech().today)
    library = here().names.library_document(wanted["library_id"])
    return render_template(
        "help.html",
        wanted=wanted,
        form=form,
        title=speech.skills(wanted["skills"]),
        library=library["short_name"] if library else say("et bibliotek"),
        colleagues=colleague_options(colleagues),
        windows=date_windows(days, wanted["half_days"]),
        may_help=user.role in ("colleague", "library_manager") and wanted["state"] == "open",
    )
