"""A round of matching in a federation that is killed: while it computes, and while its proposals go out."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from persistent_client import PersistentClient
from running import RunningFederation

from byttebank.identifiers import new_id
from demo.accounts import PASSWORD
from demo.reference import COUNTIES

SECONDS = 90
LENDERS = ("innlandet", "trondelag")


def county_library(federation: RunningFederation) -> PersistentClient:
    client = PersistentClient(federation.url, "innlandet")
    client.sign_in("fylket@innlandet.example", PASSWORD)
    return client


def until_in(client: PersistentClient, round_id: str, *stages: str) -> dict[str, Any]:
    """The round, once it is in one of the stages."""
    deadline = time.monotonic() + SECONDS
    while True:
        found: dict[str, Any] = client.get(f"matching-rounds/{round_id}")
        if found["stage"] in stages:
            return found
        assert time.monotonic() < deadline, found["stage"]
        time.sleep(0.05)


def restart(federation: RunningFederation) -> None:
    federation.kill()
    federation.start()
    federation.wait_until_ready()


def test_a_round_that_is_killed_at_every_turn_proposes_everything_once(tmp_path: Path) -> None:
    assert set(LENDERS) <= set(COUNTIES)
    federation = RunningFederation(tmp_path / "state", LENDERS).start()
    try:
        federation.wait_until_ready()
        client = county_library(federation)
        today = datetime.now(UTC).date()
        begun = client.post(
            "matching-rounds",
            {
                "id": new_id(),
                "name": "Vinteren",
                "first_on": today.isoformat(),
                "last_on": (today + timedelta(days=100)).isoformat(),
                "reply_by_on": (today + timedelta(days=7)).isoformat(),
            },
        )
        round_id = begun["id"]
        until_in(client, round_id, "waiting", "computing", "computed")
        restart(federation)
        found = until_in(client, round_id, "computed", "interrupted")
        if found["stage"] == "interrupted":
            client.post(f"matching-rounds/{round_id}/run")
            found = until_in(client, round_id, "computed")
        assert found["is_optimal"]
        assert found["match_count"] > 1
        assert {one["state"] for one in found["matches"]} == {"planned"}

        client.post(f"matching-rounds/{round_id}/publish")
        restart(federation)
        published = until_in(client, round_id, "published")
        assert published["plan_hash"] == found["plan_hash"]
        assert published["proposed_count"] + published["void_count"] == found["match_count"]
        assert {one["engagement_state"] for one in published["matches"] if one["state"] == "proposed"} == {
            "proposed"
        }
        assert published["proposed_count"] == found["match_count"]
        assert proposals(federation) == sorted(one["engagement_id"] for one in published["matches"])
    finally:
        if federation.is_running():
            federation.kill()


def proposals(federation: RunningFederation) -> list[str]:
    """Ids of every engagement at its home that a round has proposed."""
    found: list[str] = []
    path = federation.state / "innlandet" / "matching.sqlite"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        rows = connection.execute("SELECT id, history FROM engagements").fetchall()
    for engagement_id, history in rows:
        if '"proposed_in_round"' in history:
            found.append(str(engagement_id))
    return sorted(found)
