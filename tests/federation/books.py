"""The three books, read over HTTP as the county libraries may, and whether they agree."""

import time
from collections.abc import Mapping
from typing import Any

from bed import Bed
from telling import AnyGateway, told_to

from demo import parties

Books = dict[str, dict[str, Any]]


def books(gateways: Mapping[str, list[str]]) -> Books:
    """Per county: its trial balance, and its positions by peer."""
    found = {}
    with told_to(gateways):
        for county in gateways:
            client = parties.caretaker("http://unused", county)
            assert isinstance(client, AnyGateway)
            positions = {one["county"]: one for one in client.get("positions")["items"]}
            found[county] = {"balance": client.get("trial-balance"), "positions": positions}
    return found


def disagreements(found: Books) -> list[str]:
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


def settled_books(bed: Bed, seconds: float = 90) -> Books:
    """The books, once nothing is under way and they agree. Fails with what is wrong when not in time."""
    bed.wait_until_quiet(seconds)
    deadline = time.monotonic() + seconds
    while wrong := disagreements(found := books(bed.gateways())):
        assert time.monotonic() < deadline, wrong
        time.sleep(0.3)
    return found


def transfers(found: Books) -> int:
    """How many transfers all books hold together."""
    return sum(book["balance"]["transfers"] for book in found.values())


def held_days(found: Books) -> float:
    """What all libraries of all counties have together: zero, as what one received another gave."""
    own = (a for book in found.values() for a in book["balance"]["accounts"] if a["kind"] != "peer")
    return float(sum(account["credits_days"] - account["debits_days"] for account in own))


def lost_messages(bed: Bed) -> list[str]:
    """Messages that nobody could use, anywhere; empty when all is well."""
    found = []
    for slug, county in bed.counties.items():
        waiting = {name: county.waiting(name) for name in ("unrouted", "dead-letters")}
        found += [f"{slug}: {count} in {name}" for name, count in waiting.items() if count]
        for service in ("directory", "ledger", "matching", "notify"):
            rows = county.cluster.ask(
                service, "SELECT queue, reason_code, reason FROM parked_messages WHERE redriven_at IS NULL"
            )
            found += [f"{slug}.{service}: parked {row}" for row in rows]
    return found
