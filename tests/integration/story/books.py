"""Looking at every county's book over HTTP, and whether they agree."""

import time
from typing import Any

from persistent_client import PersistentClient

from demo.accounts import PASSWORD
from demo.client import Client


def caretaker_of(url: str, county: str) -> Client:
    """The county library, signed in: it may see the whole book."""
    client = PersistentClient(url, county)
    client.sign_in(f"fylket@{county}.example", PASSWORD)
    return client


def books(url: str, counties: list[str]) -> dict[str, dict[str, Any]]:
    """Per county: its trial balance and its positions by peer."""
    found = {}
    for county in counties:
        client = caretaker_of(url, county)
        balance = {name: value for name, value in client.get("trial-balance").items() if name != "as_of"}
        found[county] = {
            "balance": balance,
            "positions": {
                one["county"]: one for one in client.get("positions")["items"] if one["county"] in counties
            },
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
            if position["channel_state"] != "open":
                wrong.append(f"the channel from {county} to {peer} is {position['channel_state']}")
            if position["waiting_in_days"] or position["in_doubt_count"]:
                wrong.append(f"{county} has something in doubt with {peer}")
    return wrong


def wait_for_agreement(url: str, counties: list[str], seconds: float = 240) -> dict[str, dict[str, Any]]:
    """The books, once they agree. Fails with what is wrong when they do not in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = books(url, counties)
        wrong = disagreements(found)
        if not wrong:
            return found
        assert time.monotonic() < deadline, wrong
        time.sleep(0.3)
