"""The person's own page: the language of pages and mails."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import Refusal
from byttebank.language import LANGUAGE_NAMES
from gateway import speech
from gateway.auth.guard import signed_in
from gateway.forms import Form
from gateway.here import here, person, speak_to
from gateway.language_choice import choose_own_language
from gateway.languages import PARAMETER, spoken
from gateway.speech import say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("me", __name__)


@pages.get("/meg")
@signed_in()
def show() -> str:
    """Who one is here, and the language one reads in."""
    user = person()
    of_library = here().library_language(user.library_id)
    as_library = say("Som biblioteket ({language})", language=language_name(of_library))
    return render_template(
        "me.html",
        form=Form({PARAMETER: say("Språket mitt")}, {PARAMETER: user.language or ""}),
        languages=[("", as_library), *language_options()],
    )


@pages.post("/meg/sprak")
@signed_in()
def choose_language() -> ResponseReturnValue:
    """Pages and mails are in the language from now on, this answer too."""
    wanted = request.form.get(PARAMETER, "")
    if wanted and not spoken(wanted):
        flash(say("Velg et av språkene."), "danger")
        return redirect(url_for("me.show"))
    try:
        speak_to(choose_own_language(person(), wanted or None))
    except Refusal as refusal:
        flash(refusal_sentence(refusal), "danger")
    else:
        flash(say("Språket er endret."), "success")
    return redirect(url_for("me.show"))


def language_options() -> list[tuple[str, str]]:
    """The languages, each called what it calls itself."""
    return [(language, language_name(language)) for language in speech.spoken_languages()]


def language_name(language: str) -> str:
    """What the language calls itself."""
    return LANGUAGE_NAMES[language]
