"""Tokens: sign in, and give the token back."""

from typing import Any

from flask.typing import ResponseReturnValue

from byttebank.clock import format_time
from gateway.accounts import check_password
from gateway.api.access import bearer, check_token
from gateway.api.given import Credentials
from gateway.api.nouns import nouns_called
from gateway.api.schemas import IssuedToken
from gateway.auth.tokens import issue_token, revoke_token
from gateway.here import here

nouns = nouns_called("tokens", "Signing in", is_open=True)
Document = dict[str, Any]


@nouns.route("/tokens", methods=["POST"])
@nouns.arguments(Credentials)
@nouns.response(201, IssuedToken)
@nouns.doc(security=[])
def create_token(given: Document) -> Document:
    """Sign in

    The token is shown this once.
    """
    settings = here().settings
    user = check_password(settings.database, given["email"], given["password"], settings.run_in_thread)
    with settings.database.work() as work:
        token, expires_at = issue_token(work, user.user_id, given["scopes"])
    return {"token": token, "expires_at": format_time(expires_at), "scopes": sorted(set(given["scopes"]))}


@nouns.route("/tokens/current", methods=["DELETE"])
@nouns.response(204)
def delete_token() -> ResponseReturnValue:
    """Give the token back

    It counts no longer.
    """
    check_token()
    with here().settings.database.work() as work:
        revoke_token(work, bearer())
    return "", 204
