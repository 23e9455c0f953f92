"""How many of a library's colleagues must stay at home, and on which days nobody else can go.

The largest number that any of the library's open offers names for a day counts for the whole library. Who
works from home or online is at home.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from byttebank.contracts.market_refusals import TooManyAway


@dataclass(frozen=True, slots=True)
class Minimum:
    """So many stay, on the days from `since` to `until` (None: without end), as one offer says."""

    at_home: int
    since: date | None = None
    until: date | None = None

    def is_for(self, day: date) -> bool:
        """Whether it counts on the day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Staffing:
    """A library with at least one minimum. `away`: colleagues who work elsewhere, by date."""

    library_id: str
    colleagues: frozenset[str]
    minimums: Sequence[Minimum]
    away: Mapping[date, frozenset[str]] = field(default_factory=dict)

    def room_on(self, day: date) -> int | None:
        """How many more may go; None: no number is asked for on that day."""
        wanted = [one.at_home for one in self.minimums if one.is_for(day)]
        return len(self.colleagues) - len(self.away_on(day)) - max(wanted) if wanted else None

    def away_on(self, day: date) -> frozenset[str]:
        """Who works elsewhere on the day."""
        return self.away.get(day, frozenset())

    def is_full(self, day: date) -> bool:
        """Whether nobody else may go on the day."""
        room = self.room_on(day)
        return room is not None and room < 1

    def check(self, colleague_id: str, dates: Iterable[date]) -> None:
        """The colleague may be away on the dates. Refuses: TooManyAway, with the first that she may not."""
        for day in dates:
            if colleague_id not in self.away_on(day) and self.is_full(day):
                raise TooManyAway(
                    library_id=self.library_id,
                    date=day.isoformat(),
                    away=len(self.away_on(day)),
                    colleagues=len(self.colleagues),
                    min_at_home=max(one.at_home for one in self.minimums if one.is_for(day)),
                )
