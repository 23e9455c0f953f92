"""Libraries of this county that keep somebody at home: how many, who there is, and who is away."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, select

from services.matching.domain.engagement import OPEN, TAKEN
from services.matching.domain.proposal import spread
from services.matching.domain.staffing import Minimum, Staffing
from services.matching.storage.tables import colleagues, engagements, libraries, offers


def staffings(
    connection: Connection,
    county: str,
    since: date,
    *,
    library_id: str | None = None,
    except_id: str | None = None,
    with_asked: bool = False,
) -> dict[str, Staffing]:
    """The county's libraries whose open offers say how many must stay, and who is away from `since` on.

    `library_id`: only this one. `except_id`: an engagement that does not count. `with_asked`: who has been
    asked and not answered counts as away too.
    """
    minimums = _minimums(connection, county, library_id)
    if not minimums:
        return {}
    people: dict[str, set[str]] = {}
    of_library = select(colleagues.c.library_id, colleagues.c.id).where(
        colleagues.c.library_id.in_(sorted(minimums)), colleagues.c.name.is_not(None)
    )
    for home, colleague_id in connection.execute(of_library):
        people.setdefault(home, set()).add(colleague_id)
    away = _away(connection, sorted(minimums), since, except_id=except_id, with_asked=with_asked)
    return {
        home: Staffing(
            home,
            frozenset(people.get(home, ())),
            tuple(wanted),
            {day: frozenset(who) for day, who in away.get(home, {}).items()},
        )
        for home, wanted in minimums.items()
    }


def hold(connection: Connection, library_id: str) -> None:
    """Whoever agrees on a colleague of the library takes turns until the transaction ends (PostgreSQL)."""
    connection.execute(select(libraries.c.id).where(libraries.c.id == library_id).with_for_update())


def _minimums(connection: Connection, county: str, library_id: str | None) -> dict[str, list[Minimum]]:
    names = ("library_id", "min_at_home", "first_on", "last_on", "expires_on")
    query = select(*(offers.c[name] for name in names)).where(
        offers.c.min_at_home > 0, offers.c.county == county, offers.c.state == "open"
    )
    if library_id is not None:
        query = query.where(offers.c.library_id == library_id)
    found: dict[str, list[Minimum]] = {}
    for home, at_home, first_on, last_on, expires_on in connection.execute(query):
        until = min((day for day in (last_on, expires_on) if day is not None), default=None)
        found.setdefault(home, []).append(Minimum(at_home, first_on, until))
    return found


def _away(
    connection: Connection, ids: Collection[str], since: date, *, except_id: str | None, with_asked: bool
) -> dict[str, dict[date, set[str]]]:
    names = ("lender_library_id", "colleague_id", "half_days", "dates")
    query = select(*(engagements.c[name] for name in names)).where(
        engagements.c.lender_library_id.in_(ids),
        engagements.c.place == "host",
        engagements.c.last_on >= since,
        engagements.c.state.in_(sorted(OPEN | TAKEN)) if with_asked else engagements.c.takes_time,
    )
    if except_id is not None:
        query = query.where(engagements.c.id != except_id)
    found: dict[str, dict[date, set[str]]] = {}
    for home, colleague_id, half_days, days in connection.execute(query):
        for day, load in spread(half_days, list(map(date.fromisoformat, days))).items():
            if load:
                found.setdefault(home, {}).setdefault(day, set()).add(colleague_id)
    return found
