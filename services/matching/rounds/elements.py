"""One element of an instance file, field by field: its values, or words that say what is wrong with which."""

import re
from collections import Counter
from collections.abc import Container
from datetime import date
from math import isfinite
from typing import Any, NoReturn

from services.matching.rounds.scanning import shown

MAX_INTEGER = 1_000_000_000
"""More days than all libraries of a country work in a thousand years; sums of it fit into 64 bits."""
MAX_ID = 200
MAX_DATES = 1_100
"""Three years of one element's days."""
MAX_SKILLS = 1_000

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class InstanceRefused(Exception):
    """The file is no instance of `staff-day-exchange/1`: the message says which element, and what to do."""


class Words:
    """Dates and texts that were met before, so that each is checked and kept once."""

    def __init__(self) -> None:
        self.dates: dict[str, date] = {}
        self.texts: dict[str, str] = {}
        self.days: dict[tuple[str, ...], tuple[date, ...]] = {}
        self.sets: dict[tuple[str, ...], tuple[str, ...]] = {}


class Element:
    """The fields of one element. Methods refuse with InstanceRefused, naming element and field."""

    def __init__(
        self, kind: str, number: int, value: Any, known: frozenset[str], words: Words, notes: Counter[str]
    ) -> None:
        self._kind = kind
        self._number = number
        self._words = words
        self._notes = notes
        self._fields: dict[str, Any] = {}
        if not isinstance(value, dict):
            self.refuse(f"it is {shown(value)}; write an object")
        self._fields = value
        if not value.keys() <= known:
            for name in sorted(value.keys() - known):
                notes[f"{kind}[]: the field {shown(name)} is not known and was ignored"] += 1

    def refuse(self, why: str) -> NoReturn:
        name = self._fields.get("id")
        named = f" (id {shown(name)})" if isinstance(name, str) else ""
        raise InstanceRefused(f"{self._kind}[{self._number}]{named}: {why}.")

    def new_id(self, taken: Container[str]) -> str:
        """The element's own id, which is not yet `taken`."""
        value = self.text("id")
        if value in taken:
            self.refuse("the id stands twice; give each its own")
        return value

    def text(self, field: str) -> str:
        """An id: text of 1 to MAX_ID characters."""
        value = self._required(field)
        known = self._words.texts.get(value) if isinstance(value, str) else None
        return known if known is not None else self._new_text(field, value)

    def integer(self, field: str, lowest: int) -> int:
        """A whole number from `lowest` to MAX_INTEGER; 2.0 is 2, for JSON knows one kind of number."""
        value = self._required(field)
        if type(value) is float and isfinite(value) and value == int(value):
            value = int(value)
        if type(value) is not int or not lowest <= value <= MAX_INTEGER:
            self.refuse(f"{field} is {shown(value)}; write a whole number from {lowest} to {MAX_INTEGER}")
        return value

    def account(self) -> tuple[int, int]:
        """Half-days a library may receive, of which the balance is so many days: from `balance_half_days` and
        `limit_half_days`, if they are there, else from `balance_days` and `limit_days`."""
        if self._fields.get("balance_half_days") is None and self._fields.get("limit_half_days") is None:
            balance = self.integer("balance_days", -MAX_INTEGER)
            return 2 * (balance + self.integer("limit_days", 0)), balance
        half_days = self.integer("balance_half_days", -MAX_INTEGER)
        return half_days + self.integer("limit_half_days", 0), half_days // 2

    def amount(self) -> tuple[int, bool]:
        """Days that a request asks for, and whether the last is half a day: from `half_days`, or `days`."""
        if self._fields.get("half_days") is None:
            return self.integer("days", 0), False
        half_days = self.integer("half_days", 1)
        days = -(-half_days // 2)
        if self._fields.get("days", days) != days:
            self.refuse(f"half_days is {half_days}, which takes {days} days; write days so, or leave it out")
        return days, half_days % 2 == 1

    def text_or_none(self, field: str) -> str | None:
        """The same as `text`, or None where the field is null or left out."""
        return None if self._fields.get(field) is None else self.text(field)

    def number(self, field: str, lowest: float, highest: float) -> float | None:
        """A number, or None where the field is null or left out."""
        value = self._fields.get(field)
        if value is None:
            return None
        if type(value) not in (int, float) or not lowest <= value <= highest:
            self.refuse(f"{field} is {shown(value)}; write a number from {lowest:g} to {highest:g}, or null")
        return float(value)

    def flag(self, field: str) -> bool:
        """true or false; false where it is left out."""
        value = self._fields.get(field, False)
        if type(value) is not bool:
            self.refuse(f"{field} is {shown(value)}; write true or false")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Different texts in ascending order; none where the field is left out."""
        value = self._fields.get(field, [])
        self._check_list(field, value, MAX_SKILLS)
        try:
            return self._words.sets[tuple(value)]
        except (KeyError, TypeError):
            found = tuple(sorted({self._new_text(field, one) for one in value}))
            self._words.sets[tuple(value)] = found
        return found

    def days(self, field: str) -> tuple[date, ...]:
        """Different dates in ascending order."""
        value = self._required(field)
        self._check_list(field, value, MAX_DATES)
        try:
            return self._words.days[tuple(value)]
        except (KeyError, TypeError):
            found = {self._date(field, one) for one in value}
        if len(found) != len(value):
            self._notes[f"{self._kind}[]: a date stands twice in {field} and counts once"] += 1
        days = self._words.days[tuple(value)] = tuple(sorted(found))
        return days

    def note(self, text: str) -> None:
        """A warning about elements of this kind, told once with how many they are."""
        self._notes[f"{self._kind}[]: {text}"] += 1

    def _required(self, field: str) -> Any:
        try:
            return self._fields[field]
        except KeyError:
            self.refuse(f"{field} is missing; add it")

    def _check_list(self, field: str, value: Any, most: int) -> None:
        if not isinstance(value, list):
            self.refuse(f"{field} is {shown(value)}; write an array")
        if len(value) > most:
            self.refuse(f"{field} has {len(value)} entries; write at most {most}")

    def _new_text(self, field: str, value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= MAX_ID:
            self.refuse(f"{field} is or holds {shown(value)}; write text of 1 to {MAX_ID} characters")
        if _UNPRINTABLE.search(value):
            self.refuse(f"{field} is or holds {shown(value)}; leave out characters that cannot be printed")
        return self._words.texts.setdefault(value, value)

    def _date(self, field: str, value: Any) -> date:
        known = self._words.dates.get(value) if isinstance(value, str) else None
        if known is not None:
            return known
        try:
            if not isinstance(value, str) or not _DATE.fullmatch(value):
                raise ValueError
            return self._words.dates.setdefault(value, date.fromisoformat(value))
        except ValueError:
            self.refuse(f"{field} holds {shown(value)}; write dates that exist, as 2027-03-31")
