"""Every offer of help as numbers, in columns: what questions among very many offers are answered from."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.distance import Point
from services.matching.market.bits import WORD, Names, Rows, Words

Bools = NDArray[np.bool_]

DATE_WORDS = 9
"""Single dates are kept for 576 days: more than the 18 months that may be asked ahead."""
FIRST, LAST = date.min.toordinal(), date.max.toordinal()
ANYWHERE = -1
NOT_KNOWN = -1
OWN_COUNTY, ALL, SOME = 0, 1, 2
REACHES = {"all": ALL, "counties": SOME}


class Market:
    """All offers of help as numbers. What is put again replaces what was there."""

    def __init__(self, county: str, base: date) -> None:
        self.county = county
        self.base = base
        self.skills, self.counties, self.places = Names(), Names(), Names()
        self.county_number: dict[str, int] = {}
        self.colleague_number: dict[str, int] = {}
        self._active: set[str] = {county}
        self._teaches: dict[str, tuple[str, ...]] = {}
        self._balances: dict[str, int] = {}
        self._rows_of_colleague: dict[str, set[int]] = {}
        self.libraries = Rows(
            {}, county=np.int32, lat=np.float64, lon=np.float64, open=np.bool_, owed=np.int32
        )
        numbers = ("library", "county", "colleague", "first", "last", "max_km")
        self.offers = Rows(
            {"skills": 1, "counties": 1, "places": 1, "teaches": 1, "dates": DATE_WORDS},
            **dict.fromkeys(numbers, np.int32),
            reach=np.int8,
            open=np.bool_,
            single=np.bool_,
        )

    @property
    def until(self) -> date:
        """The last date that single dates are kept of."""
        return self.base + timedelta(days=DATE_WORDS * WORD - 1)

    def put_peer(self, county: str, *, is_active: bool) -> None:
        """Offers of the county count from now on, or no longer."""
        (self._active.add if is_active else self._active.discard)(county)
        self._active.add(self.county)

    def put_library(self, name: str, county: str, at: Point | None, *, is_open: bool) -> None:
        """The library as last heard, and where it lies."""
        number, rows = self.libraries.row(name), self.libraries
        rows["county"][number] = self._number(self.county_number, county)
        rows["lat"][number], rows["lon"][number] = np.radians(at or (np.nan, np.nan))
        rows["open"][number] = is_open
        self._owe(number, name)

    def put_balance(self, library: str, given: int, received: int) -> None:
        """Half-days the library has given and received in this county's books."""
        self._balances[library] = received - given
        self._owe(self.libraries.row(library), library)

    def _owe(self, at: int, name: str) -> None:
        ours = self.county_number.get(self.county, NOT_KNOWN)
        is_ours = self.libraries["county"][at] == ours
        self.libraries["owed"][at] = self._balances.get(name, 0) if is_ours else 0

    def put_colleague(self, name: str, can_teach: Iterable[str]) -> None:
        """What the colleague can teach."""
        self._teaches[name] = tuple(can_teach)
        for at in self._rows_of_colleague.get(name, ()):
            self.skills.put(self.offers, "teaches", at, self._teaches[name])

    def put_offer(self, row: Mapping[str, Any], skills: Iterable[str], counties: Iterable[str]) -> None:
        """The offer as stored, with its skills, and its counties where its reach is `counties`."""
        at, rows = self.offers.row(row["id"]), self.offers
        dates = [date.fromisoformat(text) for text in row["dates"].split()]
        rows["library"][at] = self.libraries.row(row["library_id"])
        rows["county"][at] = self._number(self.county_number, row["county"])
        rows["colleague"][at] = self._number(self.colleague_number, row["colleague_id"])
        rows["first"][at] = FIRST if row["first_on"] is None else row["first_on"].toordinal()
        rows["last"][at] = LAST if row["last_on"] is None else row["last_on"].toordinal()
        rows["max_km"][at] = ANYWHERE if row["max_km"] is None else row["max_km"]
        rows["reach"][at] = REACHES.get(row["reach"], OWN_COUNTY)
        rows["open"][at] = row["state"] == "open" and row["purpose"] == "help"
        rows["single"][at] = bool(dates)
        rows["dates"][at] = self.date_bits(dates)
        self.skills.put(rows, "skills", at, skills)
        self.counties.put(rows, "counties", at, counties)
        self.places.put(rows, "places", at, row["places"].split())
        self.skills.put(rows, "teaches", at, self._teaches.get(row["colleague_id"], ()))
        self._rows_of_colleague.setdefault(row["colleague_id"], set()).add(at)

    def is_active(self) -> Bools:
        """Of each county, by its number, whether its offers count."""
        active = np.zeros(len(self.county_number) + 1, dtype=bool)
        active[[self.county_number[one] for one in self._active if one in self.county_number]] = True
        return active

    def date_bits(self, dates: Iterable[date]) -> Words:
        """The dates as bits, from `base` to `until`; others are left out."""
        bits = [0] * DATE_WORDS
        for day in dates:
            at = (day - self.base).days
            if 0 <= at < DATE_WORDS * WORD:
                bits[at // WORD] |= 1 << at % WORD
        return np.array(bits, dtype=np.uint64)

    def _number(self, numbers: dict[str, int], name: str) -> int:
        return numbers.setdefault(name, len(numbers))
