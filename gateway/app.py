"""The Flask application of one county's gateway: pages for people, JSON for programs."""

from flask import Flask, request, session
from flask_wtf.csrf import CSRFProtect

from gateway import api, pages
from gateway.auth.guard import TOKEN, current_user
from gateway.backend import Backend
from gateway.errors import answer_faults, for_program
from gateway.health import health
from gateway.here import EXTENSION, Gateway, speak_to
from gateway.known_names import KnownNames
from gateway.languages import tell_languages
from gateway.security import secure
from gateway.settings import GatewaySettings
from gateway.templating import prepare_templates

MAX_BODY_BYTES = 64 * 1024


def create_app(backend: Backend, settings: GatewaySettings) -> Flask:
    """The gateway of one county, ready to be mounted anywhere.

    Links follow SCRIPT_NAME, which the host sets to the path it mounts the application under;
    `settings.prefix` is the same path, for the cookie. Nothing is asked of the backend before a request is.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BODY_BYTES,
        SESSION_COOKIE_NAME=settings.cookie_name,
        SESSION_COOKIE_PATH=settings.cookie_path,
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    names = KnownNames(backend.directory, settings.database.clock, settings.county)
    app.extensions[EXTENSION] = Gateway(backend, settings, names)

    @app.before_request
    def know_the_reader() -> None:
        speak_to(None, is_program=True)
        if request.endpoint != "static" and not for_program(request.path):
            speak_to(current_user() if TOKEN in session else None)

    csrf = CSRFProtect(app)
    answer_faults(app)
    secure(app, is_https=settings.is_https)
    tell_languages(app, is_https=settings.is_https)
    prepare_templates(app)
    app.register_blueprint(health)
    pages.register(app)
    api.register(app, csrf)
    return app
