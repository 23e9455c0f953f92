"""Who calls, and whether the call can be read: a bearer token with the scope the method needs, and JSON."""

import json
from typing import Any, NoReturn

from flask import Response, abort, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Unauthorized, UnsupportedMediaType

from byttebank.contracts.refusals import NotYourRole
from gateway.accounts import User
from gateway.auth.tokens import Token, find_token
from gateway.here import here, speak_to
from gateway.problems import problem
from gateway.speech import say

READING = ("GET", "HEAD", "OPTIONS")


def check_json() -> None:
    """What is sent is JSON, not too deep, and its texts are text: no half of a character. Answers 415 or 400
    otherwise.
    """
    if request.method in READING or not (request.content_length or request.content_type):
        return
    if not request.is_json:
        raise UnsupportedMediaType()
    try:
        given = json.loads(request.get_data(cache=True) or b"null", parse_constant=_no_constant)
        json.dumps(given, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadRequest() from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def check_token() -> None:
    """The caller is known, as `gateway.here.person`. Answers 401 or 403 otherwise."""
    token = _token()
    scope = "read" if request.method in READING else "write"
    if scope not in token.scopes:
        abort(_scope_missing(scope))
    g.user = token.user
    speak_to(token.user, is_program=True)


def bearer() -> str:
    """The token as it was sent. Answers 401 when there is none."""
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    return authorization.token


def _token() -> Token:
    token = find_token(here().settings.database, bearer())
    if token is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"error": "invalid_token"}))
    return token


def _scope_missing(scope: str) -> Response:
    words: dict[str, Any] = {
        "type": "about:blank",
        "title": say("Nøkkelen gir ikke lov til dette"),
        "status": 403,
        "detail": say("Be om en ny nøkkel med «{scope}» blant «scopes».", scope=scope),
    }
    return problem(words)


def check_own_or_county(user: User, library_id: str) -> None:
    """Days are shown to the library itself and to its county. Refuses: NotYourRole."""
    if user.library_id != library_id and user.role not in ("county", "operator"):
        raise NotYourRole(role="county")


def check_county(user: User) -> None:
    """For the county and its operators. Refuses: NotYourRole."""
    if user.role not in ("county", "operator"):
        raise NotYourRole(role="operator")
