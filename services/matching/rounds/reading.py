"""An instance file becomes an `Instance`, or is refused with the element that is wrong and what to do.

Unknown fields are ignored with a warning. Left out or null may be: `format`, `name`, `source`, `compatible`,
`distances_km`, `lat` with `lon`, `max_km`; left out may be `skills` (none), `same_person` (false) and
`skills_rule` (all-of, with a warning), and what `staff-day-exchange/2` adds: `half_days`, `county`, `caps`,
`balance_half_days` with `limit_half_days`. Everything else must be there. Time and memory grow with the
file's size and have a bound.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from services.matching.domain.instance import ALL_OF, ANY_OF, Colleague, Instance, Library, Wish
from services.matching.rounds.elements import MAX_INTEGER, Element, InstanceRefused, Words
from services.matching.rounds.opening import text_of
from services.matching.rounds.scanning import Scanner, ScanRefused, shown

__all__ = ["FORMAT", "InstanceRefused", "Limits", "Reading", "read_content", "read_instance"]

FORMAT = "staff-day-exchange/1"
WITH_HALF_DAYS = "staff-day-exchange/2"
"""The same with half-days and caps, so that a program that knows neither refuses the file."""
FORMATS = (FORMAT, WITH_HALF_DAYS)
FAR_KM = 1e9
MAX_WARNINGS = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; three times a country of 36,000 libraries fits."""

    file_bytes: int = 256 << 20
    content_bytes: int = 512 << 20
    libraries: int = 100_000
    colleagues: int = 500_000
    requests: int = 600_000
    dates: int = 30_000_000
    pairs: int = 4_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, and what in it was ignored or is surely not meant."""

    instance: Instance
    warnings: tuple[str, ...]


def read_instance(path: Path, limits: Limits = Limits()) -> Reading:
    """The file's instance; JSON, or gzipped JSON whatever its name is. Refuses: InstanceRefused."""
    try:
        with path.open("rb") as file:
            content = file.read(limits.file_bytes + 1)
    except OSError as error:
        raise InstanceRefused(f"{path} cannot be read: {error.strerror or error}.") from error
    return read_content(content, limits)


def read_content(content: bytes, limits: Limits = Limits()) -> Reading:
    """The same for a file's bytes. Refuses: InstanceRefused."""
    if len(content) > limits.file_bytes:
        raise InstanceRefused(
            f"The file is larger than {limits.file_bytes} bytes; divide it by regions or weeks."
        )
    text = text_of(content, limits.content_bytes)
    del content
    try:
        return _Reader(text, limits).read()
    except ScanRefused as error:
        raise InstanceRefused(f"The file is not JSON as it should be: {error}.") from error


_LIBRARY = frozenset(
    {"id", "balance_days", "limit_days", "balance_half_days", "limit_half_days", "lat", "lon", "county"}
)
_COLLEAGUE = frozenset({"id", "library", "skills", "dates", "max_days", "max_km"})
_REQUEST = frozenset({"id", "library", "skills", "dates", "days", "half_days", "same_person"})


class _Reader:
    """Reads the members in the order of the file; names of things are looked up when all are known."""

    def __init__(self, text: str, limits: Limits) -> None:
        self._scanner = Scanner(text)
        self._limits = limits
        self._words = Words()
        self._notes: Counter[str] = Counter()
        self._scalars: dict[str, str] = {}
        self._libraries: dict[str, Library] = {}
        self._colleagues: dict[str, Colleague] = {}
        self._requests: dict[str, Wish] = {}
        self._compatible: list[tuple[str, str]] | None = None
        self._distances: dict[tuple[str, str], float] = {}
        self._caps: dict[tuple[str, str], int] = {}
        self._dates = 0

    def read(self) -> Reading:
        if self._scanner.peek() != "{":
            raise InstanceRefused('The file is not a JSON object; write {"libraries": [...], ...}.')
        seen: set[str] = set()
        for name in self._scanner.members():
            if name in seen:
                raise InstanceRefused(f"The field {shown(name)} stands twice; leave one of them out.")
            seen.add(name)
            self._member(name)
        self._scanner.end()
        for name in ("libraries", "colleagues", "requests"):
            if name not in seen:
                raise InstanceRefused(f"The field {name} is missing; write an array, [] if there are none.")
        if "skills_rule" not in self._scalars:
            self._notes["skills_rule is missing; all-of was taken"] += 1
        self._check_names()
        return Reading(self._instance(), _told(self._notes))

    def _member(self, name: str) -> None:
        readers = {
            "libraries": self._library,
            "colleagues": self._colleague,
            "requests": self._request,
            "compatible": self._pair,
            "distances_km": self._distance,
            "caps": self._cap,
        }
        if name in ("format", "name", "source", "skills_rule"):
            self._scalar(name, self._scanner.value())
        elif name not in readers:
            self._notes[f"the field {shown(name)} is not known and was ignored"] += 1
            self._scanner.skip()
        elif name in ("compatible", "distances_km", "caps") and self._scanner.peek() == "n":
            self._scanner.value()
        elif self._scanner.peek() != "[":
            raise InstanceRefused(f"{name} is {shown(self._scanner.value())}; write an array.")
        else:
            if name == "compatible":
                self._compatible = []
            most = getattr(self._limits, name, self._limits.pairs)
            for number, _ in enumerate(self._scanner.elements()):
                if number == most:
                    raise InstanceRefused(f"{name} has more than {most} elements; divide the file.")
                readers[name](number, self._scanner.value())

    def _scalar(self, name: str, value: Any) -> None:
        if value is None and name != "skills_rule":
            return
        if not isinstance(value, str):
            raise InstanceRefused(f"{name} is {shown(value)}; write text.")
        if name == "format" and value not in FORMATS:
            raise InstanceRefused(f"format is {shown(value)}; only {' and '.join(FORMATS)} can be read.")
        if name == "skills_rule" and value not in (ALL_OF, ANY_OF):
            raise InstanceRefused(f"skills_rule is {shown(value)}; write {ALL_OF} or {ANY_OF}.")
        self._scalars[name] = value

    def _element(self, kind: str, number: int, value: Any, known: frozenset[str]) -> Element:
        return Element(kind, number, value, known, self._words, self._notes)

    def _library(self, number: int, value: Any) -> None:
        element = self._element("libraries", number, value, _LIBRARY)
        name = element.new_id(self._libraries)
        room, balance = element.account()
        lat, lon = element.number("lat", -90, 90), element.number("lon", -180, 180)
        if (lat is None) != (lon is None):
            element.refuse("only one of lat and lon is given; write both, or null for both")
        if room < 0:
            element.note("balance_days is below -limit_days; the plan must bring it back")
        limit, county = room // 2 - balance, element.text_or_none("county")
        self._libraries[name] = Library(name, balance, limit, lat, lon, room % 2, county)

    def _colleague(self, number: int, value: Any) -> None:
        element = self._element("colleagues", number, value, _COLLEAGUE)
        name = element.new_id(self._colleagues)
        dates = element.days("dates")
        self._count_dates(element, len(dates))
        self._colleagues[name] = Colleague(
            name,
            element.text("library"),
            element.texts("skills"),
            dates,
            element.integer("max_days", 0),
            element.number("max_km", 0, FAR_KM),
        )

    def _request(self, number: int, value: Any) -> None:
        element = self._element("requests", number, value, _REQUEST)
        name = element.new_id(self._requests)
        dates = element.days("dates")
        self._count_dates(element, len(dates))
        days, ends_half = element.amount()
        if days == 0:
            element.note("days is 0, so there is nothing to serve")
        elif days > len(dates):
            element.note("days is more than there are dates, so not all can be served")
        self._requests[name] = Wish(
            name,
            element.text("library"),
            element.texts("skills"),
            dates,
            days,
            element.flag("same_person"),
            ends_half,
        )

    def _count_dates(self, element: Element, number: int) -> None:
        self._dates += number
        if self._dates > self._limits.dates:
            element.refuse(f"there are more than {self._limits.dates} dates in the file; divide it")

    def _pair(self, number: int, value: Any) -> None:
        if not isinstance(value, list) or len(value) != 2 or not all(isinstance(one, str) for one in value):
            raise InstanceRefused(f"compatible[{number}] is wrong; write [colleague id, request id].")
        assert self._compatible is not None
        self._compatible.append(self._same_texts(value[0], value[1]))

    def _distance(self, number: int, value: Any) -> None:
        where = f"distances_km[{number}]"
        one, other, km = _triple(where, value, "library id, library id, km")
        if type(km) not in (int, float) or not 0 <= km <= FAR_KM:
            raise InstanceRefused(f"{where}: km is {shown(km)}; write a number from 0 to {FAR_KM:g}.")
        if self._distances.setdefault(self._same_texts(one, other), float(km)) != km:
            raise InstanceRefused(
                f"{where}: {shown(one)} to {shown(other)} has two distances; leave one out."
            )

    def _cap(self, number: int, value: Any) -> None:
        where = f"caps[{number}]"
        lender, host, days = _triple(where, value, "lending county, host county, days")
        if type(days) not in (int, float) or not 0 <= days <= MAX_INTEGER or 2 * days != int(2 * days):
            raise InstanceRefused(f"{where}: days is {shown(days)}; write 0, 0.5, 1, 1.5 and so on.")
        if (lender, host) in self._caps:
            raise InstanceRefused(f"{where}: {shown(lender)} to {shown(host)} has two caps; leave one out.")
        self._caps[lender, host] = int(2 * days)

    def _same_texts(self, one: str, other: str) -> tuple[str, str]:
        """The two as they were met before, so that millions of pairs share their ids' memory."""
        texts = self._words.texts
        return texts.get(one, one), texts.get(other, other)

    def _check_names(self) -> None:
        for number, colleague in enumerate(self._colleagues.values()):
            if colleague.library not in self._libraries:
                where = f"colleagues[{number}] (id {shown(colleague.id)})"
                _refuse_unknown(where, "library", colleague.library)
        for number, request in enumerate(self._requests.values()):
            if request.library not in self._libraries:
                _refuse_unknown(f"requests[{number}] (id {shown(request.id)})", "library", request.library)
        for number, (somebody, something) in enumerate(self._compatible or ()):
            if somebody not in self._colleagues:
                _refuse_unknown(f"compatible[{number}]", "colleague", somebody)
            if something not in self._requests:
                _refuse_unknown(f"compatible[{number}]", "request", something)
        for pair in self._distances:
            for name in pair:
                if name not in self._libraries:
                    _refuse_unknown("distances_km", "library", name)
        counties = {one.county for one in self._libraries.values()}
        for pair in self._caps:
            for name in pair:
                if name not in counties:
                    _refuse_unknown("caps", "county", name)

    def _instance(self) -> Instance:
        for (one, other), km in list(self._distances.items()):
            self._distances.setdefault((other, one), km)
        return Instance(
            self._scalars.get("name", ""),
            self._scalars.get("source", ""),
            self._scalars.get("skills_rule", ALL_OF),
            tuple(self._libraries[name] for name in sorted(self._libraries)),
            tuple(self._colleagues[name] for name in sorted(self._colleagues)),
            tuple(self._requests[name] for name in sorted(self._requests)),
            None if self._compatible is None else frozenset(self._compatible),
            self._distances,
            self._caps,
        )


def _refuse_unknown(where: str, kind: str, name: str) -> NoReturn:
    raise InstanceRefused(
        f"{where} names the {kind} {shown(name)}, which is not in the file; add it or mend the id."
    )


def _triple(where: str, value: Any, words: str) -> list[Any]:
    """Two names and what lies between them."""
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(one, str) for one in value[:2]):
        raise InstanceRefused(f"{where} is wrong; write [{words}].")
    return value


def _told(notes: Counter[str]) -> tuple[str, ...]:
    told = [f"{note} ({count} times)." if count > 1 else f"{note}." for note, count in notes.items()]
    return (*told[:MAX_WARNINGS], *([f"And {len(told) - MAX_WARNINGS} more."] if told[MAX_WARNINGS:] else ()))
