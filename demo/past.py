"""Days that libraries of the demonstration gave each other before it begins. Made up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from demo.days import working_day_until
from demo.people import Person, people_of
from demo.reference import DemoLibrary, fixed_id


@dataclass(frozen=True)
class PastDay:
    """A day of help that is in the books."""

    transfer_id: str
    engagement_id: str
    host: DemoLibrary
    lender: DemoLibrary
    colleague: Person
    contact: Person
    half_days: int
    skill: str
    place: str
    work_date: date


_DAYS: tuple[tuple[int, int, str, str, str, int, str, str], ...] = (
    (2, 5, "Ringsaker", "Eidskog", "Jonas Berg", 2, "book-covering", "host"),
    (3, 10, "Eidskog", "Hamar", "Trine Solheim", 2, "cataloguing", "host"),
    (4, 16, "Eidskog", "Tolga", "Anders Lien", 2, "weeding", "host"),
    (5, 19, "Nes", "Eidskog", "Kari Moen", 2, "dissemination", "host"),
    (6, 18, "Grue", "Eidskog", "Jonas Berg", 2, "shelf-tidying", "host"),
    (9, 8, "Stjørdal", "Eidskog", "Kari Moen", 1, "literature-promotion", "online"),
    (10, 8, "Eidskog", "Grue", "Siri Haugen", 1, "integration", "host"),
    (10, 20, "Tolga", "Eidskog", "Jonas Berg", 2, "shelf-tidying", "host"),
    (11, 5, "Eidskog", "Ringsaker", "Mona Ruud", 2, "book-covering", "host"),
    (1, 22, "Lillestrøm", "Drammen", "Ole Strand", 2, "weeding", "host"),
    (2, 12, "Drammen", "Tønsberg", "Henrik Lie", 2, "cataloguing", "host"),
    (3, 5, "Tønsberg", "Fredrikstad", "Erik Brekke", 2, "class-sets", "host"),
    (3, 26, "Fredrikstad", "Lillestrøm", "Nora Eide", 2, "cataloguing", "host"),
    (4, 9, "Horten", "Tønsberg", "", 2, "events", "host"),
    (4, 23, "Trondheim", "Hamar", "Lars Solberg", 2, "planning", "online"),
    (5, 6, "Sarpsborg", "Halden", "", 2, "weeding", "host"),
    (5, 28, "Gjøvik", "Trondheim", "", 2, "events", "host"),
    (6, 4, "Kongsberg", "Ringerike", "", 2, "children", "host"),
    (6, 11, "Asker", "Kongsberg", "", 1, "book-covering", "host"),
    (8, 27, "Bærum", "Asker", "", 1, "routine-desk", "host"),
    (9, 3, "Larvik", "Kongsberg", "", 2, "shelf-tidying", "host"),
    (9, 17, "Moss", "Ås", "", 2, "reading-promotion", "host"),
    (10, 1, "Røros", "Tynset", "", 2, "routine-desk", "host"),
    (10, 15, "Levanger", "Stjørdal", "Per Hagen", 2, "weeding", "host"),
    (10, 22, "Oppdal", "Dovre", "", 1, "cataloguing", "host"),
    (10, 29, "Ringerike", "Gran", "", 2, "weeding", "host"),
    (11, 12, "Halden", "Sandefjord", "", 1, "statistics", "online"),
    (11, 17, "Grue", "Åsnes", "", 2, "routine-desk", "host"),
)
"""Month, day, host, lender, colleague (the lender's last one where nobody is named), half-days, skill, place.
The first nine are the statement of Eidskog in the design; the four after them are a ring of counties."""


def past_days(libraries: Iterable[DemoLibrary], loaded_on: date) -> list[PastDay]:
    """The days in the order in which they were, each on the last such date before the loading."""
    by_name = {library.short_name: library for library in libraries if library.kind == "public"}
    days = [
        _day(by_name[host], by_name[lender], name, half_days, skill, place, month, day, loaded_on)
        for month, day, host, lender, name, half_days, skill, place in _DAYS
    ]
    return sorted(days, key=lambda past: (past.work_date, past.transfer_id))


def _day(
    host: DemoLibrary,
    lender: DemoLibrary,
    name: str,
    half_days: int,
    skill: str,
    place: str,
    month: int,
    day: int,
    loaded_on: date,
) -> PastDay:
    words = (host.id, lender.id, f"{month}-{day}")
    people = {person.name: person for person in people_of(lender)}
    return PastDay(
        transfer_id=fixed_id("transfer", *words),
        engagement_id=fixed_id("engagement", *words),
        host=host,
        lender=lender,
        colleague=people[name] if name else list(people.values())[-1],
        contact=people_of(host)[0],
        half_days=half_days,
        skill=skill,
        place=place,
        work_date=_last_weekday(month, day, loaded_on),
    )


def _last_weekday(month: int, day: int, before: date) -> date:
    found = date(before.year, month, day)
    if found >= before:
        found = date(before.year - 1, month, day)
    return working_day_until(found)
