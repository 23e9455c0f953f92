"""The same key, the same answer: what a program sends twice happens once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, current_app, g, request

from byttebank.contracts.refusals import Malformed
from byttebank.identifiers import new_id
from gateway import storage
from gateway.here import here, person
from gateway.once import remember, request_hash, text_hash

HEADER = "Idempotency-Key"
MAX_LENGTH = 200
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "maxLength": MAX_LENGTH},
    "description": "The same key with the same body answers as the first time.",
}


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view acts once for each key. Without a key, each call is a call of its own.

    What was answered well is answered again; what was refused, or got no answer, is tried again with the
    same id. Refuses: SameKeyOtherBody.
    """

    @wraps(view)
    def answered(*arguments: Any, **named: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            g.thing_id = new_id()
            return view(*arguments, **named)
        if not 1 <= len(key) <= MAX_LENGTH:
            raise Malformed(errors=[{"pointer": f"/{HEADER}", "detail": "Length must be between 1 and 200."}])
        database, user = here().settings.database, person()
        asked = request_hash(request.method, request.path, request.get_json(silent=True))
        row = remember(database, user.user_id, f"api:{key}", asked, new_id())
        if row["status"] is not None:
            return Response(row["body"], row["status"], content_type="application/json")
        g.thing_id = row["thing_id"]
        response = current_app.make_response(view(*arguments, **named))
        if 200 <= response.status_code < 300:
            with database.work() as work:
                storage.keep_answer(
                    work.connection,
                    user.user_id,
                    text_hash(f"api:{key}"),
                    response.status_code,
                    response.get_data(as_text=True),
                )
        return response

    return answered


def thing_id(document: dict[str, Any]) -> str:
    """The id of what the call makes: the one in the document, or the one its key stands for."""
    return str(document.get("id") or g.thing_id)
