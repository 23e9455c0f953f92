"""The page that a library's own link opens: who invites to what, and the form to come in."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.participation_refusals import AccountExists, AgreementChanged, InvitationEnded
from byttebank.contracts.refusals import NotFound, Refusal, TooManyAttempts
from gateway.accounts import AccountWrong
from gateway.auth.guard import TOKEN
from gateway.auth.sessions import open_session
from gateway.forms import Form, sent_form
from gateway.here import here
from gateway.joining import join, opened
from gateway.languages import chosen_language
from gateway.pages.library_page import PLACES as PAGE_PLACES
from gateway.pages.library_page import facts_of
from gateway.pages.participation import PLACES as ACCEPTANCE_PLACES
from gateway.pages.participation import (
    about_approver,
    acceptance_fields,
    acceptance_of,
    capacity_options,
    current_text,
)
from gateway.speech import N_, say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("joining", __name__)
Document = dict[str, Any]
PLACES = {"/name": "navn", **{f"/page{key}": name for key, name in PAGE_PLACES.items()}, **PAGE_PLACES}
ENDED = {
    "used": N_("Lenken er brukt. Har du vært her før, kan du logge inn med e-posten og passordet ditt."),
    "expired": N_("Lenken har gått ut. Be fylkesbiblioteket sende en ny; det gjør de med ett trykk."),
    "withdrawn": N_("Fylkesbiblioteket har trukket invitasjonen. Spør dem hvis dette er feil."),
    "unknown": N_(
        "Lenken er ikke hel, eller den er byttet ut med en nyere. Åpne lenken i den siste e-posten, eller be "
        "fylkesbiblioteket sende en ny."
    ),
}
STATUS = {"unknown": 404}


@pages.get("/bli-med/<token>")
def show(token: str) -> ResponseReturnValue:
    """Who invites to what, and the form; a page that says what to do when the link opens nothing."""
    try:
        invitation = opened(token, _visitor())
    except (NotFound, InvitationEnded, TooManyAttempts) as refusal:
        return _ended(refusal)
    library = here().backend.directory.get_library(invitation["library_id"])
    values = {
        "navn": invitation["name"],
        "kontaktperson": library["contact_name"] or "",
        "epost": library["contact_email"] or invitation["email"],
        "telefon": library["contact_phone"] or "",
        "nettsted": library["website"] or "",
    }
    return _page(token, invitation, library, Form(_fields(), values))


@pages.post("/bli-med/<token>")
def enter(token: str) -> ResponseReturnValue:
    """The person manages the library, has an account, and is signed in."""
    try:
        invitation = opened(token, _visitor())
    except (NotFound, InvitationEnded, TooManyAttempts) as refusal:
        return _ended(refusal)
    form = sent_form(_fields())
    joining = _joining(form)
    user = None
    if joining is not None:
        try:
            user = join(token, _visitor(), form.text("passord"), joining)
        except (NotFound, InvitationEnded, TooManyAttempts) as refusal:
            return _ended(refusal)
        except AccountWrong:
            form.errors["passord"] = say("Velg et passord på minst 8 tegn.")
        except (AccountExists, AgreementChanged) as refusal:
            form.errors[ACCEPTANCE_PLACES.get(refusal.code, "navn")] = refusal_sentence(refusal)
        except Refusal as refusal:
            form.refuse(refusal, {**ACCEPTANCE_PLACES, **PLACES})
    if user is None:
        library = here().backend.directory.get_library(invitation["library_id"])
        return _page(token, invitation, library, form), 422
    old_token = session.get(TOKEN)
    with here().settings.database.work() as work:
        new_token = open_session(work, user.user_id, old_token)
    session.clear()
    session[TOKEN] = new_token
    here().names.forget_library(user.library_id)
    flash(say("Velkommen. Biblioteket er med."), "success")
    return redirect(url_for("overview.show"))


def _joining(form: Form) -> Document | None:
    form.need("navn", "passord")
    nettsted = form.text("nettsted").strip()
    if nettsted and not nettsted.startswith(("https://", "http://")):
        form.errors["nettsted"] = say("Skriv hele adressen, som https://www.biblioteket.no.")
    acceptance = None if form.text("rolle") == "senere" else acceptance_of(form)
    if form.errors:
        return None
    return {
        "name": form.text("navn").strip(),
        "language": chosen_language(),
        "page": {
            "contact_name": form.text("kontaktperson").strip() or None,
            "contact_email": form.text("epost").strip() or None,
            "contact_phone": form.text("telefon").strip() or None,
            "website": nettsted or None,
        },
        "acceptance": acceptance,
    }


def _fields() -> dict[str, str]:
    return {
        "navn": say("Navnet ditt"),
        "passord": say("Velg et passord"),
        "kontaktperson": say("Hvem kan andre spørre?"),
        "epost": say("E-post"),
        "telefon": say("Telefon"),
        "nettsted": say("Nettsted"),
        **acceptance_fields(),
    }


def _page(token: str, invitation: Document, library: Document, form: Form) -> str:
    return render_template(
        "join.html",
        token=token,
        invitation=invitation,
        library=library,
        facts=facts_of(library),
        form=form,
        agreement=current_text(),
        about_approver=about_approver(),
        capacities=capacity_options(with_later=True),
    )


def _ended(refusal: Refusal) -> ResponseReturnValue:
    if isinstance(refusal, TooManyAttempts):
        return render_template("join_ended.html", sentence=refusal_sentence(refusal)), 429
    state = refusal.parameters.get("state", "unknown")
    sentence = say(ENDED.get(state, ENDED["unknown"]))
    return render_template("join_ended.html", sentence=sentence), STATUS.get(state, 410)


def _visitor() -> str:
    return request.remote_addr or ""
