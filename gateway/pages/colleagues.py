"""The library's own colleagues, and which of their skills their manager confirms. Nobody needs to."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import NotFound, Refusal
from byttebank.identifiers import is_id
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form
from gateway.here import here, person
from gateway.pages.choices import own_colleagues
from gateway.speech import say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("colleagues", __name__)
Document = dict[str, Any]


@pages.get("/kolleger")
@signed_in("library_manager")
def index() -> str:
    """Each colleague with what she says she can, and what of it is confirmed."""
    # Who has no name here wants nothing kept of herself.
    known = [one for one in own_colleagues(person()) if one["name"]]
    return render_template("colleagues.html", colleagues=[(one, _form(one), _options(one)) for one in known])


@pages.post("/kolleger/<colleague_id>/ferdigheter")
@signed_in("library_manager")
def confirm(colleague_id: str) -> ResponseReturnValue:
    """Exactly the chosen skills of the colleague are confirmed from now on."""
    if not is_id(colleague_id):
        raise NotFound(kind="colleague", id=colleague_id)
    codes = list(dict.fromkeys(request.form.getlist(_field(colleague_id))))
    try:
        changed = here().backend.directory.confirm_skills(colleague_id, codes, person().actor)
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    else:
        name = changed["name"] or say("en kollega")
        flash(say("Det er lagret hva du bekrefter for {name}.", name=name), "success")
    return redirect(url_for("colleagues.index"))


def _form(colleague: Document) -> Form:
    return Form({}, {_field(colleague["id"]): colleague["confirmed"]})


def _field(colleague_id: str) -> str:
    return f"bekreft-{colleague_id}"


def _options(colleague: Document) -> list[tuple[str, str]]:
    codes = dict.fromkeys([*colleague["can"], *colleague["can_teach"]])
    return sorted(
        ((code, speech.capitalised(speech.skill_name(code))) for code in codes), key=lambda one: one[1]
    )
