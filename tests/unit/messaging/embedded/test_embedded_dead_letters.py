from datetime import datetime

import pytest

from byttebank.messaging.embedded.dead_letters import (
    DELIVERY_LIMIT,
    EXPIRED,
    REJECTED,
    as_dead_letter,
    runs_in_a_circle,
)
from byttebank.messaging.embedded.messages import make_message

NOON = datetime(2026, 2, 1, 12, 0)  # noqa: DTZ001 - AMQP times carry no zone


def message(**properties):
    return make_message("events", "a.b", b"body", properties)


def die(one, queue="work", reason=REJECTED, exchange="dlx", key="dead"):
    return as_dead_letter(one, queue, reason, exchange, key, NOON)


def headers(one):
    return one.decoded_properties()["application_headers"]


def test_a_death_is_recorded_with_where_the_message_was_and_why():
    dead = die(message(expiration="50", message_id="m", application_headers={"h": 1}), reason=EXPIRED)
    assert (dead.exchange, dead.routing_key, dead.expiration_ms, dead.body) == ("dlx", "dead", None, b"body")
    assert dead.decoded_properties()["message_id"] == "m"
    assert "expiration" not in dead.decoded_properties()
    assert headers(dead) == {
        "h": 1,
        "x-death": [
            {
                "count": 1,
                "reason": "expired",
                "queue": "work",
                "time": NOON,
                "exchange": "events",
                "routing-keys": ["a.b"],
                "original-expiration": "50",
            }
        ],
        "x-first-death-reason": "expired",
        "x-first-death-queue": "work",
        "x-first-death-exchange": "events",
    }


def test_deaths_are_counted_by_queue_and_reason_with_the_latest_first():
    one = die(die(die(message(), "work", REJECTED), "retry", EXPIRED), "work", REJECTED)
    deaths = headers(one)["x-death"]
    assert [(death["queue"], death["reason"], death["count"]) for death in deaths] == [
        ("work", "rejected", 2),
        ("retry", "expired", 1),
    ]
    assert headers(one)["x-first-death-queue"] == "work"


def test_a_persistent_message_stays_persistent_and_keeps_its_sender():
    one = message(delivery_mode=2).forwarded("bank.in", "county-innlandet")
    dead = die(one)
    assert (dead.is_persistent, dead.user_id) == (True, "county-innlandet")


@pytest.mark.parametrize(
    "forged", ["text", ["text"], [{"queue": 1}], [{"queue": "work", "reason": "x"}], None]
)
def test_a_forged_header_is_no_hindrance(forged):
    dead = die(message(application_headers={"x-death": forged}))
    assert len(headers(dead)["x-death"]) == 1


@pytest.mark.parametrize(
    ("steps", "queue", "is_circle"),
    [
        ([("work", EXPIRED)], "work", True),
        ([("work", EXPIRED)], "other", False),
        ([("work", REJECTED)], "work", False),
        ([("work", REJECTED), ("retry", EXPIRED)], "work", False),
        ([("work", DELIVERY_LIMIT), ("retry", EXPIRED)], "work", True),
    ],
)
def test_a_circle_is_a_way_back_without_a_rejection(steps, queue, is_circle):
    one = message()
    for left, reason in steps:
        one = die(one, left, reason)
    assert runs_in_a_circle(one, queue) is is_circle
