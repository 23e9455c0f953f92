"""A county whose clock is two days wrong: days are not lost, operators are told, and all settles."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bed import Bed
from books import held_days, lost_messages, settled_books, transfers
from county import County
from load import Day, Party, proposal, until
from programs import wait_for
from telling import told_to

from byttebank.storage.work import TIME_ZONE
from demo.client import Refused
from demo.reference import read_libraries

WRONG, RIGHT = "trondelag", "innlandet"
TWO_DAYS = 2 * 86_400
TOLD_SECONDS = 60.0


@contextmanager
def clock_off(county: County, days: int) -> Iterator[None]:
    """All our processes of the county believe that it is so many days later."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    restart(county, LD_PRELOAD=str(library), FAKETIME=f"{days:+d}d", FAKETIME_DONT_FAKE_MONOTONIC="1")
    try:
        yield
    finally:
        restart(county, LD_PRELOAD=None, FAKETIME=None, FAKETIME_DONT_FAKE_MONOTONIC=None)


def restart(county: County, **settings: str | None) -> None:
    """Every copy runs with the settings."""
    for copy in county.copies:
        copy.child.stop(20, signal.SIGTERM)
        copy.child.change(**settings)
        copy.child.start()
    county.wait_until_ready()


def offsets(county: County, peer: str) -> list[float]:
    """How far the peer's clock is ahead, as each copy of the ledger has it."""
    pattern = rf'^byttebank_peer_clock_offset_seconds\{{[^}}]*peer="{peer}"[^}}]*\}} (\S+)$'
    metrics = [copy.metrics() for copy in county.copies if copy.service == "ledger"]
    return [float(found) for text in metrics for found in re.findall(pattern, text, re.MULTILINE)]


def nearly(seconds: float, found: list[float]) -> bool:
    """Whether one of them is, give or take minutes."""
    return any(abs(one - seconds) < 600 for one in found)


@pytest.mark.parametrize("days", [2, -2])
def test_a_clock_two_days_off_loses_no_day_and_an_operator_is_told(bed: Bed, days: int) -> None:
    before = settled_books(bed)
    wrong, right = bed.counties[WRONG], bed.counties[RIGHT]
    with told_to(bed.gateways()):
        day = agreed(place=3 if days > 0 else 4)
        with clock_off(wrong, days):
            wait_for(
                lambda: (
                    nearly(days * 86_400, offsets(right, WRONG))
                    or nearly(-days * 86_400, offsets(wrong, RIGHT))
                ),
                TOLD_SECONDS,
                lambda: str((offsets(right, WRONG), offsets(wrong, RIGHT))),
            )
            logs = "".join(copy.child.tail(200_000) for county in (wrong, right) for copy in county.copies)
            assert "A peer's clock and ours do not agree" in logs
            # Two days behind, the day is still to come there; ahead, it is over: who knows is believed.
            confirm(day, day.lender, "lender", not_yet=days < 0)
            confirm(day, day.host, "host")
        confirm(day, day.lender, "lender")
        for party in (day.host, day.lender):
            until(party, f"engagements/{day.id}", "settled")
        assert day.missing() == []
        after = settled_books(bed, 120)
    assert transfers(after) - transfers(before) == 2
    assert held_days(after) == 0
    assert lost_messages(bed) == []


def agreed(place: int) -> Day:
    """A day of today at the library whose county's clock is right."""
    libraries = read_libraries()
    host, lender = (
        Party([one for one in libraries if one.county == county][place]) for county in (RIGHT, WRONG)
    )
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    proposed = host.client.post("engagements", proposal(host, lender, today.isoformat()))
    day = Day(str(proposed["id"]), host, lender)
    path = f"engagements/{day.id}"
    until(lender, path, "proposed", "agreed")
    lender.client.post(f"{path}/accept")
    for party in (host, lender):
        until(party, path, "agreed")
    day.answered += ["proposed", "accepted"]
    return day


def confirm(day: Day, party: Party, side: str, *, not_yet: bool = False) -> None:
    """The side says that it happened, unless it has; where it is `not_yet`, that is said."""
    if f"confirmed by {side}" in day.answered:
        return
    try:
        party.client.post(f"engagements/{day.id}/confirm", {"happened": True})
    except Refused as refusal:
        if not_yet and refusal.code == "not_yet":
            return
        raise
    assert not not_yet, "it was believed"
    day.answered.append(f"confirmed by {side}")
