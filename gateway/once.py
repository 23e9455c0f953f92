"""One press or five on the same button: remembered by the id the form or the key carries."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from byttebank.contracts.refusals import SameKeyOtherBody
from byttebank.storage.work import Database
from gateway import storage

KEPT_FOR = timedelta(days=14)
"""Nobody presses a button again after so long, and no program retries."""


def text_hash(text: str) -> str:
    """SHA-256 as hexadecimal text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def request_hash(method: str, path: str, body: Any) -> str:
    """What a request asks for, so that another request with its key can be told apart."""
    return text_hash(json.dumps([method, path, body], sort_keys=True))


def remember(database: Database, user_id: str, key: str, asked: str, thing_id: str) -> storage.Row:
    """The row of the key: the one that was there, or a new one for `thing_id`. `asked`: the `request_hash`.

    Refuses: SameKeyOtherBody when the key was used for another request.
    """
    row = {
        "user_id": user_id,
        "key_hash": text_hash(key),
        "request_hash": asked,
        "thing_id": thing_id,
        "status": None,
        "body": None,
    }
    with database.work() as work:
        storage.delete_answers_before(work.connection, work.now - KEPT_FOR)
        storage.insert_or_keep(work.connection, storage.answers, {**row, "created_at": work.now})
        kept = storage.find_answer(work.connection, user_id, row["key_hash"])  # type: ignore[arg-type]
    assert kept is not None
    if kept["request_hash"] != asked:
        raise SameKeyOtherBody(id=kept["thing_id"])
    return kept


def is_again(database: Database, user_id: str, form_id: str) -> bool:
    """Whether a form with this id has been received from the user before; it has been now."""
    with database.work() as work:
        row = {
            "user_id": user_id,
            "key_hash": text_hash(f"form:{form_id}"),
            "request_hash": "",
            "thing_id": form_id,
            "created_at": work.now,
        }
        return not storage.insert_or_keep(work.connection, storage.answers, row)
