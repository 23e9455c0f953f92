"""Asking for help: seven fields, then those who fit best; and helping with what others ask for."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.once import is_again
from gateway.pages.asking import PLACES, PLACES_OF_DATES, USUAL, ask_fields, ask_page, wanted_of
from gateway.pages.board import when_words
from gateway.pages.candidates import candidates_page
from gateway.pages.choices import (
    Options,
    amount_of,
    amount_options,
    chosen_days,
    colleague_options,
    date_windows,
    days_from,
    days_text,
    open_days,
    own_colleagues,
    working_days,
)
from gateway.pages.dates import dates_from_text
from gateway.pages.direct_requests import is_asked_alone, may_decline
from gateway.pages.proposing import propose
from gateway.pages.widening import sent_widening, widening_form
from gateway.reading import may_see
from gateway.speech import say

pages = Blueprint("requests", __name__)
Document = dict[str, Any]
ONE_DAY = 2


@pages.get("/be-om-hjelp")
@signed_in()
def ask() -> ResponseReturnValue:
    """The empty form."""
    values = {**USUAL, "vert": person().person_id, "bibliotek": request.args.get("bibliotek", "")}
    return ask_page(Form(ask_fields(), values))


@pages.post("/be-om-hjelp")
@signed_in()
def create() -> ResponseReturnValue:
    """The request is written; those who fit are shown before anybody is asked."""
    user, form = person(), sent_form(ask_fields())
    form.need("hva", "kunnskap", "mengde", "sted", "vert")
    dates = dates_from_text(form.text("datoer"), speech.speech().today)
    if dates is None:
        form.errors["datoer"] = say("Skriv datoene som 7.12.2026, med komma mellom.")
    elif not dates:
        form.need("fra", "til")
    if dates is not None and not form.errors:
        try:
            here().backend.directory.create_request(wanted_of(form, dates), user.actor)
        except Refusal as refusal:
            form.refuse(refusal, PLACES_OF_DATES if dates else PLACES)
    if form.errors:
        return ask_page(form), 422
    if is_again(here().settings.database, user.user_id, form.id):
        flash(say("Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."), "info")
    return redirect(url_for("requests.show", request_id=form.id))


@pages.get("/foresporsler/<request_id>")
@signed_in()
def show(request_id: str) -> ResponseReturnValue:
    """Our own request with those who fit best; another library's with the way to help."""
    wanted = find_request(request_id)
    if wanted["library_id"] == person().library_id:
        return candidates_page(wanted)
    return _help_page(wanted, Form(_help_fields(wanted), {"mengde": days_text(wanted["half_days"])}))


@pages.post("/foresporsler/<request_id>/legg-ut")
@signed_in()
def open_to_all(request_id: str) -> ResponseReturnValue:
    """The request is on the board, where those see it who were chosen, and asks further out as chosen."""
    directory, user = here().backend.directory, person()
    reach, days = sent_widening(_sent_widening(request_id))
    directory.widen_request(request_id, user.actor, reach=reach, widens_after_days=days)
    directory.open_request(request_id, user.actor)
    if days is None:
        directory.widen_request(request_id, user.actor)
    flash(say("Forespørselen ligger på tavla."), "success")
    return redirect(url_for("requests.show", request_id=request_id))


@pages.post("/foresporsler/<request_id>/spor-lenger-ut")
@signed_in()
def widen(request_id: str) -> ResponseReturnValue:
    """The request is seen as far as was chosen, and asks further out by itself as chosen, or not at all."""
    reach, days = sent_widening(_sent_widening(request_id))
    here().backend.directory.widen_request(request_id, person().actor, reach=reach, widens_after_days=days)
    flash(say("Det er endret hvem som ser forespørselen."), "success")
    return redirect(url_for("requests.show", request_id=request_id))


def _sent_widening(request_id: str) -> Form:
    return sent_form(widening_form(find_request(request_id)).fields)


@pages.post("/foresporsler/<request_id>/trekk")
@signed_in()
def close(request_id: str) -> ResponseReturnValue:
    """The request is closed."""
    find_request(request_id)
    here().backend.directory.close_request(request_id, person().actor)
    flash(say("Forespørselen er trukket."), "success")
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
    fields = {"hvem": say("Hvem kan hjelpe?"), "mengde": say("Hvor mye?"), "dato": say("Hvilken dag?")}
    return fields if _is_shared(wanted) else {name: fields[name] for name in ("hvem", "dato")}


def _is_shared(wanted: Document) -> bool:
    """Whether one library may help with some of the days: several days, not by one person."""
    return bool(wanted["half_days"] > ONE_DAY and not wanted["same_person"])


@pages.post("/foresporsler/<request_id>/hjelp")
@signed_in()
def offer_help(request_id: str) -> ResponseReturnValue:
    """Our library offers to help with another's request: the engagement is proposed."""
    user, wanted = person(), find_request(request_id)
    form = sent_form(_help_fields(wanted))
    form.need(*form.fields)
    days, half_days = chosen_days(form.text("dato")), wanted["half_days"]
    if _is_shared(wanted) and days is not None and not form.errors:
        half_days = amount_of(form) or half_days
        days = days_from(days_wanted(wanted), days[0], half_days)
        if days is None and not form.errors:
            form.errors["dato"] = say("Det er ikke nok dager etter denne. Velg en tidligere dag.")
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
        "half_days": half_days,
    }
    return propose(proposal, url_for("requests.show", request_id=request_id))


@pages.post("/foresporsler/<request_id>/kan-ikke")
@signed_in()
def decline(request_id: str) -> ResponseReturnValue:
    """Our library, asked alone, cannot help. Nobody asks why."""
    find_request(request_id)
    here().backend.directory.decline_request(request_id, person().actor)
    flash(say("Svaret er sendt: det passet ikke. Ingen spør hvorfor."), "success")
    return redirect(url_for("requests.show", request_id=request_id))


def find_request(request_id: str) -> Document:
    """The request. Refuses: NotFound, also for what is no id, and for what the reader may not see."""
    if not is_id(request_id):
        raise NotFound(kind="request", id=request_id)
    wanted = here().backend.directory.get_request(request_id)
    if not may_see(wanted, person()):
        raise NotFound(kind="request", id=request_id)
    return wanted


def _amounts(wanted: Document) -> Options:
    """All of the days first, then fewer; nothing to choose when one person does them all."""
    if not _is_shared(wanted):
        return []
    everything = (days_text(wanted["half_days"]), speech.capitalised(speech.days_count(wanted["half_days"])))
    return [everything, *(one for one in amount_options(wanted["half_days"]) if one != everything)]


def days_wanted(wanted: Document) -> list[str]:
    """The days the help may be on: the single dates, or the window's working days; none before today."""
    today = speech.speech().today
    if wanted["dates"]:
        return [day for day in wanted["dates"] if day >= today.isoformat()]
    host = here().names.library_document(wanted["library_id"])
    return open_days(working_days(wanted["first_on"], wanted["last_on"], today), host)


def _help_page(wanted: Document, form: Form) -> str:
    user = person()
    colleagues = own_colleagues(user)
    if user.role == "colleague":
        colleagues = [one for one in colleagues if one["id"] == user.person_id]
    able = {one["id"] for one in colleagues if set(wanted["skills"]) & {*one["can"], *one["can_teach"]}}
    colleagues.sort(key=lambda one: (one["id"] not in able, one["name"] or ""))
    days = days_wanted(wanted)
    library = here().names.library_document(wanted["library_id"])
    return render_template(
        "help.html",
        wanted=wanted,
        form=form,
        title=speech.skills(wanted["skills"]),
        when=when_words(wanted),
        library=library["short_name"] if library else say("et bibliotek"),
        is_asked=is_asked_alone(wanted, user),
        may_decline=may_decline(wanted, user),
        colleagues=colleague_options(colleagues),
        windows=date_windows(days, 1 if _is_shared(wanted) else wanted["half_days"]),
        amounts=_amounts(wanted),
        may_help=user.role in ("colleague", "library_manager") and wanted["state"] == "open",
    )
