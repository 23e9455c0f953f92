"""Who may see a page: only those signed in, and where it says so only some roles."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from byttebank.contracts.refusals import NotYourRole
from gateway.accounts import User
from gateway.auth.sessions import user_of_session
from gateway.here import here
from gateway.speech import say

TOKEN = "token"
"""Where the signed cookie keeps the session's token."""
MAX_WAY_BACK = 2000


def current_user() -> User | None:
    """Whoever is signed in with this browser, or None. The database is asked once per request."""
    if "user" not in g:
        token = session.get(TOKEN)
        g.user = user_of_session(here().settings.database, token) if token else None
    return g.user


def signed_in(*roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The view is for people who are signed in, with one of the roles where some are named.

    Others are sent to the sign-in page and come back afterwards. Refuses: `NotYourRole`.
    """

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            user = current_user()
            if user is None:
                return ask_to_sign_in()
            if roles and user.role not in roles:
                raise NotYourRole(role=roles[0])
            return view(*arguments, **named)

        return guarded

    return guard


def ask_to_sign_in() -> Response:
    """To the sign-in page, and back to where one was: the page, or the form that was sent."""
    if session.pop(TOKEN, None):
        flash(say("Du er logget ut fordi det har gått en stund. Logg inn, så kommer du tilbake hit."), "info")
    return redirect(url_for("sign_in.show", neste=_here() if request.method == "GET" else _form_page()))


def way_back(path: str | None) -> str | None:
    """A path of this application that one may be sent to, with the prefix put before; None otherwise."""
    if not path or len(path) > MAX_WAY_BACK or not path.startswith("/") or path.startswith("//"):
        return None
    if "\\" in path or any(ord(character) < 32 for character in path):
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else f"{request.script_root}{path}"


def _here() -> str:
    return request.full_path.rstrip("?")


def _form_page() -> str | None:
    """The page a form stood on, as the browser tells, when it was one of ours."""
    parts = urlsplit(request.referrer or "")
    root = request.script_root
    if parts.netloc != request.host or not parts.path.startswith(f"{root}/"):
        return None
    return parts.path.removeprefix(root) + (f"?{parts.query}" if parts.query else "")
