"""Planned when the demonstration is loaded: agreed days ahead, and something that waits for everybody."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from byttebank.clock import FixedClock
from byttebank.config import sqlite_url
from byttebank.storage import messages
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database, Work
from demo import federation
from demo.accounts import SHOWN
from demo.days import working_day, working_day_from, working_day_until
from demo.federation import COUNTIES, load
from demo.people import actor_of, people_of
from demo.plans import plans
from demo.reference import read_libraries
from services.ledger import operations as ledger
from services.matching import operations as matching
from services.matching.domain.engagement import Engagement
from services.matching.storage import engagements

pytestmark = pytest.mark.simulation
"""Loading takes seconds."""

Reading = Callable[[str, str], Any]
LIBRARIES = read_libraries()
LOADED_AT = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
TODAY = LOADED_AT.date()
PLANS = plans(LIBRARIES, TODAY)
ON_THE_WAY = ("EngagementShared", "EngagementAccepted", "ReserveDays")


def planned_of(reading: Reading, county: str) -> dict[tuple[str, str], Engagement]:
    """The plans that the county's matching knows, by host and colleague."""
    with reading(county, "matching") as work:
        found = [engagements.find(work.connection, plan.engagement_id) for plan in PLANS]
    return {(one.host_library_name, str(one.dates[0])): one for one in found if one is not None}


@pytest.mark.parametrize("days", range(0, 400, 13))
def test_plans_are_on_working_days_that_nobody_has_twice_and_never_on_the_day_of_loading(days: int) -> None:
    loaded_on = TODAY + timedelta(days=days)
    made = plans(LIBRARIES, loaded_on)
    assert len({plan.engagement_id for plan in made}) == len(made)
    assert all(plan.day.weekday() < 5 and plan.day != loaded_on for plan in made)
    assert all((plan.day < loaded_on) == plan.is_over for plan in made)
    taken = [(plan.colleague.id, plan.day) for plan in made]
    assert len(set(taken)) == len(taken)


def test_working_days_are_counted_over_the_weekend_both_ways() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert working_day(friday, 1) == monday
    assert working_day(date(2026, 11, 22), -1) == friday
    assert working_day(monday, 5) == date(2026, 11, 30)


def test_nobody_works_at_christmas() -> None:
    christmas_eve, after = date(2026, 12, 24), date(2026, 12, 28)
    assert working_day(christmas_eve, 1) == after
    assert (working_day_from(date(2026, 12, 25)), working_day_until(date(2026, 12, 26))) == (
        after,
        christmas_eve,
    )


def test_eidskog_has_something_that_waits_and_agreed_days(reading: Reading) -> None:
    found = {host: one for (host, _), one in planned_of(reading, "innlandet").items() if host != "Eidskog"}
    assert found["Grue"].state == "proposed"
    assert set(found["Grue"].consents) == {"host_manager", "colleague"}
    assert found["Nes"].state == "proposed"
    assert set(found["Nes"].consents) == {"host_manager"}
    assert set(found["Stjørdal"].consents) == {"host_manager", "lender_manager", "colleague"}
    over = found["Kongsvinger"]
    assert (over.state, over.happened) == ("carried_out", {"host": True})
    assert [line.what for line in over.history][-2:] == ["agreed", "said_yes"]
    helped = [one for one in planned_of(reading, "innlandet").values() if one.host_library_name == "Eidskog"]
    assert {(one.lender_library_name, one.state) for one in helped} == {
        ("Hamar", "reserving"),
        ("Ringsaker", "reserving"),
    }


def test_every_shown_library_has_something_that_waits_for_its_manager_or_colleague(reading: Reading) -> None:
    for county, (short_name, _) in SHOWN.items():
        waiting = [
            one
            for one in planned_of(reading, county).values()
            if one.state == "proposed" and len(one.consents) < 3 and one.lender_library_name == short_name
        ]
        assert waiting, short_name
        assert all(one.reply_by_on is not None and one.reply_by_on > TODAY for one in waiting)


def test_what_leaves_the_county_or_asks_the_ledger_waits_to_happen_for_real(reading: Reading) -> None:
    waiting = {}
    for county in COUNTIES:
        with reading(county, "matching") as work:
            rows = work.connection.execute(
                select(messages.outbox).where(messages.outbox.c.published_at.is_(None))
            ).mappings()
            waiting[county] = sorted(
                (row["peer"] or "", row["name"]) for row in rows if row["name"] in ON_THE_WAY
            )
    assert waiting["innlandet"] == [
        ("", "ReserveDays"),
        ("", "ReserveDays"),
        ("trondelag", "EngagementAccepted"),
    ]
    assert waiting["akershus"] == [("buskerud", "EngagementShared"), ("innlandet", "EngagementShared")]
    # Manager and colleague are two people here, and each says yes.
    assert waiting["buskerud"] == [("akershus", "EngagementAccepted")] * 2
    assert waiting["trondelag"] == [("innlandet", "EngagementShared")]


def test_the_day_that_is_over_is_set_aside_at_its_host(reading: Reading) -> None:
    host = next(plan.host for plan in PLANS if plan.is_over)
    with reading("innlandet", "ledger") as work:
        account = ledger.account(work, host.id)
        assert ledger.verify(work) == []
    assert account["reserved_half_days"] == 2


def test_kari_is_asked_whether_the_day_happened_and_can_say_so(state_dir: Path, reading: Reading) -> None:
    over = next(plan for plan in PLANS if plan.is_over)
    kari = actor_of(people_of(over.lender)[0])
    with reading("innlandet", "matching") as work:
        assert matching.confirm(work, over.engagement_id, True, kari)["state"] == "confirmed"


class Killed(Exception):
    """Stands for a kill between two transactions."""


@pytest.mark.simulation
def test_killed_after_any_transaction_the_next_loading_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise Killed

    two = ("innlandet", "trondelag")
    with monkeypatch.context() as patched:
        patched.setattr(federation, "write_plans", die)
        with pytest.raises(Killed):
            load(tmp_path, clock=FixedClock(LOADED_AT), only=two)
    monkeypatch.setattr(federation, "_load_county", lambda *_: None)
    monkeypatch.setattr(federation, "hash_password", lambda _: "")
    kills = 0
    while True:
        dying = DyingDatabase.after(kills + 1)
        monkeypatch.setattr(federation, "Database", dying)
        try:
            load(tmp_path, only=two)
            break
        except Killed:
            kills += 1
    assert kills > 15
    assert told(tmp_path, "innlandet") == {
        "EngagementChanged": 16,
        "ReserveDays": 2,
        "EngagementAccepted": 1,
    }
    assert told(tmp_path, "trondelag") == {"EngagementChanged": 2, "EngagementShared": 1}


class DyingDatabase(Database):
    """Dies right after a commit, that of the last transaction it may make."""

    left = 0

    @classmethod
    def after(cls, commits: int) -> type["DyingDatabase"]:
        """A kind of its own that makes so many."""
        return type("Dying", (cls,), {"left": commits})

    @contextmanager
    def work(self, trace: dict[str, str] | None = None) -> Iterator[Work]:
        with super().work(trace) as work:
            yield work
        type(self).left -= 1
        if type(self).left == 0:
            raise Killed


def told(folder: Path, county: str) -> dict[str, int]:
    """How often what waits to be told by the county's matching."""
    engine = open_engine(sqlite_url(folder / county, "matching"))
    with closing(Database(engine, county=county, service="matching")) as database, database.reading() as work:
        rows = work.connection.execute(
            select(messages.outbox.c.name).where(messages.outbox.c.published_at.is_(None))
        )
        return dict(Counter(rows.scalars()))
