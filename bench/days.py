"""Days between counties, agreed and confirmed by HTTP as two libraries would."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, permutations, repeat
from zoneinfo import ZoneInfo

from bench.measuring import wait_until
from byttebank.storage.work import TIME_ZONE
from demo.accounts import PASSWORD
from demo.client import Client, Refused
from demo.people import people_of
from demo.reference import DemoLibrary, read_libraries

HALVES_OF_A_DAY = 2
COLLEAGUES_A_LIBRARY = 2
LOOK_SECONDS = 0.03
"""Seldom enough not to slow down what is looked at."""


@dataclass(frozen=True)
class Day:
    """Half a day of work today that one side has confirmed: the lender's yes brings it into both books."""

    id: str
    host: DemoLibrary
    lender: DemoLibrary
    host_client: Client
    lender_client: Client


class Days:
    """Days between the counties, as long as there are colleagues free today."""

    def __init__(self, client_of: Callable[[str], Client], counties: Sequence[str]) -> None:
        """`client_of`: somebody not yet signed in, by county."""
        self._client_of = client_of
        self._clients: dict[str, Client] = {}
        self._pairs = _pairs(counties)

    def agree(self) -> Day:
        """One more, agreed and confirmed by the host. Ends the benchmark when nobody is free."""
        found = next(self._pairs, None)
        if found is None:
            raise SystemExit("no more colleagues are free today: ask for fewer days")
        host, lender, colleague_number = found
        contact, visitor = people_of(host)[0], people_of(lender)[colleague_number]
        host_client, lender_client = self._signed_in(host), self._signed_in(lender)
        proposal = {
            "host_library_id": host.id,
            "lender_library_id": lender.id,
            "colleague_id": visitor.id,
            "dates": [datetime.now(ZoneInfo(TIME_ZONE)).date().isoformat()],
            "days": 0.5,
            "host_contact_id": contact.id,
            "host_contact_name": contact.name,
        }
        day = Day(host_client.post("engagements", proposal)["id"], host, lender, host_client, lender_client)
        wait_until(lambda: _state(day) == "proposed", LOOK_SECONDS)
        lender_client.post(f"engagements/{day.id}/accept")
        wait_until(lambda: _state(day) == "agreed", LOOK_SECONDS)
        host_client.post(f"engagements/{day.id}/confirm", {"happened": True})
        wait_until(lambda: _state(day) == "carried_out", LOOK_SECONDS)
        return day

    def _signed_in(self, library: DemoLibrary) -> Client:
        client = self._clients.get(library.id)
        if client is None:
            client = self._clients[library.id] = self._client_of(library.county)
            client.sign_in(people_of(library)[0].email, PASSWORD)
        return client


def confirm(day: Day) -> None:
    """The second yes."""
    day.lender_client.post(f"engagements/{day.id}/confirm", {"happened": True})


def seconds_to_both_books(day: Day) -> float:
    """From the second yes until the accounts of both libraries show the day."""
    received = _account(day.host_client, day.host)["received_days"]
    given = _account(day.lender_client, day.lender)["given_days"]
    began = time.monotonic()
    confirm(day)
    wait_until(lambda: _account(day.lender_client, day.lender)["given_days"] > given)
    wait_until(lambda: _account(day.host_client, day.host)["received_days"] > received)
    return time.monotonic() - began


def _pairs(counties: Sequence[str]) -> Iterator[tuple[DemoLibrary, DemoLibrary, int]]:
    """(host, lender, the number of the lender's colleague), each colleague for both halves of today."""
    libraries = {county: [one for one in read_libraries() if one.county == county] for county in counties}
    free = {county: deque(_free(found)) for county, found in libraries.items()}
    for host, lender in cycle(permutations(counties, 2)):
        if not any(free.values()):
            return
        if free[lender]:
            yield (libraries[host][0], *free[lender].popleft())


def _free(libraries: list[DemoLibrary]) -> Iterator[tuple[DemoLibrary, int]]:
    for number in range(COLLEAGUES_A_LIBRARY):
        for library in libraries:
            if number < len(people_of(library)):
                yield from repeat((library, number), HALVES_OF_A_DAY)


def _account(client: Client, library: DemoLibrary) -> dict[str, float]:
    account: dict[str, float] = client.get(f"accounts/{library.id}")
    return account


def _state(day: Day) -> str:
    """The engagement's state as the lender's county shows it, or empty before it has heard of it."""
    try:
        return str(day.lender_client.get(f"engagements/{day.id}")["state"])
    except Refused:
        return ""
