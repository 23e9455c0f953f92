"""JSON for programs: the nouns of the bank under `/api/v1`, described at `/openapi.json`."""

from flask import Flask, Response, json, request
from flask_wtf.csrf import CSRFProtect

from gateway.api import (
    accounts,
    book,
    clearing,
    engagements,
    exchange,
    joining,
    libraries,
    matching_rounds,
    me,
    notices,
    offers,
    ranking,
    requests,
    tokens,
    travel,
    vandring,
)
from gateway.api.description import Description, describe, document_of
from gateway.api.paths import IdConverter

NOUNS = (
    tokens.nouns,
    me.nouns,
    libraries.nouns,
    joining.nouns,
    offers.nouns,
    requests.nouns,
    engagements.nouns,
    accounts.nouns,
    book.nouns,
    clearing.nouns,
    travel.nouns,
    ranking.nouns,
    matching_rounds.nouns,
    matching_rounds.open_nouns,
    vandring.nouns,
    vandring.reflection_nouns,
    exchange.nouns,
    notices.nouns,
)


def register(app: Flask, csrf: CSRFProtect) -> Description:
    """The programming interface answers in the application."""
    app.url_map.converters["id"] = IdConverter
    description = describe(app)
    for nouns in NOUNS:
        csrf.exempt(nouns)
        description.register_blueprint(nouns)

    @app.get("/openapi.json", endpoint="api_description")
    def show() -> Response:
        document = {**document_of(description), "servers": [{"url": request.script_root or "/"}]}
        return app.response_class(json.dumps(document), content_type="application/json")

    return description
