"""SIGKILL to anything at any moment, with two copies of every service: no day lost, none counted twice.

The seed decides what is killed when; it is printed, and BYTTEBANK_TEST_SEED repeats it.
"""

import os
import random
import re
import signal
import time

import pytest
from bed import COUNTIES, Bed
from books import held_days, lost_messages, settled_books, transfers
from chaos import LONGEST_OUTAGE_SECONDS, gone
from county import SERVICES
from telling import Telling, told_to

from demo import story

SEED = int(os.environ.get("BYTTEBANK_TEST_SEED", str(random.randrange(10**6))))
STORY_SECONDS = 240.0
STOP_SECONDS = 11.0


@pytest.fixture(scope="module")
def doubled(bed: Bed) -> Bed:
    """The federation with two copies of every service."""
    bed.start_services(copies=2)
    return bed


def test_two_copies_of_every_service_share_the_work_and_do_nothing_twice(doubled: Bed) -> None:
    before = settled_books(doubled)
    with told_to(doubled.gateways()):
        story.play("http://unused")
    after = settled_books(doubled)
    assert transfers(after) - transfers(before) == 2
    assert held_days(after) == 0
    shared = [
        slug
        for slug, county in doubled.counties.items()
        if all(calls_of(copy.metrics()) for copy in county.copies if copy.service == "directory")
    ]
    assert shared, "nowhere have both copies of the directory answered"


def test_sigterm_stops_a_copy_in_time_while_the_other_goes_on(doubled: Bed) -> None:
    county = doubled.counties["innlandet"]
    first = [next(copy for copy in county.copies if copy.service == service) for service in SERVICES]
    telling = Telling()
    with told_to(doubled.gateways()):
        telling.start()
        for copy in first:
            # What it said of brokers that other tests killed under it stands in the log too.
            began, said_before = time.monotonic(), copy.child.log.stat().st_size
            assert copy.child.stop(STOP_SECONDS, signal.SIGTERM) == 0, copy.child.tail()
            assert time.monotonic() - began < STOP_SECONDS
            said = copy.child.log.read_bytes()[said_before:].decode()
            assert '"Stopped"' in said
            assert "Traceback" not in said
        telling.join(STORY_SECONDS)
    assert not telling.is_alive()
    assert telling.error is None
    doubled.start_services(copies=2)


def test_whatever_is_killed_the_books_agree_in_the_end(
    doubled: Bed, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    before = settled_books(doubled)
    victims = [*SERVICES, "broker", "database", "wire"]
    chance.shuffle(victims)
    told, killed = 0, []
    with told_to(doubled.gateways()):
        while len(killed) < len(victims):
            telling = Telling()
            telling.start()
            for victim in victims[len(killed) :]:
                telling.join(chance.uniform(0.3, 2.0))
                if not telling.is_alive():
                    break
                slug = chance.choice(COUNTIES)
                with gone(doubled, victim, slug, chance):
                    time.sleep(chance.uniform(0.1, LONGEST_OUTAGE_SECONDS))
                killed.append(f"{slug}.{victim}")
            telling.join(STORY_SECONDS)
            assert not telling.is_alive(), f"seed {SEED}: not told in {STORY_SECONDS} s; killed {killed}"
            assert telling.error is None, f"seed {SEED}: {telling.error!r}; killed {killed}"
            told += 1
    with capsys.disabled():
        print(f"\nkilled {', '.join(killed)} in {told} stories, seed {SEED}")  # noqa: T201
    doubled.start_services(copies=2)
    after = settled_books(doubled, 120)
    assert transfers(after) - transfers(before) == 2 * told, f"seed {SEED}"
    assert held_days(after) == 0
    assert lost_messages(doubled) == [], f"seed {SEED}"


def calls_of(metrics: str) -> float:
    """How many calls a copy has answered well."""
    found = re.findall(r'^byttebank_rpc_calls_total\{[^}]*outcome="ok"[^}]*\} (\S+)$', metrics, re.MULTILINE)
    return sum(map(float, found))
