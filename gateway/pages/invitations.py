"""The county's libraries: inviting them, how the invitations stand, and who has accepted the agreement."""

from typing import Any
from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form, sent_form
from gateway.here import here, person
from gateway.joining import check_address_is_free, new_link
from gateway.pages.library_page import KINDS
from gateway.pages.participation import standing
from gateway.speech import N_, say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("invitations", __name__)
Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")
STATES = {
    "open": N_("Venter på svar"),
    "used": N_("Har blitt med"),
    "expired": N_("Lenken har gått ut"),
    "withdrawn": N_("Trukket"),
}
UNANSWERED = ("open", "expired")
PLACES = {
    "/email": "epost",
    "/name": "navn",
    "/library_id": "bibliotek",
    "/short_name": "nytt",
    "account_exists": "epost",
    "not_found": "bibliotek",
}
MAX_SHORT_NAME = 60


@pages.get("/fylket/bibliotek")
@signed_in(*COUNTY_ROLES)
def index() -> str:
    """Who is invited, who has joined, who has accepted."""
    chosen = request.args.get("bibliotek", "")
    return _index(Form(_fields(), {"bibliotek": chosen, "type": "public"}))


@pages.post("/fylket/bibliotek")
@signed_in("county")
def invite() -> ResponseReturnValue:
    """The letter with the library's own link is on the way; a library that is typed in is in the register."""
    form = sent_form(_fields())
    form.need("navn", "epost")
    if not form.text("bibliotek"):
        form.need("nytt")
    if form.text("epost").strip() and "@" not in form.text("epost"):
        form.errors["epost"] = say("Skriv en e-postadresse, som kari@biblioteket.no.")
    if not form.errors:
        try:
            _invite(form)
        except Refusal as refusal:
            form.refuse(refusal, PLACES)
    if form.errors:
        return _index(form), 422
    flash(say("Invitasjonen er sendt til {email}.", email=form.text("epost").strip()), "success")
    return redirect(url_for("invitations.index"))


@pages.post("/fylket/bibliotek/<invitation_id>/forny")
@signed_in("county")
def renew(invitation_id: str) -> ResponseReturnValue:
    """A new link is on the way; the old one opens nothing."""
    directory = here().backend.directory
    return _act(
        invitation_id,
        lambda actor: directory.renew_invitation(invitation_id, new_link(), actor),
        say("En ny lenke er sendt. Den gamle virker ikke lenger."),
    )


@pages.post("/fylket/bibliotek/<invitation_id>/trekk")
@signed_in("county")
def withdraw(invitation_id: str) -> ResponseReturnValue:
    """The link opens nothing."""
    directory = here().backend.directory
    return _act(
        invitation_id,
        lambda actor: directory.withdraw_invitation(invitation_id, actor),
        say("Invitasjonen er trukket. Lenken virker ikke lenger."),
    )


def invite_to(invitation_id: str, library_id: str, name: str, email: str) -> Document:
    """`Invitation`, on the way to somebody who cannot sign in yet.

    The same id once more sends nothing and answers the same. Refuses: AccountExists; what the directory does.
    """
    check_address_is_free(email, invitation_id)
    invitation = {"id": invitation_id, "library_id": library_id, "name": name, "email": email}
    return here().backend.directory.invite_library({**invitation, "token": new_link()}, person().actor)


def _invite(form: Form) -> None:
    library_id, email = form.text("bibliotek"), form.text("epost").strip()
    check_address_is_free(email, form.id)
    if not library_id:
        library_id = str(uuid5(UUID(form.id), "library"))  # two presses make one library
        name = form.text("nytt").strip()
        library = {
            "id": library_id,
            "name": name,
            "short_name": name[:MAX_SHORT_NAME],
            "kind": form.text("type"),
            "municipality_name": form.text("kommune").strip() or None,
        }
        here().backend.directory.write_library(library, person().actor)
    elif not is_id(library_id):
        raise NotFound(kind="library", id=library_id)
    invite_to(form.id, library_id, form.text("navn").strip(), email)


def _act(invitation_id: str, act: Any, said: str) -> ResponseReturnValue:
    if not is_id(invitation_id):
        raise NotFound(kind="invitation", id=invitation_id)
    try:
        act(person().actor)
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    else:
        flash(said, "success")
    return redirect(url_for("invitations.index"))


def _index(form: Form) -> str:
    directory, user = here().backend.directory, person()
    libraries = directory.participations(user.actor)
    names = {one["library_id"]: one["library"] for one in libraries}
    invited = [
        (one, names.get(one["library_id"], ""), _sentence(one)) for one in directory.invitations(user.actor)
    ]
    return render_template(
        "invitations.html",
        form=form,
        options=[
            ("", say("Et bibliotek som ikke står i lista")),
            *((one["library_id"], one["library"]) for one in libraries),
        ],
        kinds=[(kind, say(words)) for kind, words in KINDS.items()],
        may_invite=user.role == "county",
        unanswered=[one for one in invited if one[0]["state"] in UNANSWERED],
        ended=[one for one in invited if one[0]["state"] not in UNANSWERED],
        waiting=[(one, standing(one)) for one in libraries if not one["is_accepted"]],
        accepted=[(one, standing(one)) for one in libraries if one["is_accepted"]],
        states={state: say(words) for state, words in STATES.items()},
    )


def _sentence(invitation: Document) -> str:
    if invitation["state"] == "open":
        sent, ends = (speech.on(invitation[name][:10]) for name in ("sent_at", "expires_at"))
        return speech.capitalised(say("sendt {sent}, lenken virker til {ends}.", sent=sent, ends=ends))
    if invitation["state"] == "used":
        return speech.capitalised(say("ble med {date}.", date=speech.on(invitation["used_at"][:10])))
    return speech.capitalised(say("sendt {sent}.", sent=speech.on(invitation["sent_at"][:10])))


def _fields() -> dict[str, str]:
    return {
        "bibliotek": say("Bibliotek"),
        "nytt": say("Navnet på biblioteket"),
        "type": say("Type"),
        "kommune": say("Kommune"),
        "navn": say("Hvem skal komme først?"),
        "epost": say("E-post"),
    }
