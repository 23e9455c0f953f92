"""What operators see of the messages: how old is what waits, for whom, and whether the database answers."""

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from two_counties import NOW, SERVICE, County, exchange, two_counties

from byttebank.messaging.gauges import Gauges, read_messages, read_messages_and_peers
from byttebank.storage import messages
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database

pytestmark = pytest.mark.simulation
"""Takes seconds: stores of two counties, and what they send each other."""

HOUR = timedelta(hours=1)
FIRST, SECOND = (f"01a2032c-54a7-71b1-a29b-fce1cb89e93{n}" for n in (1, 2))


def measure(county: County) -> bool:
    return Gauges(county.database, read_messages_and_peers).measure()


def value(name: str, county: County, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"county": county.name, "service": SERVICE, **labels})


def waiting(county: County) -> float | None:
    """The age of what waits for the peer, in seconds."""
    measure(county)
    return value("byttebank_peer_oldest_waiting_seconds", county, peer=county.peer)


def unpublished(county: County) -> float | None:
    """The age of what our own broker should have, in seconds."""
    measure(county)
    return value("byttebank_outbox_oldest_seconds", county)


def wait_an_hour(*counties: County) -> None:
    for county in counties:
        county.database.clock.move_to(county.database.clock.now() + HOUR)  # type: ignore[attr-defined]


def test_nothing_waits_in_a_county_at_rest(open_pair: tuple[County, County]) -> None:
    one, _ = open_pair
    wait_an_hour(one)
    assert (waiting(one), unpublished(one)) == (0, 0)
    assert value("byttebank_parked_messages", one) == 0
    assert value("byttebank_database_up", one) == 1


def test_a_message_waits_until_the_peer_says_that_it_holds_it(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    one.decline(FIRST)
    wait_an_hour(one)
    assert (waiting(one), unpublished(one)) == (3600, 3600)
    (message,) = one.take_out()
    assert (waiting(one), unpublished(one)) == (0, 0), "the age is counted anew from the sealing"
    wait_an_hour(one)
    assert (waiting(one), unpublished(one)) == (3600, 0)
    two.hear(message)
    assert waiting(one) == 3600
    two.remind()
    for said in two.take_out():
        one.hear(said)
    assert waiting(one) == 0


def test_of_two_messages_the_lost_one_is_what_waits(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    one.decline(FIRST)
    one.take_out()
    wait_an_hour(one)
    one.decline(SECOND)
    two.hear(*one.take_out())
    two.remind()
    for said in two.take_out():
        one.hear(said)
    assert waiting(one) == 3600
    exchange(one, two)
    two.remind()
    exchange(one, two)
    assert two.ids() == [SECOND, FIRST]
    assert waiting(one) == 0


def test_what_waits_for_a_frozen_peer_is_not_late_for_our_broker(open_pair: tuple[County, County]) -> None:
    one, _ = open_pair
    one.meet(version=2, state="frozen")
    one.decline(FIRST)
    wait_an_hour(one)
    assert (waiting(one), unpublished(one)) == (3600, 0)


def test_the_state_of_a_channel_is_one_of_three(tmp_path: Path) -> None:
    one, two = two_counties(tmp_path)

    def states() -> dict[str, float | None]:
        measure(one)
        return {
            state: value("byttebank_channel_state", one, peer="akershus", state=state)
            for state in ("recovering", "open", "frozen")
        }

    assert states() == {"recovering": 1, "open": 0, "frozen": 0}
    exchange(one, two)
    assert states() == {"recovering": 0, "open": 1, "frozen": 0}
    one.meet(version=2, state="frozen")
    assert states() == {"recovering": 0, "open": 0, "frozen": 1}


def test_a_peer_that_has_left_is_not_watched_any_more(open_pair: tuple[County, County]) -> None:
    one, _ = open_pair
    one.decline(FIRST)
    assert waiting(one) == 0
    one.meet(version=2, state="left")
    wait_an_hour(one)
    assert (waiting(one), unpublished(one)) == (None, 0)
    assert value("byttebank_peer_last_contact_timestamp_seconds", one, peer="akershus") is None
    assert value("byttebank_channel_state", one, peer="akershus", state="frozen") is None
    assert measure(one), "forgetting twice is as good as once"


def test_a_peer_was_heard_when_anything_came_from_it(tmp_path: Path) -> None:
    one, two = two_counties(tmp_path)

    def last_contact() -> float | None:
        measure(one)
        return value("byttebank_peer_last_contact_timestamp_seconds", one, peer="akershus")

    assert last_contact() == 0
    exchange(one, two)
    assert last_contact() == NOW.timestamp()
    wait_an_hour(one, two)
    two.decline(FIRST)
    one.hear(*two.take_out())
    assert last_contact() == (NOW + HOUR).timestamp()


def test_every_copy_of_a_service_shows_the_same(open_pair: tuple[County, County]) -> None:
    one, _ = open_pair
    one.decline(FIRST)
    wait_an_hour(one)
    before = waiting(one)
    one.restart()
    assert waiting(one) == before == 3600


def test_parked_messages_are_counted_until_they_have_had_their_effect(
    open_pair: tuple[County, County],
) -> None:
    one, _ = open_pair
    with one.database.work() as work:
        for _ in range(2):
            messages.park(
                work.connection,
                queue="in.akershus.matching",
                sender=None,
                reason_code="failed",
                reason="failed",
                is_transient=False,
                body=b"",
                properties={},
                now=work.now,
            )
    measure(one)
    assert value("byttebank_parked_messages", one) == 2
    (first, _) = one.parked()
    with one.database.work() as work:
        messages.mark_redriven(work.connection, first["id"], work.now)
    measure(one)
    assert value("byttebank_parked_messages", one) == 1


def test_a_database_that_does_not_answer_is_down_and_up_again_when_it_does(tmp_path: Path) -> None:
    def up() -> float | None:
        return REGISTRY.get_sample_value("byttebank_database_up", {"county": "oslo", "service": "notify"})

    engine = open_engine(f"sqlite:///{tmp_path}/notify.sqlite")
    gauges = Gauges(Database(engine, county="oslo", service="notify"), read_messages)
    assert (gauges.measure(), up()) == (False, 0)
    with engine.begin() as connection:
        messages.create_message_tables(connection)
    assert (gauges.measure(), up()) == (True, 1)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE outbox"))
    assert (gauges.measure(), up()) == (False, 0)


def test_gauges_are_measured_at_once_and_until_it_is_over(open_pair: tuple[County, County]) -> None:
    one, _ = open_pair
    pauses = iter([True, True, False])
    measured: list[float] = []
    gauges = Gauges(one.database, lambda work: measured.append(0))
    gauges.run(lambda seconds: next(pauses))
    assert len(measured) == 3
