"""The two sides of the story: who asks today, and who in another county can come."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from byttebank.public_holidays import public_holidays
from demo.accounts import PASSWORD, SHOWN, caretaker_accounts
from demo.client import Client
from demo.days import COUNTRY
from demo.people import Person, people_of
from demo.reference import DemoLibrary, read_counties, read_libraries

Document = dict[str, Any]
NOT_TAKING = ("declined", "expired", "cancelled", "refused", "no_show")
MAX_TRIES = 5
FULL_DAY = 1.0


@dataclass
class Side:
    """A library in the story, with its manager signed in at its own county."""

    library: DemoLibrary
    manager: Person
    client: Client
    colleague: Person
    colleague_client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.colleague_client = self.client

    def account(self) -> Document:
        """The library's days, as its own county's book has them."""
        return dict(self.client.get(f"accounts/{self.library.id}"))


def choose_host(url: str) -> Side:
    """Of one library in each county, the one that may ask for most days now."""
    sides = [_side(url, _library(county, name)) for county, (name, _) in SHOWN.items()]
    return max(sides, key=lambda side: side.account()["available_days"])


def choose_lender(
    url: str, host: Side, candidates: list[Document], today: date, days: float
) -> tuple[Document, Side] | None:
    """The best candidate from another county who is free today, with the side that lends her."""
    libraries = {library.id: library for library in read_libraries()}
    for candidate in candidates:
        library = libraries.get(candidate["library_id"])
        if library is None or library.county == host.library.county:
            continue
        side = _side(url, library, candidate["colleague_id"])
        if _taken_today(side, today) + days <= FULL_DAY:
            if side.colleague != side.manager:
                side.colleague_client = _signed_in(url, library.county, side.colleague)
            return candidate, side
    return None


def ask(host: Side, today: date, days: float, wait: Callable[..., Any]) -> tuple[Document, list[Document]]:
    """A request that somebody in another county can meet today, and its candidates.

    `wait` looks again while what other counties offer, or the request, has not been heard of yet.
    """
    # On a public holiday the library is closed, and nobody can come to it.
    place = "online" if today in public_holidays(COUNTRY, today.year) else "host"
    request: Document = {}
    found: list[Document] = []
    for skill in wait(lambda: _wanted_elsewhere(host, place), until=bool):
        request = host.client.post(
            "requests",
            {
                "skills": [skill],
                "first_on": today.isoformat(),
                "last_on": today.isoformat(),
                "days": days,
                "place": place,
                "own_words": "Vi trenger et par hender til i dag.",
                "host_contact_id": host.manager.id,
            },
        )
        path = f"requests/{request['id']}/candidates"
        found = wait(lambda path=path: host.client.get(path), retry_on=("not_found",))["candidates"]
        if any(one["county"] != host.library.county for one in found):
            break
        host.client.post(f"requests/{request['id']}/close")
    return request, found


def _wanted_elsewhere(host: Side, place: str) -> list[str]:
    """Skills that other counties offer, those first that the own county offers least."""
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    for item in host.client.get("board", show="offers")["items"]:
        if item["is_possible"] and place in item["document"]["places"]:
            count = inside if item["library"]["county"] == host.library.county else outside
            count.update(item["document"]["skills"])
    return sorted(outside, key=lambda skill: (inside[skill], -outside[skill], skill))[:MAX_TRIES]


def caretaker(url: str, county: str) -> Client:
    """The one at the county library, signed in: she may see the whole book."""
    own = [library for library in read_libraries() if library.county == county]
    client = Client(url, county)
    client.sign_in(caretaker_accounts(read_counties()[county], own)[0]["email"], PASSWORD)
    return client


def _side(url: str, library: DemoLibrary, colleague_id: str | None = None) -> Side:
    people = people_of(library)
    colleague = next((one for one in people if one.id == colleague_id), people[-1])
    return Side(library, people[0], _signed_in(url, library.county, people[0]), colleague)


def _signed_in(url: str, county: str, person: Person) -> Client:
    client = Client(url, county)
    client.sign_in(person.email, PASSWORD)
    return client


def _library(county: str, short_name: str) -> DemoLibrary:
    return next(one for one in read_libraries() if (one.county, one.short_name) == (county, short_name))


def _taken_today(side: Side, today: date) -> float:
    return sum(
        one["days"]
        for one in side.client.get("engagements")["items"]
        if one["colleague_id"] == side.colleague.id
        and today.isoformat() in one["dates"]
        and one["state"] not in NOT_TAKING
    )
