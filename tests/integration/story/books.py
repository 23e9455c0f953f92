"""Looking at every county's book over HTTP, and whether they agree."""

import time
from typing import Any

from persistent_client import PersistentClient

from demo.accounts import PASSWORD, SHOWN
from demo.client import Client
from demo.people import people_of
from demo.reference import read_libraries


def manager_of(url: str, county: str) -> Client:
    """A signed-in manager in the county."""
    short_name = SHOWN[county][0]
    library = next(one for one in read_libraries() if (one.county, one.short_name) == (county, short_name))
    client = PersistentClient(url, county)
    client.sign_in(people_of(library)[0].email, PASSWORD)
    return client


def books(url: str, counties: list[str]) -> dict[str, dict[str, Any]]:
    """Per county: its trial balance and its positions by peer."""
    found = {}
    for county in counties:
        client = manager_of(url, county)
        positions = client.get("positions")
        listed = positions["items"] if isinstance(positions, dict) else positions
        found[county] = {
            "balance": client.get("trial-balance"),
            "positions": {one["county"]: one for one in listed if one["county"] in counties},
        }
    return found


def disagreements(found: dict[str, dict[str, Any]]) -> list[str]:
    """Why the books do not agree and are not at rest; empty when all is well."""
    wrong = []
    for county, book in found.items():
        if book["balance"]["imbalance_days"] != 0:
            wrong.append(f"{county} is out of balance by {book['balance']['imbalance_days']}")
        for peer, position in book["positions"].items():
            mirror = found[peer]["positions"][county]
            if position["net_days"] != -mirror["net_days"]:
                wrong.append(f"{county} and {peer}: {position['net_days']} against {mirror['net_days']}")
            if position["owed_to_us_days"] != mirror["owed_by_us_days"]:
                wrong.append(f"{county} and {peer} differ in what was given")
            if position["waiting_in_days"] or position["in_doubt_count"]:
                wrong.append(f"{county} has something in doubt with {peer}")
    return wrong


def wait_for_agreement(url: str, counties: list[str], seconds: float = 60) -> dict[str, dict[str, Any]]:
    """The books, once they agree. Fails with what is wrong when they do not in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = books(url, counties)
        wrong = disagreements(found)
        if not wrong:
            return found
        assert time.monotonic() < deadline, wrong
        time.sleep(0.3)
