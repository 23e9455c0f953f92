"""What instances of rounds are made of."""

from datetime import date, timedelta
from random import Random
from typing import Any

Document = dict[str, Any]

FIRST_ON = date(2027, 3, 1)


def working_days(weeks: int) -> list[str]:
    """Monday to Friday of so many weeks."""
    days = (FIRST_ON + timedelta(days=number) for number in range(7 * weeks))
    return [day.isoformat() for day in days if day.weekday() < 5]


def one_of(random: Random, some: Any) -> Any:
    return some[int(random.random() * len(some))]


def some_dates(random: Random, dates: list[str], fewest: int, most: int) -> list[str]:
    """Dates near each other: people offer and ask for a week or two."""
    count = random.randint(fewest, most)
    width = min(len(dates), count + random.randint(0, 4))
    start = random.randint(0, len(dates) - width)
    return sorted(random.sample(dates[start : start + width], count))


def new_document(
    name: str, libraries: list[Document], colleagues: list[Any], requests: list[Any]
) -> Document:
    return {
        "format": "staff-day-exchange/1",
        "name": name,
        "source": "bench.instances",
        "skills_rule": "all-of",
        "libraries": libraries,
        "colleagues": colleagues,
        "requests": requests,
    }


def new_library(number: int, balance: int = 0, limit: int = 0) -> Document:
    return {"id": f"l{number:05}", "balance_days": balance, "limit_days": limit, "lat": None, "lon": None}


def new_colleague(number: int, home: int, skills: list[str], dates: list[str], max_days: int) -> Document:
    named = {"id": f"c{number:06}", "library": f"l{home:05}", "skills": skills}
    return named | {"dates": dates, "max_days": max_days, "max_km": None}


def new_request(
    number: int, host: int, skills: list[str], dates: list[str], days: int, same: bool
) -> Document:
    named = {"id": f"r{number:06}", "library": f"l{host:05}", "skills": skills}
    return named | {"dates": dates, "days": days, "same_person": same}
