"""The index of offers in memory, kept as fresh as the database that each question is asked in."""

import threading
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, select

from services.matching.market.arrays import Market
from services.matching.storage import changes, index
from services.matching.storage.changes import BALANCE, COLLEAGUE, FORGOTTEN, LIBRARY, OFFER, PEER
from services.matching.storage.tables import (
    balances,
    colleagues,
    libraries,
    offer_counties,
    offer_skills,
    offers,
    peers,
    visits,
)

TABLES = {PEER: peers, LIBRARY: libraries, BALANCE: balances, COLLEAGUE: colleagues, OFFER: offers}
"""What is read, and in which order: what a library or a colleague is must be known before their offers."""
DAYS_BEFORE = 7
MOST_DAYS_OLD = 14
CHUNK = 500


_lock = threading.Lock()
_fresh: "WeakKeyDictionary[Engine, _Fresh]" = WeakKeyDictionary()
"""What this process keeps in memory, per database."""


def known(connection: Connection, county: str, today: date) -> Market:
    """What the database holds at this moment. The first call reads all of it, later ones what has changed."""
    with _lock:
        fresh = _fresh.get(connection.engine)
        if fresh is None or not fresh.catch_up(connection, today):
            fresh = _fresh[connection.engine] = _Fresh(connection, county, today)
        return fresh.market


class _Fresh:
    def __init__(self, connection: Connection, county: str, today: date) -> None:
        self._place = changes.place_now(connection)
        self._county = county
        self.market = Market(county, today - timedelta(days=DAYS_BEFORE))
        for kind in TABLES:
            self._read(connection, kind, None)

    def catch_up(self, connection: Connection, today: date) -> bool:
        """What has changed is read again. False: it is better to read everything."""
        changed = changes.changed_since(connection, self._place)
        age = (today - self.market.base).days
        if changed is None or not 0 <= age <= DAYS_BEFORE + MOST_DAYS_OLD:
            return False
        if any(kind == FORGOTTEN for kind, _ in changed):
            return False
        for kind in TABLES:
            keys = sorted(key for one, key in changed if one == kind)
            for start in range(0, len(keys), CHUNK):
                self._read(connection, kind, keys[start : start + CHUNK])
        return True

    def _read(self, connection: Connection, kind: str, keys: list[str] | None) -> None:
        """Rows of this kind are put into the market: those with these keys, or all."""
        table = {PEER: peers, LIBRARY: libraries, BALANCE: balances, COLLEAGUE: colleagues, OFFER: offers}[
            kind
        ]
        (key,) = table.primary_key
        columns = [table, index.has_accepted().label("accepted")] if kind == LIBRARY else [table]
        query = select(*columns) if keys is None else select(*columns).where(key.in_(keys))
        rows = connection.execute(query).mappings()
        market = self.market
        if kind == PEER:
            for row in rows:
                market.put_peer(row["county"], is_active=row["state"] == "active")
        elif kind == LIBRARY:
            for row in rows:
                lat, lon = row["latitude"], row["longitude"]
                place = None if lat is None or lon is None else (lat, lon)
                may_be_asked = row["state"] == "open" and (row["county"] != self._county or row["accepted"])
                market.put_library(row["id"], row["county"], place, is_open=may_be_asked)
        elif kind == BALANCE:
            for row in rows:
                market.put_balance(row["library_id"], row["given_half_days"], row["received_half_days"])
        elif kind == COLLEAGUE:
            for row in rows:
                market.put_colleague(row["id"], row["can_teach"] or ())
        else:
            skills = _sets(connection, offer_skills, offer_skills.c.skill, keys)
            counties = _sets(connection, offer_counties, offer_counties.c.county, keys)
            for row in rows:
                market.put_offer(dict(row), skills.get(row["id"], ()), counties.get(row["id"], ()))


def _sets(
    connection: Connection, table: Any, column: Any, keys: Iterable[str] | None
) -> dict[str, list[str]]:
    """Skills or counties by offer."""
    query = select(table.c.offer_id, column)
    if keys is not None:
        query = query.where(table.c.offer_id.in_(list(keys)))
    found: dict[str, list[str]] = {}
    for offer_id, name in connection.execute(query.order_by(column)):
        found.setdefault(offer_id, []).append(name)
    return found


def visits_of(connection: Connection, library_id: str) -> dict[str, date]:
    """The last day of a visit between this library and each other one that it has exchanged with."""
    query = select(visits.c.other_library_id, visits.c.last_on).where(visits.c.library_id == library_id)
    return {row.other_library_id: row.last_on for row in connection.execute(query)}
