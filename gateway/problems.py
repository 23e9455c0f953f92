"""Refusals and faults as problem documents (RFC 9457): one table from refusal to status."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Response, current_app, json, url_for
from werkzeug.exceptions import HTTPException

from byttebank.clock import parse_time
from byttebank.contracts.refusals import Malformed, Refusal
from byttebank.days import days_from_half_days
from gateway.words.refusals import refusal_sentence
from gateway.words.statuses import status_words
from gateway.words.validation import detail_sentence

CONTENT_TYPE = "application/problem+json"

STATUS: dict[str, int] = {
    "account_closed": 409,
    "account_exists": 409,
    "account_in_use": 409,
    "account_unknown": 404,
    "agreement_changed": 409,
    "already_covered": 409,
    "already_resolved": 409,
    "answer_late": 409,
    "below_half_day": 422,
    "clearing_open": 409,
    "clearing_waits": 409,
    "closing_other_way": 409,
    "colleague_busy": 409,
    "colleague_not_agreed": 409,
    "contradiction": 409,
    "coordinates_swapped": 422,
    "county_frozen": 409,
    "county_unknown": 422,
    "date_count": 422,
    "date_order": 422,
    "date_past": 422,
    "date_too_far": 422,
    "day_closed": 422,
    "dispute_late": 409,
    "field_missing": 422,
    "fuse_reached": 409,
    "host_contact_missing": 422,
    "invitation_ended": 409,
    "limit_hard": 409,
    "malformed": 422,
    "no_open_day": 422,
    "no_visit_possible": 409,
    "not_found": 404,
    "not_half_steps": 422,
    "not_now": 409,
    "not_offered_date": 409,
    "not_visited": 409,
    "not_yet": 409,
    "not_your_role": 403,
    "number_taken": 409,
    "library_closed": 422,
    "offer_closed": 422,
    "offer_expired": 409,
    "offer_overlaps": 409,
    "outside_area": 422,
    "participation_missing": 409,
    "own_library": 422,
    "peer_in_use": 409,
    "peer_not_gone": 409,
    "promise_ended": 409,
    "promise_in_use": 409,
    "promises_too_many": 409,
    "proposal_expired": 409,
    "request_closed": 409,
    "reversal_of_reversal": 409,
    "reversal_too_large": 409,
    "round_open": 409,
    "same_key_other_body": 422,
    "service_unavailable": 503,
    "sign_in_failed": 401,
    "stale_page": 412,
    "swap_impossible": 409,
    "swap_over": 409,
    "skill_known": 409,
    "skill_retired": 409,
    "too_far": 409,
    "too_few_at_home": 409,
    "too_few_counties": 409,
    "too_few_libraries": 409,
    "fund_too_small": 409,
    "too_many_attempts": 429,
    "too_many_away": 409,
    "too_many_days": 422,
    "unknown_outcome": 504,
    "vandring_closed": 409,
    "vandring_open": 409,
    "vandring_too_long": 422,
    "visit_agreed": 409,
    "visit_changed": 409,
}
"""Refused because of what was sent: 422. Because of how things stand: 409."""

FIELD_OF = {
    "below_half_day": "/days",
    "not_half_steps": "/days",
    "too_many_days": "/days",
    "date_past": "/first_on",
    "date_too_far": "/last_on",
    "date_order": "/last_on",
    "day_closed": "/date",
    "library_closed": "/dates",
    "vandring_too_long": "/last_on",
    "no_open_day": "/last_on",
    "offer_closed": "/dates",
    "host_contact_missing": "/host_contact_id",
    "colleague_not_agreed": "/colleague_id",
    "offer_overlaps": "/weekdays",
    "too_few_at_home": "/min_at_home",
    "coordinates_swapped": "/latitude",
    "outside_area": "/latitude",
    "number_taken": "/national_number",
    "skill_known": "/names",
}
"""Where in the document the fault lies, for refusals that are about one field."""

RETRY_SECONDS = 5
SENTENCE_END = re.compile(r"(?<=\.) (?=[^\W\d_a-zæøå])")
"""A capital letter follows: dates (20. november) and times (kl. 09.30) end no sentence."""


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a refusal."""
    return STATUS.get(refusal.code, 409)


def with_days(value: Any) -> Any:
    """The value with half-days as days: `half_days: 3` becomes `days: 1.5`, all the way down."""
    if isinstance(value, list):
        return [with_days(item) for item in value]
    if not isinstance(value, dict):
        return value
    turned = {}
    for key, item in value.items():
        if key.endswith("half_days") and isinstance(item, int):
            turned[f"{key.removesuffix('half_days')}days"] = days_from_half_days(item)
        else:
            turned[key] = with_days(item)
    return turned


def refusal_problem(refusal: Refusal, now: datetime) -> Response:
    """The answer to a call that was refused: code, sentence, and the fields at fault."""
    sentence = refusal_sentence(refusal)
    errors = list(_errors(refusal))
    document = {
        "type": url_for("public.problems", _anchor=refusal.code),
        "title": SENTENCE_END.split(sentence)[0],
        "status": status_of(refusal),
        "detail": sentence,
        "code": refusal.code,
        "parameters": with_days({key: value for key, value in refusal.parameters.items() if key != "errors"}),
        "is_transient": refusal.is_transient,
        **({"errors": errors} if errors else {}),
    }
    response = problem(document)
    if status_of(refusal) == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if status_of(refusal) == 429 and "until_at" in refusal.parameters:
        wait = (parse_time(refusal.parameters["until_at"]) - now).total_seconds()
        response.headers["Retry-After"] = str(max(1, round(wait)))
    if status_of(refusal) == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refusal_of(messages: Any) -> Refusal:
    """The refusal behind what the schemas found: the one of the value, or `Malformed` with a line each."""
    errors = [error for part in messages.values() for error in _flat(part, "")]
    own = [error["detail"].refusal for error in errors if isinstance(error["detail"], RefusedValue)]
    if len(errors) == 1 and own and not isinstance(own[0], Malformed):
        return own[0]
    return Malformed(errors=[{**error, "detail": _plain(error["detail"])} for error in errors])


def _flat(messages: Any, pointer: str) -> Iterable[dict[str, Any]]:
    """As `byttebank.contracts.fields.flatten`, keeping the messages as they are."""
    if isinstance(messages, dict):
        for key, value in messages.items():
            yield from _flat(value, pointer if key == "_schema" else f"{pointer}/{key}")
    elif isinstance(messages, list):
        for value in messages:
            yield from _flat(value, pointer)
    else:
        yield {"pointer": pointer, "detail": messages}


def _plain(message: str) -> str:
    if not isinstance(message, RefusedValue):
        return message
    if isinstance(message.refusal, Malformed):
        return str(message.refusal.parameters["errors"][0]["detail"])
    return refusal_sentence(message.refusal)


class RefusedValue(str):
    """The message of a value that is refused by a name of its own: the refusal goes with it."""

    refusal: Refusal

    def __new__(cls, refusal: Refusal) -> "RefusedValue":
        made = super().__new__(cls, refusal.code)
        made.refusal = refusal
        return made


def _errors(refusal: Refusal) -> Iterable[dict[str, str]]:
    if isinstance(refusal, Malformed):
        for error in refusal.parameters.get("errors") or []:
            yield {"pointer": in_days(error["pointer"]), "detail": detail_sentence(error["detail"])}
    elif refusal.code in ("field_missing", "skill_retired"):
        yield {"pointer": f"/{refusal.parameters.get('field')}", "detail": refusal_sentence(refusal)}
    elif refusal.code in FIELD_OF:
        yield {"pointer": FIELD_OF[refusal.code], "detail": refusal_sentence(refusal)}


def in_days(pointer: str) -> str:
    """The pointer as the HTTP API names the field: days, not half-days."""
    return pointer.replace("half_days", "days")


def status_problem(error: HTTPException) -> Response:
    """The answer to a call that HTTP itself turns down: unknown path, wrong method, too long, not JSON."""
    status = error.code or 500
    words = status_words(status)
    response = problem(
        {"type": "about:blank", "title": words.title, "status": status, "detail": words.sentence}
    )
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def problem(document: dict[str, Any]) -> Response:
    """The problem document as an answer with its status."""
    body = json.dumps(document)
    return current_app.response_class(body, status=document["status"], content_type=CONTENT_TYPE)
