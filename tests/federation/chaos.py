"""What may happen to a federation: anything that runs is killed, any link cut, any connection closed."""

import random
import time
import urllib.error
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import quote

from bed import COUNTIES, Bed
from county import SERVICES, County

LONGEST_OUTAGE_SECONDS = 2.0
VICTIMS = (*SERVICES, "broker", "database", "wire", "connections")


@contextmanager
def gone(bed: Bed, victim: str, slug: str, chance: random.Random) -> Iterator[None]:
    """The victim is killed; after the block it is there again."""
    county = bed.counties[slug]
    if victim == "wire":
        other = chance.choice([one for one in COUNTIES if one != slug])
        bed.cut(slug, other)
        yield
        bed.heal(slug, other)
        return
    if victim == "broker":
        kill, start, ready = county.broker.kill, county.broker.start, county.broker.wait_until_ready
    elif victim == "database":
        kill, start, ready = county.cluster.kill, county.cluster.start, county.cluster.wait_until_ready
    else:
        copy = chance.choice([one for one in county.copies if one.service == victim])
        kill, start, ready = copy.child.kill, copy.child.start, lambda: None
    kill()
    yield
    start()
    ready()


def close_connections(county: County) -> None:
    """The broker closes every connection, as a proxy or an operator may."""
    for connection in county.broker.ask("connections"):
        with suppress(urllib.error.HTTPError):
            county.broker.ask(f"connections/{quote(connection['name'], safe='')}", "DELETE")


def rage(bed: Bed, seconds: float, chance: random.Random) -> Counter[str]:
    """For so many seconds, and until each has been, one thing after another is struck; how often each was.

    Afterwards everything runs again.
    """
    struck: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(struck) < len(VICTIMS):
        # Each comes as often as the others, in an order that nobody knows.
        victim = chance.choice(
            [one for one in VICTIMS if struck[one] <= min(struck[each] for each in VICTIMS)]
        )
        slug = chance.choice(COUNTIES)
        struck[victim] += 1
        if victim == "connections":
            close_connections(bed.counties[slug])
        else:
            with gone(bed, victim, slug, chance):
                time.sleep(chance.uniform(0.1, LONGEST_OUTAGE_SECONDS))
        time.sleep(chance.uniform(0.1, LONGEST_OUTAGE_SECONDS))
    return struck
