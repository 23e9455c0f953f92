"""Remembering a key: by whom, for what, once, however many come at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from byttebank.contracts.refusals import SameKeyOtherBody
from byttebank.identifiers import new_id
from byttebank.storage.work import Database
from gateway.once import is_again, remember, request_hash

KARI = new_id()


def test_many_at_once_with_one_key_get_one_id(database: Database) -> None:
    asked = request_hash("POST", "/requests", {"days": 1})
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda _: remember(database, KARI, "key", asked, new_id()), range(24)))
    assert len({row["thing_id"] for row in rows}) == 1


def test_of_many_presses_at_once_one_is_the_first(database: Database) -> None:
    form_id = new_id()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: is_again(database, KARI, form_id), range(24)))
    assert answers.count(False) == 1


def test_the_same_document_in_another_order_is_the_same_request() -> None:
    assert request_hash("POST", "/x", {"a": 1, "b": [2]}) == request_hash("POST", "/x", {"b": [2], "a": 1})
    assert len({request_hash(*one) for one in (("POST", "/x", 1), ("PUT", "/x", 1), ("POST", "/y", 1))}) == 3


def test_a_key_means_one_request(database: Database) -> None:
    remember(database, KARI, "key", "one", new_id())
    with pytest.raises(SameKeyOtherBody):
        remember(database, KARI, "key", "another", new_id())
    assert remember(database, new_id(), "key", "another", new_id())["status"] is None
