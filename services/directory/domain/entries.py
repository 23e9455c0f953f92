"""How an offer or a request stands in what the board is searched in: its words, days and place.

A word with a mark is no word of people's: `s_` a skill, `c_` a category, `f_` a county, `d_` a day, `w_` a
weekday.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.directory.domain.geography import Point, chord_square, point_of
from services.directory.domain.market import offer_ends_on
from services.directory.domain.stems import stems

Document = dict[str, Any]
ALWAYS = "9999-12-31"
ANY_DAY = "d_any"


@dataclass(frozen=True)
class Entry:
    """`reach_square`: the square of the straight line in metres that the offer goes at most."""

    thing_id: str
    kind: str
    county: str
    library_id: str
    starts_on: date
    ends_on: date
    is_remote: bool
    place: Point | None
    reach_square: int | None
    words: tuple[str, ...]


def is_on_board(kind: str, thing: Document, library: Document | None) -> bool:
    """Whether it belongs on the board, until it ends. A county speaks for its own libraries only."""
    if library is None or library["state"] != "open" or library["county"] != thing["county"]:
        return False
    return bool(thing["state"] == "open" and (kind == "offer" or thing["is_open"]))


def entry_of(kind: str, thing: Document, library: Document, skills: dict[str, Document]) -> Entry:
    """The entry of an offer or a request of the library. `skills`: the vocabulary by code."""
    is_offer = kind == "offer"
    places = thing["places"] if is_offer else [thing["place"]]
    if is_offer:
        days = thing["dates"]
        starts_on = (days[0] if days else thing["first_on"]) or "0001-01-01"
        ends_on = offer_ends_on(thing) or ALWAYS
    else:
        starts_on, ends_on = thing["first_on"], thing["last_on"]
    max_km = thing["max_km"] if is_offer else None
    return Entry(
        thing_id=thing["id"],
        kind=kind,
        county=thing["county"],
        library_id=thing["library_id"],
        starts_on=date.fromisoformat(starts_on),
        ends_on=date.fromisoformat(ends_on),
        is_remote=any(place != "host" for place in places),
        place=point_of(library) if "host" in places else None,
        reach_square=None if max_km is None else chord_square(max_km),
        words=tuple(_words(thing, library, skills)),
    )


def mark(kind: str, name: str) -> str:
    """The word that stands for a skill (`s`), a category (`c`), a county (`f`) or a day (`d`)."""
    return f"{kind}_" + "".join(letter if letter.isalnum() else "_" for letter in name)


def day_words(day: date) -> tuple[str, str]:
    """The words of a thing that is for this day: the day's own and its weekday's."""
    return f"d_{day:%Y%m%d}", f"w_{day.isoweekday()}"


def _words(thing: Document, library: Document, skills: dict[str, Document]) -> list[str]:
    named = [skills[code] for code in thing["skills"] if code in skills]
    names = [name for skill in named for name in skill["names"].values()]
    texts = [*names, library["name"], library["short_name"], library["municipality_name"] or ""]
    words = dict.fromkeys(stems(" ".join([thing["own_words"], *texts])))
    words.update(dict.fromkeys(mark("s", code) for code in thing["skills"]))
    words.update(dict.fromkeys(mark("c", skill["category"]) for skill in named))
    words[mark("f", thing["county"])] = None
    words.update(dict.fromkeys(_days(thing)))
    return list(words)


def _days(thing: Document) -> list[str]:
    if thing["dates"]:
        return [day_words(date.fromisoformat(day))[0] for day in thing["dates"]]
    if thing.get("weekdays"):
        return [f"w_{weekday}" for weekday in thing["weekdays"]]
    return [ANY_DAY]
