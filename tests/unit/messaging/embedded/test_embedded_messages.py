from datetime import datetime

import pytest
from amqp.exceptions import FrameSyntaxError, PreconditionFailed
from hypothesis import given
from hypothesis import strategies as st

from byttebank.messaging.embedded.messages import QueuedMessage, make_message
from byttebank.messaging.embedded.properties import decode_properties, encode_properties

SHORT = st.text(max_size=60)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.text(max_size=50)
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(SHORT, inner, max_size=4),
    max_leaves=10,
)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "content_type": SHORT,
        "content_encoding": SHORT,
        "application_headers": st.dictionaries(SHORT, VALUES, max_size=5),
        "delivery_mode": st.integers(1, 2),
        "priority": st.integers(0, 9),
        "correlation_id": SHORT,
        "reply_to": SHORT,
        "expiration": SHORT,
        "message_id": SHORT,
        "timestamp": st.integers(0, 2**40),
        "type": SHORT,
        "app_id": SHORT,
        "cluster_id": SHORT,
    },
)


@given(PROPERTIES)
def test_properties_are_read_as_they_were_written(properties):
    assert decode_properties(encode_properties(properties)) == properties


def test_properties_are_written_as_amqp_does():
    written = encode_properties({"content_type": "text/plain", "delivery_mode": 2, "message_id": "m", "x": 1})
    assert written == b"\x90\x80" + b"\x0atext/plain" + b"\x02" + b"\x01m"


def test_missing_and_unknown_properties_are_left_out():
    assert decode_properties(encode_properties({"message_id": None, "invented": "x"})) == {}


def test_what_amqp_cannot_carry_is_refused():
    with pytest.raises(FrameSyntaxError):
        make_message("", "queue", b"", {"application_headers": {"bad": {1, 2}}})
    with pytest.raises(ValueError, match="255 bytes"):
        make_message("", "æ" * 128, b"", {})


def test_a_message_knows_what_the_broker_needs():
    message = make_message(
        "events", "a.b", b"{}", {"delivery_mode": 2, "expiration": "250", "reply_to": "me"}
    )
    assert (message.is_persistent, message.expiration_ms, message.reply_to) == (True, 250, "me")
    plain = make_message("events", "a.b", b"{}", {"delivery_mode": 1})
    assert (plain.is_persistent, plain.expiration_ms, plain.reply_to) == (False, None, None)


@pytest.mark.parametrize("properties", [{"user_id": "someone"}, {"expiration": "soon"}, {"expiration": "-5"}])
def test_a_user_id_and_a_bad_expiration_are_refused(properties):
    with pytest.raises(PreconditionFailed):
        make_message("", "queue", b"", properties)


def test_a_forwarded_message_has_the_links_user_and_everything_else_as_before():
    message = make_message("bank.out", "innlandet.ledger", b"body", {"message_id": "m"})
    forwarded = message.forwarded("bank.in", "county-innlandet")
    assert (forwarded.exchange, forwarded.routing_key, forwarded.body) == (
        "bank.in",
        "innlandet.ledger",
        b"body",
    )
    assert forwarded.decoded_properties() == {"message_id": "m", "user_id": "county-innlandet"}
    assert message.decoded_properties() == {"message_id": "m"}


def test_a_delivered_message_looks_like_one_of_py_amqp():
    message = make_message("events", "a.b", "blåbær".encode(), {"content_encoding": "utf-8"})
    queued = QueuedMessage(1, message, enqueued_at=0.0)
    raw = queued.as_delivered("channel", 7, counts=False, message_count=3)
    assert (raw.body, raw.channel) == ("blåbær", "channel")
    assert raw.delivery_info == {
        "delivery_tag": 7,
        "redelivered": False,
        "exchange": "events",
        "routing_key": "a.b",
        "message_count": 3,
    }
    assert raw.properties == {"content_encoding": "utf-8"}


@pytest.mark.parametrize(
    ("counts", "count", "headers"),
    [(True, 0, {"x-delivery-count": 0}), (False, 0, None), (False, 2, {"x-delivery-count": 2})],
)
def test_deliveries_are_shown_once_there_is_something_to_show(counts, count, headers):
    queued = QueuedMessage(1, make_message("", "q", b"", {}), 0.0, delivery_count=count)
    assert queued.as_delivered(None, 1, counts=counts).properties.get("application_headers") == headers


@pytest.mark.parametrize(("expires_at", "is_expired"), [(None, False), (0.0, True), (4e9, False)])
def test_a_message_expires_at_its_instant(expires_at, is_expired):
    queued = QueuedMessage(1, make_message("", "q", b"", {}), 0.0, expires_at)
    assert datetime.now().timestamp() < 4e9  # noqa: DTZ005
    assert queued.is_expired() is is_expired
