"""Libraries from a register: what would change is shown first; brought in again, nothing changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from byttebank.contracts.refusals import Malformed, NotFound, Refusal
from byttebank.storage.work import Work
from services.directory.domain.municipalities import municipality_on
from services.directory.domain.texts import sort_key
from services.directory.operations.documents import read
from services.directory.operations.libraries import OwnLibrary, check_not_swapped, checked_library
from services.directory.operations.municipalities import NORWAY, norwegian_municipalities
from services.directory.operations.publishing import tell_library, tell_new_libraries
from services.directory.registers.record import Broken, Record
from services.directory.storage import counties, libraries

Document = dict[str, Any]
AT_A_TIME = 500


@dataclass
class Imported:
    """What an import did, or would do. `entries`: `{where, number, name, what, changes|reason}` in the file's
    order; what is `new`, `changed` (field to [old, new]), `closed`, `elsewhere` or `broken`.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    closed: int = 0
    same: int = 0
    elsewhere: int = 0
    broken: int = 0
    entries: list[Document] = field(default_factory=list)


@dataclass
class _Known:
    """The county's libraries, found by number and by name."""

    settings: Document
    by_id: dict[str, Document]
    by_number: dict[str, str]
    by_name: dict[tuple[str, str], str]
    seen: dict[str, str] = field(default_factory=dict)
    """Number to the place in the file where it stood first."""
    new: list[Document] = field(default_factory=list)


def import_libraries(work: Work, records: Iterable[Record | Broken]) -> Imported:
    """The county's own libraries are as the register has them; told of where something is new.

    A library is the one that has the number or had it, or the one of that name and municipality that has
    none. What the register does not say stays as it is. Other counties' libraries and kinds that do not take
    part are left out; a broken record is named and left out, and the rest are brought in.
    Refuses: NotFound before the county is set.
    """
    settings = counties.find_county(work.connection, work.county)
    if settings is None:
        raise NotFound(kind="county", id=work.county)
    known = _known(work, settings)
    imported = Imported()
    for record in records:
        imported.rows += 1
        entry = _bring_in(work, known, record)
        what = entry.pop("what")
        setattr(imported, what, getattr(imported, what) + 1)
        if what != "same":
            imported.entries.append({"where": record.where, "number": record.number, "what": what, **entry})
        if len(known.new) >= AT_A_TIME:
            _write_new(work, known)
    _write_new(work, known)
    return imported


def _bring_in(work: Work, known: _Known, record: Record | Broken) -> Document:
    if isinstance(record, Broken):
        return {"what": "broken", "reason": record.reason}
    name = record.values["name"]
    if record.number is not None and record.number in known.seen:
        reason = f"{record.number} stands in {known.seen[record.number]} already"
        return {"what": "broken", "name": name, "reason": reason}
    try:
        values = _placed(work, known, record)
        if isinstance(values, str):
            return {"what": "elsewhere", "name": name, "reason": values}
        if record.number is not None:
            known.seen[record.number] = record.where
        stored = _find(known, record.number, values)
        if stored is None:
            return _add(work, known, values, is_closed=record.is_closed)
        return _change(work, known, stored, values, is_closed=record.is_closed)
    except Refusal as refusal:
        return {"what": "broken", "name": name, "reason": _reason(refusal)}


def _placed(work: Work, known: _Known, record: Record) -> Document | str:
    """The values with the municipality of today, or why the library is none of this county's."""
    values = {**record.values, "national_number": record.number}
    # A register that names a library's number among its former ones too says nothing by that.
    if record.number in values.get("former_numbers", []):
        values["former_numbers"] = [one for one in values["former_numbers"] if one != record.number]
    if values["kind"] == "other":
        return "its kind does not take part"
    country = values.setdefault("country", known.settings["country"])
    if country != known.settings["country"]:
        return f"it is in {country}"
    code = values.get("municipality_code")
    if country != NORWAY or code is None:
        return values
    municipality = municipality_on(norwegian_municipalities(), code, work.today)
    if municipality is None:
        raise Malformed(errors=[{"pointer": "/municipality_code", "detail": f"No municipality has {code}."}])
    if f"{NORWAY}-{municipality.county_code}" != known.settings["code"]:
        return f"it is in {municipality.name}, of another county"
    values["municipality_code"] = municipality.code
    values["municipality_name"] = municipality.name
    if "latitude" not in values and municipality.latitude is not None:
        values["fallback"] = {"latitude": municipality.latitude, "longitude": municipality.longitude}
    return values


def _add(work: Work, known: _Known, values: Document, *, is_closed: bool) -> Document:
    if is_closed:
        return {"what": "elsewhere", "name": values["name"], "reason": "it is closed for good"}
    library = {**values.pop("fallback", {}), **values}
    wanted = read(OwnLibrary, library, id=work.new_id(), county=work.county, version=1)
    wanted = checked_library(wanted, known.settings)
    check_not_swapped(wanted, None)
    known.new.append(wanted)
    _remember(known, wanted)
    return {"what": "new", "name": wanted["name"]}


def _change(work: Work, known: _Known, stored: Document, values: Document, *, is_closed: bool) -> Document:
    fallback = values.pop("fallback", {})
    if stored["latitude"] is None:
        values = {**fallback, **values}
    if not stored["national_number"] or values["national_number"] is None:
        values["national_number"] = values["national_number"] or stored["national_number"]
    former = {*stored["former_numbers"], *values.get("former_numbers", []), stored["national_number"]}
    values["former_numbers"] = sorted(former - {None, values["national_number"]})
    # The name people know it by is its own choice once it is here.
    values["short_name"] = stored["short_name"]
    if is_closed:
        values["state"] = "withdrawn"
        values["closed_on"] = values.get("closed_on") or stored["closed_on"] or work.today.isoformat()
    changed = checked_library(read(OwnLibrary, {**stored, **values}), known.settings)
    check_not_swapped(changed, stored)
    changes = {key: [stored[key], changed[key]] for key in changed if changed[key] != stored[key]}
    if not changes:
        return {"what": "same"}
    changed["version"] = stored["version"] + 1
    libraries.replace_library(work.connection, changed)
    libraries.write_numbers(work.connection, changed)
    tell_library(work, changed)
    _remember(known, changed)
    is_gone = changed["state"] != stored["state"]
    return {"what": "closed" if is_gone else "changed", "name": changed["name"], "changes": changes}


def _write_new(work: Work, known: _Known) -> None:
    libraries.add_libraries(work.connection, known.new)
    tell_new_libraries(work, known.new)
    known.new = []


def _known(work: Work, settings: Document) -> _Known:
    own = libraries.libraries_of_county(work.connection, work.county)
    known = _Known(
        settings=settings,
        by_id={library["id"]: library for library in own},
        by_number=libraries.numbers_of_county(work.connection, work.county),
        by_name={},
    )
    for library in own:
        known.by_name[_name_key(library)] = library["id"]
    return known


def _remember(known: _Known, library: Document) -> None:
    known.by_id[library["id"]] = library
    known.by_name[_name_key(library)] = library["id"]
    for number in (library["national_number"], *library["former_numbers"]):
        if number:
            known.by_number.setdefault(number, library["id"])


def _find(known: _Known, number: str | None, values: Document) -> Document | None:
    for one in (number, *values.get("former_numbers", [])):
        if one in known.by_number:
            return known.by_id[known.by_number[one]]
    found = known.by_id.get(known.by_name.get(_name_key(values), ""))
    if found is None or (number and found["national_number"] and found["national_number"] != number):
        return None
    return found


def _name_key(library: Document) -> tuple[str, str]:
    return sort_key(library["name"]), library.get("municipality_code") or ""


def _reason(refusal: Refusal) -> str:
    if isinstance(refusal, Malformed):
        return "; ".join(f"{one['pointer'][1:]}: {one['detail']}" for one in refusal.parameters["errors"])
    return str(refusal)
