"""What somebody looks for on the board, as the words, days and places to find."""

from dataclasses import dataclass, field
from datetime import date

from services.directory.domain.closed_days import days_between
from services.directory.domain.entries import ANY_DAY, day_words, mark
from services.directory.domain.other_words import categories_called, skills_called, telling
from services.directory.domain.stems import stems

MAX_TERMS = 8
MAX_DAYS = 62
"""A window longer than two months is looked up by its ends alone: hardly anything is for none of its days."""


@dataclass(frozen=True)
class Looking:
    """`groups`: of each group one word must stand there, a word that ends with * is a beginning."""

    county: str | None = None
    skill: str | None = None
    category: str | None = None
    text: str = ""
    first_on: date | None = None
    last_on: date | None = None
    max_km: int | None = None
    skills: tuple[str, ...] = field(default=())
    """One of these, when not empty."""

    @property
    def groups(self) -> list[list[str]]:
        """The words to find."""
        found = [_called(one) for one in telling(stems(self.text))[:MAX_TERMS]]
        found += [[mark("s", self.skill)]] if self.skill else []
        found += [[mark("c", self.category)]] if self.category else []
        found += [[mark("f", self.county)]] if self.county else []
        found += [[mark("s", one) for one in self.skills]] if self.skills else []
        days = self._days()
        return [*found, days] if days else found

    def _days(self) -> list[str]:
        if self.first_on is None or self.last_on is None or (self.last_on - self.first_on).days >= MAX_DAYS:
            return []
        words = [word for day in days_between(self.first_on, self.last_on) for word in day_words(day)]
        return list(dict.fromkeys([ANY_DAY, *words]))


def _called(word: str) -> list[str]:
    """The stem as the beginning of a word, and the skills and categories that it is another word for."""
    skills = [mark("s", code) for code in skills_called().get(word, ())]
    categories = [mark("c", code) for code in categories_called().get(word, ())]
    return [f"{word}*", *skills, *categories]
