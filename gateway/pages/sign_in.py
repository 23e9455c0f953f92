"""Signing in and out."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from byttebank.contracts.refusals import SignInFailed, TooManyAttempts
from gateway.accounts import check_password
from gateway.auth.guard import TOKEN, current_user, way_back
from gateway.auth.sessions import close_session, open_session
from gateway.forms import Form, sent_form
from gateway.here import here
from gateway.speech import say
from gateway.words.refusals import refusal_sentence

pages = Blueprint("sign_in", __name__)


def _fields() -> dict[str, str]:
    return {"epost": say("E-post"), "passord": say("Passord")}


@pages.get("/logg-inn")
def show() -> ResponseReturnValue:
    """The form; whoever is signed in goes on."""
    if current_user() is not None:
        return redirect(way_back(request.args.get("neste")) or url_for("overview.show"))
    return _page(Form(_fields()), request.args.get("neste"))


@pages.post("/logg-inn")
def enter() -> ResponseReturnValue:
    """Signed in, with a new session, and back to where one was."""
    settings = here().settings
    form = sent_form(_fields())
    form.need("epost", "passord")
    if form.errors:
        return _page(form, request.form.get("neste")), 422
    try:
        user = check_password(
            settings.database, form.text("epost"), form.text("passord"), settings.run_in_thread
        )
    except (SignInFailed, TooManyAttempts) as refusal:
        form.errors["passord"] = refusal_sentence(refusal)
        return _page(form, request.form.get("neste")), 429 if refusal.is_transient else 401
    old_token = session.get(TOKEN)
    with settings.database.work() as work:
        token = open_session(work, user.user_id, old_token)
    session.clear()
    session[TOKEN] = token
    return redirect(way_back(request.form.get("neste")) or url_for("overview.show"))


@pages.post("/logg-ut")
def leave() -> ResponseReturnValue:
    """Signed out here; the session counts no longer anywhere."""
    token = session.get(TOKEN)
    if token:
        with here().settings.database.work() as work:
            close_session(work, token)
    session.clear()
    flash(say("Du er logget ut."), "success")
    return redirect(url_for("public.front"))


def _page(form: Form, next_path: str | None) -> str:
    settings = here().settings
    return render_template(
        "sign_in.html",
        form=form,
        next_path=next_path or "",
        sign_ins=settings.sign_ins if settings.is_demo else (),
    )
