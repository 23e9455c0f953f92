"""The page before the counties: what it is, and the way to each county's own gateway."""

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from byttebank.clock import local_date
from byttebank.storage.work import TIME_ZONE
from gateway.languages import accepted_language, chosen_language, tell_languages
from gateway.security import secure
from gateway.settings import FrontCounty, SignIn
from gateway.speech import SOURCE, Speech, speak
from gateway.templating import prepare_words
from gateway.words.statuses import status_words


def create_front(counties: Sequence[FrontCounty], is_demo: bool, sign_ins: Sequence[SignIn] = ()) -> Flask:
    """The application for `/` where several counties are served: it asks nobody and keeps nothing.

    `sign_ins` are shown in the demonstration only, each at its county.
    """
    app = Flask(__name__)
    prepare_words(app)
    secure(app, is_https=False)
    tell_languages(app, is_https=False)
    shown = list(sign_ins) if is_demo else []

    @app.before_request
    def know_the_day() -> None:
        language = chosen_language() or accepted_language() or SOURCE
        speak(Speech(language=language, today=local_date(datetime.now(UTC), TIME_ZONE)))

    @app.get("/")
    def front() -> str:
        return render_template("front.html", counties=counties, is_demo=is_demo, sign_ins=shown)

    @app.get("/livez")
    def livez() -> ResponseReturnValue:
        return {"status": "live"}

    @app.errorhandler(HTTPException)
    def turned_down(error: HTTPException) -> ResponseReturnValue:
        words = status_words(error.code or 500)
        page = render_template(
            "front_error.html", title=words.title, sentence=words.sentence, is_demo=is_demo
        )
        return page, error.code or 500

    return app
