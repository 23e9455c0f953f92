"""Whether the gateway lives, and whether it can do its work."""

from collections.abc import Callable

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from byttebank import telemetry
from gateway.here import here
from gateway.problems import problem
from gateway.speech import say

health = Blueprint("health", __name__)
NOBODY = "00000000-0000-0000-0000-000000000000"
"""A library that does not exist: a question about it costs nothing and answers nothing."""

_log = telemetry.logger(__name__)


@health.get("/livez")
def livez() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "live"})


@health.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The store and all four services answer; otherwise 503 with those that do not."""
    missing = [name for name, question in _questions().items() if not _answers(name, question)]
    if not missing:
        return jsonify({"status": "ready"})
    title = say("Byttebanken er ikke klar")
    detail = say("Disse svarer ikke: {missing}.", missing=", ".join(missing))
    return problem(
        {"type": "about:blank", "title": title, "status": 503, "detail": detail, "missing": missing}
    )


def _questions() -> dict[str, Callable[[], object]]:
    gateway = here()
    backend, database = gateway.backend, gateway.settings.database

    def read_store() -> None:
        with database.reading() as work:
            work.connection.exec_driver_sql("SELECT 1")

    return {
        "gateway": read_store,
        "directory": backend.directory.county,
        "ledger": backend.ledger.positions,
        "matching": lambda: backend.matching.list_engagements(NOBODY),
        "notify": lambda: backend.notify.notices(NOBODY, limit=1),
    }


def _answers(name: str, question: Callable[[], object]) -> bool:
    try:
        question()
    except Exception as error:
        _log.warning("Not ready", service=name, error=repr(error))
        return False
    return True
