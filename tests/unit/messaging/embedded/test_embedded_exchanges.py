import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from byttebank.messaging.embedded.exchanges import Exchange, topic_matches

WORDS = st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=6)
PATTERNS = st.lists(st.sampled_from(["a", "b", "*", "#"]), min_size=1, max_size=6)


def by_regular_expression(pattern: str, routing_key: str) -> bool:
    """The same rule said in another way: every word of the key ends with a dot, `#` is any number of such."""
    words = {"*": r"[^.]*\.", "#": r"(?:[^.]*\.)*"}
    expression = "".join(words.get(word, re.escape(word) + r"\.") for word in pattern.split("."))
    return re.fullmatch(expression, f"{routing_key}." if routing_key else "") is not None


@given(PATTERNS, WORDS)
@example(["#", "a"], ["a", "a"])
@example(["#", "*", "#"], ["b"])
def test_topic_patterns_match_as_a_regular_expression_would(pattern, words):
    joined = ".".join(pattern)
    routing_key = ".".join(words)
    assert topic_matches(joined, routing_key) == by_regular_expression(joined, routing_key)


def test_a_long_key_against_many_wildcards_takes_no_time():
    assert not topic_matches(".".join(["#", "a"] * 30), ".".join(["a"] * 29 + ["b"] * 200))


@pytest.mark.parametrize(
    ("type_", "key", "matches", "misses"),
    [("direct", "a.*", "a.*", "a.b"), ("topic", "a.*", "a.b", "a.b.c"), ("fanout", "a", "anything", None)],
)
def test_each_type_matches_its_own_way(type_, key, matches, misses):
    exchange = Exchange("events", type_)
    exchange.bind("queue", key)
    assert exchange.route(matches) == ("queue",)
    if misses is not None:
        assert exchange.route(misses) == ()


def test_a_remembered_route_is_forgotten_when_bindings_change():
    exchange = Exchange("events", "topic")
    assert exchange.route("a") == ()
    assert exchange.bind("queue", "a")
    assert exchange.route("a") == ("queue",)
    assert not exchange.bind("queue", "a")
    assert exchange.unbind("queue", "a")
    assert exchange.route("a") == ()
    assert not exchange.unbind("queue", "a")


def test_routing_keys_without_number_do_not_fill_the_memory():
    exchange = Exchange("events", "topic")
    exchange.bind("queue", "#")
    for number in range(10_000):
        assert exchange.route(str(number)) == ("queue",)
    assert len(exchange._routes) < 5_000


@pytest.mark.parametrize(
    ("durable", "auto_delete", "is_kept"), [(True, False, True), (False, False, False), (True, True, False)]
)
def test_an_exchange_is_kept_when_it_is_durable_and_stays(durable, auto_delete, is_kept):
    assert Exchange("events", "topic", durable, auto_delete).is_kept is is_kept
