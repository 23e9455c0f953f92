"""Offering a day, and asking for one that others offer."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.once import is_again
from gateway.pages.board import when_words
from gateway.pages.choices import (
    amount_of,
    amount_options,
    chosen_days,
    colleague_options,
    date_windows,
    days_from,
    days_text,
    open_days,
    own_colleagues,
    place_options,
    working_days,
)
from gateway.pages.offering import (
    USUAL,
    offer_fields,
    offering_page,
    places_of,
    purpose_options,
    sent_offer,
)
from gateway.pages.proposing import propose
from gateway.speech import say
from gateway.words.links import late_answers

pages = Blueprint("offers", __name__)
Document = dict[str, Any]

DAYS_AHEAD_SHOWN = 60


@pages.get("/tilby-en-dag")
@signed_in()
def new() -> ResponseReturnValue:
    """The empty form."""
    return offering_page(Form(offer_fields(), {**USUAL, "hvem": person().person_id}))


@pages.post("/tilby-en-dag")
@signed_in()
def create() -> ResponseReturnValue:
    """The offer is on the board; without dates it is standing."""
    user, (form, offer) = person(), sent_offer()
    if offer is not None:
        try:
            here().backend.directory.create_offer(offer, user.actor)
        except Refusal as refusal:
            form.refuse(refusal, places_of(offer))
    if form.errors:
        return offering_page(form), 422
    if is_again(here().settings.database, user.user_id, form.id):
        flash(say("Dette er alt mottatt, én gang. Dere trenger ikke sende det igjen."), "info")
    else:
        flash(say("Tilbudet ligger på tavla."), "success")
    return redirect(url_for("offers.show", offer_id=form.id))


@pages.get("/tilbud/<offer_id>")
@signed_in()
def show(offer_id: str) -> ResponseReturnValue:
    """Our own offer, to withdraw; another library's, to ask for."""
    offer = find_offer(offer_id)
    amount = 2 if offer["half_days"] >= 2 else offer["half_days"]
    values = {
        "kunnskap": offer["skills"][0],
        "mengde": days_text(amount),
        "vert": person().person_id,
        "sted": "host",
    }
    return _offer_page(offer, Form(_ask_fields(), values))


@pages.post("/tilbud/<offer_id>/forny")
@signed_in()
def renew(offer_id: str) -> ResponseReturnValue:
    """The offer stands for half a year from today."""
    find_offer(offer_id)
    renewed = here().backend.directory.renew_offer(offer_id, person().actor)
    flash(say("Tilbudet gjelder til {date}.", date=speech.on(renewed["expires_on"])), "success")
    return redirect(url_for("offers.show", offer_id=offer_id))


@pages.post("/tilbud/<offer_id>/trekk")
@signed_in()
def withdraw(offer_id: str) -> ResponseReturnValue:
    """The offer is off the board."""
    find_offer(offer_id)
    here().backend.directory.withdraw_offer(offer_id, person().actor)
    flash(say("Tilbudet er trukket."), "success")
    return redirect(url_for("libraries.show", library_id=person().library_id))


def _ask_fields() -> dict[str, str]:
    return {
        "kunnskap": say("Hva trenger dere hjelp til?"),
        "mengde": say("Hvor mye?"),
        "dato": say("Hvilken dag?"),
        "sted": say("Hvor kan arbeidet gjøres?"),
        "vert": say("Hvem tar imot hos dere?"),
        "hva": say("Med egne ord"),
    }


@pages.post("/tilbud/<offer_id>/spor")
@signed_in()
def ask(offer_id: str) -> ResponseReturnValue:
    """Our library asks for what is offered: the engagement is proposed."""
    user, offer = person(), find_offer(offer_id)
    form = sent_form(_ask_fields())
    form.need("kunnskap", "mengde", "dato", "sted", "vert")
    half_days, days = amount_of(form), chosen_days(form.text("dato"))
    if half_days and days and len(days) == 1 and half_days > 2:
        days = days_from(_days(offer), days[0], half_days)
        if days is None:
            form.errors["dato"] = say("Det er ikke nok dager i tilbudet etter denne. Velg en tidligere dag.")
    if form.errors or half_days is None or days is None:
        return _offer_page(offer, form), 422
    proposal = {
        "id": form.id,
        "offer_id": offer["id"],
        "host_library_id": user.library_id,
        "lender_library_id": offer["library_id"],
        "colleague_id": offer["colleague_id"],
        "skill": form.text("kunnskap"),
        "purpose": offer["purpose"],
        "place": form.text("sted"),
        "own_words": form.text("hva"),
        "dates": days,
        "half_days": half_days,
        "host_contact_id": form.text("vert"),
    }
    return propose(proposal, url_for("offers.show", offer_id=offer_id))


def find_offer(offer_id: str) -> Document:
    """The offer. Refuses: NotFound, also for what is no id."""
    if not is_id(offer_id):
        raise NotFound(kind="offer", id=offer_id)
    return here().backend.directory.get_offer(offer_id, person().actor)


def _days(offer: Document) -> list[str]:
    """The days that can be asked for: those offered, or the coming working days."""
    today = speech.speech().today
    if offer["dates"]:
        return [day for day in offer["dates"] if day >= today.isoformat()]
    first = offer["first_on"] or today.isoformat()
    ends = [day for day in (offer["last_on"], offer["expires_on"]) if day]
    last = min(ends, default=f"{today.year + 1}-12-31")
    lender = here().names.library_document(offer["library_id"])
    return open_days(working_days(first, last, today, offer["weekdays"]), lender)[:DAYS_AHEAD_SHOWN]


def _has_ended(offer: Document) -> bool:
    return bool(offer["expires_on"] and offer["expires_on"] < speech.speech().today.isoformat())


def _seen_in(offer: Document) -> str:
    """Which counties see our offer."""
    if offer["reach"] == "all":
        return say("Alle fylkene vi samarbeider med")
    return speech.names([here().names.county(one) for one in (offer["county"], *offer["counties"])])


def _offer_page(offer: Document, form: Form) -> str:
    user = person()
    library = here().names.library_document(offer["library_id"])
    is_own = offer["library_id"] == user.library_id
    return render_template(
        "offer.html",
        offer=offer,
        form=form,
        is_own=is_own,
        late="" if is_own else late_answers([offer["county"]]).get(offer["county"], ""),
        may_ask=user.role in ("colleague", "library_manager") and offer["state"] == "open",
        library=library["short_name"] if library else say("et bibliotek"),
        when=when_words(offer),
        title=speech.skills(offer["skills"]),
        purpose=dict(purpose_options())[offer["purpose"]],
        seen_in=_seen_in(offer),
        is_ended=_has_ended(offer),
        skills=[(code, speech.capitalised(speech.skill_name(code))) for code in offer["skills"]],
        amounts=amount_options(offer["half_days"]),
        windows=date_windows(_days(offer), 1),
        places=[(value, text) for value, text in place_options() if value in offer["places"]],
        colleagues=colleague_options(own_colleagues(user)) if not is_own else [],
    )
