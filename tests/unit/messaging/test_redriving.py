"""Parked messages that somebody wants redriven have their effect once, or stay parked with today's reason."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from two_counties import County, exchange, two_counties

from byttebank.contracts.refusals import NotNow
from byttebank.identifiers import uuid7
from byttebank.messaging.deliveries import Delivery, park_delivery
from byttebank.messaging.redriving import redrive_local
from byttebank.messaging.sealing import Outgoing
from byttebank.storage import messages

pytestmark = pytest.mark.simulation
"""Takes seconds: stores of two counties, and what they send each other."""

IDS = [str(uuid7(1_800_000_000_000 + n, bytes(10))) for n in range(3)]
QUEUE = "matching.local"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[County, County]:
    one, two = two_counties(tmp_path)
    exchange(one, two)
    return one, two


def ask_for_all(county: County) -> None:
    """Somebody wants every parked message redriven."""
    parked = county.parked()
    with county.database.work() as work:
        assert all(messages.ask_for_redrive(work.connection, row["id"]) for row in parked)


def refuse(_message: object) -> None:
    raise NotNow(state="agreed", act="decline")


def park_a_day(one: County, two: County) -> None:
    """A message of the peer is refused for good, and parked."""
    one.decline(IDS[0])
    two.trouble = refuse
    exchange(one, two)
    assert [row["reason_code"] for row in two.parked()] == ["not_now"]


def test_a_message_that_was_refused_has_its_effect_when_it_is_redriven(pair: tuple[County, County]) -> None:
    one, two = pair
    park_a_day(one, two)
    two.channels.tick()
    assert two.ids() == [], "not by itself"
    two.trouble = lambda _: None
    ask_for_all(two)
    two.channels.tick()
    two.channels.tick()
    assert (two.ids(), two.parked()) == ([IDS[0]], [])


def test_what_is_refused_again_stays_parked_and_is_not_tried_again_by_itself(
    pair: tuple[County, County],
) -> None:
    one, two = pair
    park_a_day(one, two)
    ask_for_all(two)
    two.channels.tick()
    assert [(row["reason_code"], row["is_transient"]) for row in two.parked()] == [("not_now", 0)]
    two.trouble = lambda _: None
    two.channels.tick()
    assert two.ids() == []


def test_what_is_no_message_stays_parked_when_it_is_redriven(pair: tuple[County, County]) -> None:
    _, two = pair
    two.hear(Outgoing("akershus", "innlandet.matching", b"words"))
    ask_for_all(two)
    two.channels.tick()
    assert [(row["reason_code"], row["is_transient"]) for row in two.parked()] == [("malformed", 0)]


def test_a_fault_that_passes_leaves_it_to_be_tried_again(pair: tuple[County, County]) -> None:
    one, two = pair
    park_a_day(one, two)
    ask_for_all(two)

    def away(_message: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    two.trouble = away
    with pytest.raises(OperationalError):
        two.channels.tick()
    two.trouble = lambda _: None
    two.channels.tick()
    assert (two.ids(), two.parked()) == ([IDS[0]], [])


def test_a_local_message_is_applied_again_as_it_came(pair: tuple[County, County]) -> None:
    _, two = pair
    delivery = Delivery(QUEUE, "directory.OfferChanged.v1", b"{}", "id", headers={"origin": "directory"})
    park_delivery(two.database, delivery, KeyError("x"))
    heard: list[Delivery] = []

    def apply(one: Delivery) -> str:
        heard.append(one)
        return "applied"

    redrive_local(two.database, QUEUE, apply)
    assert heard == [], "nobody has asked"
    ask_for_all(two)
    redrive_local(two.database, "notify.local", apply)
    assert heard == [], "another's"
    redrive_local(two.database, QUEUE, apply)
    redrive_local(two.database, QUEUE, apply)
    assert (heard, two.parked()) == ([delivery], [])


def test_a_local_message_that_fails_again_stays_parked(pair: tuple[County, County]) -> None:
    _, two = pair
    park_delivery(two.database, Delivery(QUEUE, "x", b"{}"), KeyError("x"))
    ask_for_all(two)

    def fail(_delivery: Delivery) -> str:
        raise ValueError("a defect\x00")

    redrive_local(two.database, QUEUE, fail)
    assert [(row["reason"], row["is_transient"]) for row in two.parked()] == [("ValueError: a defect", 0)]
