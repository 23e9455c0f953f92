"""Who sits at the browsers, and what they have done by HTTP before a test begins."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from served import Served, until

from byttebank.clock import local_date
from byttebank.public_holidays import public_holidays
from byttebank.storage.work import TIME_ZONE
from demo.accounts import PASSWORD
from demo.client import Client
from demo.days import is_working_day
from demo.people import Person, people_of
from demo.reference import COUNTIES, DemoLibrary, read_libraries

Document = dict[str, Any]
HALF_DAY = 0.5
SETTLED_SECONDS = 240.0
STATES = ("declined", "cancelled", "settled", "disputed", "no_show")
"""Where an engagement can have ended up, besides those that the demonstration begins with."""
QUIET = ("Lom", "Lesja", "Vågå", "Skjåk", "Dovre", "Sel", "Folldal", "Etnedal", "Vang", "Engerdal", "Os")
"""Libraries of Innlandet that have given and received nothing yet, for the tests to use up."""


@dataclass(frozen=True)
class Somebody:
    """Somebody who can sign in, at the gateway of a county."""

    county: str
    email: str
    name: str = ""


def colleague(county: str, library: str, name: str | None = None) -> Somebody:
    """The colleague of that name, or the library's manager."""
    person = person_at(county, library, name)
    return Somebody(county, person.email, person.name)


def person_at(county: str, library: str, name: str | None = None) -> Person:
    """As the demonstration has invented them."""
    people = people_of(library_called(county, library))
    return next(one for one in people if name in (None, one.name))


def library_called(county: str, short_name: str) -> DemoLibrary:
    """The library of the demonstration."""
    return next(one for one in read_libraries() if (one.county, one.short_name) == (county, short_name))


KARI = colleague("innlandet", "Eidskog")
JONAS = colleague("innlandet", "Eidskog", "Jonas Berg")
HANNE = colleague("akershus", "Nes")
AMINA = colleague("akershus", "Nes", "Amina Khan")
NEWCOMER = colleague("innlandet", "Øyer")
COUNTY_LIBRARY = Somebody("innlandet", "fylket@innlandet.example")
OPERATOR = Somebody("innlandet", "drift@innlandet.example")


class Past:
    """Brings about by HTTP what must have happened before somebody opens a page."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._clients: dict[Somebody, Client] = {}
        self._later = count(30)

    def wait_for_the_neighbours(self) -> None:
        """Innlandet and Akershus have heard what all offer, and the days of the past are in both books."""
        for one in (KARI, HANNE):
            client = self.client(one)
            until(
                lambda client=client: (
                    {item["library"]["county"] for item in client.get("board")["items"]} == set(COUNTIES)
                ),
                seconds=SETTLED_SECONDS,
                what=f"the board of {one.county} shows all counties",
            )
        for caretaker in (COUNTY_LIBRARY, Somebody("akershus", "fylket@akershus.example")):
            client = self.client(caretaker)
            until(
                lambda client=client: all(
                    one["channel_state"] == "open" and not one["in_doubt_count"]
                    for one in client.get("positions")["items"]
                ),
                seconds=SETTLED_SECONDS,
                what=f"nothing is in doubt in {caretaker.county}",
            )

    def client(self, somebody: Somebody) -> Client:
        """The programming interface, as this person."""
        if somebody not in self._clients:
            client = Client(self._served.url, somebody.county)
            client.sign_in(somebody.email, PASSWORD)
            self._clients[somebody] = client
        return self._clients[somebody]

    def today(self) -> date:
        """The day it is in the federation."""
        return local_date(self._served.now(), TIME_ZONE)

    def another_day(self) -> date:
        """A working day far ahead that no test has used, and no public holiday."""
        return next(
            day for day in (self.today() + timedelta(days=next(self._later)) for _ in count())
            if is_working_day(day) and day not in public_holidays("NO", day.year)
        )  # fmt: skip

    def request(
        self,
        who: Somebody,
        library: str,
        *,
        is_open: bool = False,
        asks: str | None = None,
        skill: str = "weeding",
        own_words: str = "Vi trenger et par hender.",
        day: date | None = None,
    ) -> str:
        """The id of a request of the library for a day in two weeks from `day`, known to matching too.

        `asks`: the library of Innlandet that is asked alone.
        """
        client, day = self.client(who), day or self.another_day()
        request = client.post(
            "requests",
            {
                "skills": [skill],
                "first_on": day.isoformat(),
                "last_on": (day + timedelta(days=14)).isoformat(),
                "days": 1,
                "place": "host",
                "own_words": own_words,
                "host_contact_id": person_at(who.county, library).id,
                "to_library_id": library_called("innlandet", asks).id if asks else None,
            },
        )
        path = f"requests/{request['id']}"
        if is_open:
            client.post(f"{path}/open")
        until(lambda: found(client, f"{path}/candidates"), what="matching has heard of the request")
        return str(request["id"])

    def offer(self, who: Somebody, library: str, *, skill: str = "weeding") -> str:
        """The id of a standing offer of the library's manager."""
        offer = {"colleague_id": person_at(who.county, library).id, "skills": [skill], "days": 2}
        return str(self.client(who).post("offers", offer)["id"])

    def engagement(self, host: str, lender: str, state: str, *, name: str | None = None) -> str:
        """The id of an engagement between two libraries of Innlandet that stands in `state`.

        `name` goes, or the lender's manager. What must be over by now happens today.
        """
        hosts, lenders = (self.client(colleague("innlandet", one)) for one in (host, lender))
        goes, receives = person_at("innlandet", lender, name), person_at("innlandet", host)
        is_over = state in ("due", "carried_out", "settled", "disputed", "no_show")
        day = self.today() if is_over else self.another_day()
        proposal = {
            "host_library_id": receives.library_id,
            "lender_library_id": goes.library_id,
            "colleague_id": goes.id,
            "skill": "weeding",
            "place": "host",
            "dates": [day.isoformat()],
            "days": HALF_DAY,
            "own_words": "Fagbøkene først.",
            "host_contact_id": receives.id,
            "host_contact_name": receives.name,
        }
        path = f"engagements/{hosts.post('engagements', proposal)['id']}"
        if state == "proposed":
            return path.partition("/")[2]
        if state == "declined":
            lenders.post(f"{path}/decline")
            return path.partition("/")[2]
        lenders.post(f"{path}/accept")
        if name is not None:
            self.client(Somebody("innlandet", goes.email, goes.name)).post(f"{path}/accept")
        self._reach(hosts, path, "agreed")
        for client, act, body in _WAYS[state]:
            (hosts if client == "host" else lenders).post(f"{path}/{act}", body)
        self._reach(hosts, path, {"due": "agreed"}.get(state, state))
        return path.partition("/")[2]

    def _reach(self, client: Client, path: str, state: str) -> None:
        until(lambda: client.get(path)["state"] == state, what=f"{path} is {state}")


_YES: Document = {"happened": True}
_WAYS: dict[str, tuple[tuple[str, str, Document], ...]] = {
    "agreed": (),
    "due": (),
    "cancelled": (("host", "cancel", {}),),
    "carried_out": (("host", "confirm", _YES),),
    "settled": (("host", "confirm", _YES), ("lender", "confirm", _YES)),
    "disputed": (("host", "confirm", _YES), ("lender", "dispute", {})),
    "no_show": (("host", "confirm", {"happened": False}), ("lender", "confirm", {"happened": False})),
}
"""From agreed to the state: who does what."""


def found(client: Client, path: str) -> Document | None:
    """What is there, or None while nobody has heard of it."""
    from demo.client import Refused

    try:
        return dict(client.get(path))
    except Refused as refusal:
        if refusal.code in ("not_found", "service_unavailable"):
            return None
        raise
