"""Days agreed and confirmed across counties all the time, by people who do not give up."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, permutations
from typing import Any
from zoneinfo import ZoneInfo

from bed import COUNTIES, Bed
from telling import AnyGateway

from byttebank.storage.work import TIME_ZONE
from demo.accounts import PASSWORD
from demo.client import Refused
from demo.people import Person, people_of
from demo.reference import DemoLibrary, read_libraries

DAYS = 0.5
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 180.0


@dataclass
class Day:
    """One engagement, and what was answered with 2xx on its way: that must have its effect."""

    id: str
    host: "Party"
    lender: "Party"
    answered: list[str] = field(default_factory=list)

    def missing(self) -> list[str]:
        """What was answered and cannot be seen in both counties; empty when all is well."""
        wrong = []
        for party in (self.host, self.lender):
            found = party.client.get(f"engagements/{self.id}")
            consents, happened = found["consents"], found["happened"]
            effects = {
                "proposed": "host_manager" in consents,
                "accepted": {"lender_manager", "colleague"} <= set(consents),
                "confirmed by host": happened.get("host") is True,
                "confirmed by lender": happened.get("lender") is True,
            }
            wrong += [
                f"{self.id} in {party.library.county}: {act}" for act in self.answered if not effects[act]
            ]
            if len(self.answered) == len(effects) and found["state"] != "settled":
                wrong.append(f"{self.id} in {party.library.county}: {found['state']}")
        return wrong


class Party:
    """A library's manager, signed in."""

    def __init__(self, library: DemoLibrary) -> None:
        self.library = library
        self.person: Person = people_of(library)[0]
        self.client = AnyGateway("http://unused", library.county)
        self.client.sign_in(self.person.email, PASSWORD)


class Load:
    """One of us for each ordered pair of counties: asks, says yes, confirms, and begins with the next.

    Within `told_to`. A manager lends one day a date, and then it is another library's turn.
    """

    def __init__(self, bed: Bed) -> None:
        self.days: list[Day] = []
        self.errors: list[BaseException] = []
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._drive, args=pair, daemon=True) for pair in permutations(COUNTIES, 2)
        ]
        self._bed = bed

    def start(self) -> "Load":
        """Days are being agreed."""
        for thread in self._threads:
            thread.start()
        return self

    def finish(self) -> None:
        """Days under way are seen through, and no new ones begun. Fails with what went wrong."""
        self._is_over.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS + 60)
        assert not any(thread.is_alive() for thread in self._threads), "somebody still waits"
        if self.errors:
            raise self.errors[0]

    def settled(self) -> list[Day]:
        """The days that were asked for, agreed and confirmed."""
        return [day for day in self.days if "confirmed by host" in day.answered]

    def _drive(self, host_county: str, lender_county: str) -> None:
        try:
            while not self._is_over.is_set():
                self._one(Party(_next(host_county, "host")), Party(_next(lender_county, "lender")))
        except BaseException as error:
            self.errors.append(error)

    def _one(self, host: Party, lender: Party) -> None:
        today = datetime.now(ZoneInfo(TIME_ZONE)).date().isoformat()
        try:
            proposed = host.client.post("engagements", proposal(host, lender, today))
        except Refused as refusal:
            # Somebody else has asked for this person today, or the library has no more to give.
            if refusal.code in ("colleague_busy", "limit_hard"):
                return
            raise
        day = Day(str(proposed["id"]), host, lender, ["proposed"])
        self.days.append(day)
        path = f"engagements/{day.id}"
        until(lender, path, "proposed", "agreed")
        try:
            lender.client.post(f"{path}/accept")
        except Refused as refusal:
            if refusal.code == "colleague_busy":
                return
            raise
        day.answered.append("accepted")
        until(lender, path, "agreed")
        lender.client.post(f"{path}/confirm", {"happened": True})
        day.answered.append("confirmed by lender")
        until(host, path, "agreed", "carried_out")
        host.client.post(f"{path}/confirm", {"happened": True})
        day.answered.append("confirmed by host")


_turns: dict[tuple[str, str], Iterator[int]] = {}


def _next(county: str, side: str) -> DemoLibrary:
    """Another library of the county each time, from the last one on: the story likes the first ones."""
    libraries = [one for one in read_libraries() if one.county == county]
    turn = next(_turns.setdefault((county, side), count()))
    # The same library is not host and lender at about the same time.
    place = turn + (len(libraries) // 2 if side == "host" else 0)
    return libraries[-1 - place % len(libraries)]


def proposal(host: Party, lender: Party, today: str) -> dict[str, Any]:
    return {
        "host_library_id": host.library.id,
        "lender_library_id": lender.library.id,
        "colleague_id": lender.person.id,
        "skill": lender.person.can[0],
        "place": "host",
        "dates": [today],
        "days": DAYS,
        "host_contact_id": host.person.id,
        "host_contact_name": host.person.name,
    }


def until(party: Party, path: str, *states: str) -> None:
    """The engagement is seen in one of the states. Fails after a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    last = "nothing"
    while time.monotonic() < deadline:
        try:
            last = party.client.get(path)["state"]
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            last = refusal.code
        if last in states:
            return
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"{path} in {party.library.county}: {last}, and not {' or '.join(states)}")
