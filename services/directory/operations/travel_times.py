"""Travel times from a table: what would change is shown first; brought in again, nothing changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from byttebank.contracts.travel_times import TIMES_AT_A_TIME
from byttebank.storage.work import Work
from services.directory.domain.geography import Journey
from services.directory.registers.record import Broken
from services.directory.registers.travel_times import Timed
from services.directory.storage import travel_times
from services.directory.storage.travel_times import Pair

Document = dict[str, Any]


@dataclass
class TimesImported:
    """What an import did, or would do. `entries`: `{where, number, name, what, changes|reason}` in the file's
    order; what is `new`, `changed` (field to [old, new]), `removed` or `broken`.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0
    broken: int = 0
    entries: list[Document] = field(default_factory=list)


@dataclass
class _Wanted:
    """What a file says of the ways it names, by the libraries' ids. `refused`: broken rows with why."""

    names: dict[str, str | None]
    ways: dict[Pair, Timed] = field(default_factory=dict)
    refused: list[tuple[Timed | Broken, str]] = field(default_factory=list)


def import_travel_times(work: Work, records: Iterable[Timed | Broken]) -> TimesImported:
    """The pairs of the file take as long as it says, there and back; told to this county's services.

    Where a file has both ways, the longer counts. What the file does not say stays; what it says without
    minutes is removed. A broken row is named and
    left out: a library nobody knows, one with itself, one way twice with different numbers.
    """
    wanted = _Wanted(travel_times.ids_by_name(work.connection, work.county))
    imported = TimesImported()
    for record in records:
        imported.rows += 1
        reason = _reason(wanted, record)
        if reason is not None:
            wanted.refused.append((record, reason))
    imported.broken = len(wanted.refused)
    imported.entries = [
        {"where": record.where, "number": record.number, "what": "broken", "reason": reason}
        for record, reason in wanted.refused
    ]
    kept = travel_times.known(work.connection)
    told: dict[Pair, Journey | None] = {}
    for pair, record in _longest(wanted).items():
        journey = None if record.minutes is None else Journey(record.minutes, record.km)
        old = kept.get(pair)
        if old == journey:
            continue
        told[pair] = journey
        imported.entries.append({"where": record.where, "number": record.number, **_change(old, journey)})
    imported.new = sum(1 for pair in told if pair not in kept)
    imported.removed = sum(1 for journey in told.values() if journey is None)
    imported.changed = len(told) - imported.new - imported.removed
    imported.same = imported.rows - imported.broken - len(told)
    _write(work, told)
    return imported


def _reason(wanted: _Wanted, record: Timed | Broken) -> str | None:
    """Why the row cannot be used, or None: then what it says is wanted."""
    if isinstance(record, Broken):
        return record.reason
    way = []
    for name in (record.from_name, record.to_name):
        if name not in wanted.names:
            return f"{name} is no library that is known here"
        library_id = wanted.names[name]
        if library_id is None:
            return f"{name} is the number of several libraries: give the id"
        way.append(library_id)
    if way[0] == way[1]:
        return "it is from a library to itself"
    first = wanted.ways.setdefault((way[0], way[1]), record)
    if (first.minutes, first.km) != (record.minutes, record.km):
        return f"it stands in {first.where} with other numbers"
    return None


def _longest(wanted: _Wanted) -> dict[Pair, Timed]:
    """The longer of the two ways, the smaller id first."""
    found: dict[Pair, Timed] = {}
    for way, record in wanted.ways.items():
        pair = (min(way), max(way))
        if pair not in found or (record.minutes or 0) > (found[pair].minutes or 0):
            found[pair] = record
    return found


def _change(old: Journey | None, new: Journey | None) -> Document:
    if old is None or new is None:
        return {"what": "new" if old is None else "removed"}
    two = {name: [getattr(old, name), getattr(new, name)] for name in Journey._fields}
    return {"what": "changed", "changes": {name: both for name, both in two.items() if both[0] != both[1]}}


def _write(work: Work, told: dict[Pair, Journey | None]) -> None:
    times = []
    for pair, one in sorted(told.items()):
        minutes, km = (None, None) if one is None else one
        times.append({"from_library_id": pair[0], "to_library_id": pair[1], "minutes": minutes, "km": km})
        if one is None:
            travel_times.remove(work.connection, pair)
        else:
            travel_times.write(work.connection, pair, one)
    for start in range(0, len(times), TIMES_AT_A_TIME):
        work.emit("TravelTimesChanged", {"times": times[start : start + TIMES_AT_A_TIME]})
