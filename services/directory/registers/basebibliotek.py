"""The national register of libraries, Base Bibliotek: XML in the namespace http://nb.no/BaseBibliotek.

What a record may hold follows its schema (basebibliotek.xsd). Passwords (`aut`), names of people and phones
are not read. `stengt` X is closed for good, U for now; `stengt_fra` and `stengt_til` are both closed days.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from services.directory.registers.record import (
    Broken,
    Record,
    RegisterRefused,
    Unusable,
    kind_of,
    place_of,
    short_name_of,
)

NAMESPACE = "{http://nb.no/BaseBibliotek}"
MAX_CLOSED_DAYS = 366
MAX_OPEN_CLOSING_DAYS = 31
"""Of one that is closed without an end so many days are noted; the next import brings the news."""


def read_base_bibliotek(file: IO[bytes]) -> Iterator[Record | Broken]:
    """Each record in turn, however large the file is.

    Raises: `RegisterRefused` for what is no such XML, also for document types, entities and bombs.
    """
    root: Element | None = None
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if root is None and element.tag != f"{NAMESPACE}BaseBibliotek":
                    raise RegisterRefused("This is XML, but not Base Bibliotek's: its root is another one.")
                root = element if root is None else root
            elif element.tag == f"{NAMESPACE}record":
                yield _read(element)
                if root is not None:
                    root.clear()
    except DefusedXmlException as error:
        raise RegisterRefused(
            "The file declares a document type or entities, which the register never does. Get it anew."
        ) from error
    except ParseError as error:
        raise RegisterRefused(f"The file is broken XML: {error}. Get it anew.") from error
    except (LookupError, ValueError) as error:
        raise RegisterRefused(f"The file's encoding cannot be read: {error}. Save it in UTF-8.") from error


def _read(record: Element) -> Record | Broken:
    where = f"record {record.get('rid', '?')}"
    number = _text(record, "bibnr")
    if number is None:
        return Broken(where, None, "it has no library number (bibnr)")
    try:
        is_closed = _text(record, "stengt") in ("X", "x")
        return Record(where, number, _values(record), is_closed=is_closed)
    except Unusable as error:
        return Broken(where, number, str(error))


def _values(record: Element) -> dict[str, Any]:
    name = _text(record, "inst")
    if name is None:
        raise Unusable("it has no name (inst)")
    former = [(one.text or "").strip() for one in record.iter(f"{NAMESPACE}bibnr_gml")]
    values: dict[str, Any] = {
        "name": name[:200],
        "short_name": short_name_of(_text(record, "inst_kort") or name),
        "kind": kind_of(_text(record, "bibltype") or ""),
        "former_numbers": [one for one in dict.fromkeys(former) if one][:50],
        "municipality_code": _text(record, "kommnr"),
        "country": (_text(record, "landkode") or "NO").upper()[:2],
        "contact_email": _text(record, "epost_adr"),
        "website": _text(record, "url_hjem"),
        "closed_dates": _closed_dates(record),
    }
    lat_lon = _text(record, "lat_lon")
    if lat_lon is not None:
        latitude, comma, longitude = lat_lon.partition(",")
        if not comma:
            raise Unusable(f"{lat_lon} are no coordinates in degrees")
        place = place_of(latitude, longitude)
        if place is not None:
            values["latitude"], values["longitude"] = place
    return {key: value for key, value in values.items() if value is not None}


def _closed_dates(record: Element) -> list[str]:
    first, last = _day(record, "stengt_fra"), _day(record, "stengt_til")
    if first is None:
        return [] if last is None else [last.isoformat()]
    last = last or first + timedelta(MAX_OPEN_CLOSING_DAYS - 1)
    if last < first:
        raise Unusable(f"it is closed from {first} to {last}, which is before")
    days = min((last - first).days + 1, MAX_CLOSED_DAYS)
    return [(first + timedelta(number)).isoformat() for number in range(days)]


def _day(record: Element, name: str) -> date | None:
    text = _text(record, name)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Unusable(f"{text} is no date ({name})") from None


def _text(record: Element, name: str) -> str | None:
    """The element's text on one line, or None where it is left out or empty."""
    text = " ".join((record.findtext(f"{NAMESPACE}{name}") or "").split())
    return text or None
