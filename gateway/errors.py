"""Every fault in plain words: a problem document for programs, a page for people, a traceback for nobody."""

from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from byttebank import telemetry
from byttebank.contracts.refusals import Refusal, ServiceUnavailable, UnknownOutcome
from byttebank.storage.availability import is_away
from gateway.auth.guard import ask_to_sign_in, current_user
from gateway.here import here
from gateway.problems import refusal_of, refusal_problem, status_of, status_problem
from gateway.speech import say
from gateway.words.refusals import refusal_sentence
from gateway.words.statuses import status_words

_log = telemetry.logger(__name__)
OPEN_FORMS = ("sign_in.show", "sign_in.enter", "joining.enter")
"""Forms for those who have not signed in."""

API_PATHS = ("/api/", "/openapi.json", "/livez", "/readyz")


def for_program(path: str) -> bool:
    """Whether the path is for programs, so that faults are problem documents."""
    return path.startswith(API_PATHS)


def answer_faults(app: Flask) -> None:
    """Refusals, HTTP faults and everything else are answered in words."""

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> ResponseReturnValue:
        if for_program(request.path):
            return refusal_problem(refusal, here().settings.database.clock.now())
        status = status_of(refusal)
        words = status_words(status)
        return _page(status, words.title, refusal_sentence(refusal))

    @app.errorhandler(CSRFError)
    def form_too_old(_error: CSRFError) -> ResponseReturnValue:
        if current_user() is None and request.endpoint not in OPEN_FORMS:
            return ask_to_sign_in()
        if request.endpoint == "sign_in.enter":
            flash(say("Siden hadde stått åpen for lenge. Prøv igjen."), "info")
            return redirect(url_for("sign_in.show"))
        words = status_words(400)
        return _page(
            400, words.title, say("Siden hadde stått åpen for lenge. Åpne den på nytt og send igjen.")
        )

    @app.errorhandler(HTTPException)
    def turned_down(error: HTTPException) -> ResponseReturnValue:
        if for_program(request.path):
            messages = getattr(error, "data", {}).get("messages")
            return refused(refusal_of(messages)) if messages else status_problem(error)
        status = error.code or 500
        if status < 400:
            return error.get_response()
        words = status_words(status)
        page = _page(status, words.title, words.sentence)
        return page[0], page[1], {name: value for name, value in error.get_headers() if name == "Allow"}

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        if is_away(error):
            _log.warning("The gateway's database is away", endpoint=request.endpoint, error=str(error))
            is_write = request.method not in ("GET", "HEAD", "OPTIONS")
            return refused(UnknownOutcome() if is_write else ServiceUnavailable(service="gateway"))
        _log.error("A request failed", endpoint=request.endpoint, method=request.method, exc_info=error)
        return turned_down(InternalServerError())


def _page(status: int, title: str, sentence: str) -> tuple[str, int]:
    if "user" not in g:
        g.user = None
    return render_template("error.html", title=title, sentence=sentence, status=status), status
