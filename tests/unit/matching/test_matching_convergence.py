"""Whatever the wire does, both counties end with the home's state.

A wire that drops (and sends again later), doubles and reorders; people of both sides who click anything at
any time; a ledger that answers late. When everything has arrived, the lender's county shows what the home
says.
"""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matching_cast import NOW, Matching, a_proposal, actor, an_id

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import Refusal
from byttebank.identifiers import uuid7
from byttebank.storage.messages import OutboxRow
from services.matching import operations

pytestmark = pytest.mark.simulation

Document = dict[str, Any]
ENGAGEMENT = "engagement"
MOVES = ("ask_move", "answer_move")
DAYS = ("2026-11-24", "2026-12-02", "2026-12-09", "2026-12-10", "2026-12-24", "2027-01-05", "2027-02-01")


class Federation:
    """Innlandet, the home, and Akershus, the lender's county, with letters under way between them."""

    def __init__(self, files: dict[str, Path], folder: Path) -> None:
        clock = FixedClock(NOW)
        numbers = itertools.count(1)

        def make_id() -> str:
            return uuid7(1_800_000_000_000, next(numbers).to_bytes(10, "big"))

        self.counties = {}
        for county, file in files.items():
            path = folder / f"{county}.sqlite"
            path.write_bytes(file.read_bytes())
            self.counties[county] = Matching(f"sqlite:///{path}", county, clock, make_id)
        self.home, self.lender = self.counties["innlandet"], self.counties["akershus"]
        self.under_way: list[tuple[Matching, Matching, OutboxRow]] = []
        self.answered: set[str] = set()
        self.posted: set[str] = set()

    def step(self, name: str, number: int) -> None:
        """Something happens; what a state does not allow is refused and changes nothing."""
        with contextlib.suppress(Refusal):
            getattr(self, name)(number)
        self._fetch()

    def home_acts(self, number: int) -> None:
        self._act(self.home, ("Kari", "Ola")[number % 5 == 4], number)

    def lender_acts(self, number: int) -> None:
        self._act(self.lender, ("Nora", "Per")[number % 2], number // 2)

    def _act(self, county: Matching, who: str, number: int) -> None:
        name = ("accept", "accept", "confirm", "confirm", "decline", "cancel", "dispute", *MOVES)[number % 9]
        days = ["2026-12-10" if number % 2 else "2026-12-02"]
        more = {
            "confirm": (number % 3 != 0,),
            "ask_move": (days,),
            "answer_move": (days, number % 4 != 0),
        }.get(name, ())
        county.do(getattr(operations, name), an_id(ENGAGEMENT), *more, actor(who))

    def time_passes(self, number: int) -> None:
        day = DAYS[number % len(DAYS)]
        if day > self.home.clock.now().date().isoformat():
            self.home.let_time_pass(day)
            self.lender.let_time_pass(day)

    def ledger_answers(self, number: int) -> None:
        for order in self.home.told("ReserveDays"):
            if order["transfer_id"] not in self.answered:
                self.answered.add(order["transfer_id"])
                if number % 4:
                    self.home.reserve()
                else:
                    self.home.refuse()
        for order in self.home.told("PostDays"):
            if order["transfer_id"] not in self.posted and number % 2:
                self.posted.add(order["transfer_id"])
                self.home.post()

    def a_letter_arrives(self, number: int) -> None:
        if self.under_way:
            self._deliver(self.under_way.pop(number % len(self.under_way)))

    def a_letter_arrives_and_is_sent_again(self, number: int) -> None:
        if self.under_way:
            self._deliver(self.under_way[number % len(self.under_way)])

    def a_letter_is_lost_and_sent_again(self, number: int) -> None:
        if self.under_way:
            self.under_way.append(self.under_way.pop(number % len(self.under_way)))

    def _deliver(self, letter: tuple[Matching, Matching, OutboxRow]) -> None:
        sender, receiver, row = letter
        receiver.receive(row, sender.county)

    def _fetch(self) -> None:
        for sender, receiver in ((self.home, self.lender), (self.lender, self.home)):
            self.under_way += [(sender, receiver, row) for row in sender.fetch_letters()]

    def settle(self, pick: Callable[[int], int]) -> None:
        """Everything that is under way arrives, in any order, answers included."""
        for _ in range(1000):
            self.ledger_answers(1)
            self._fetch()
            if not self.under_way:
                return
            self._deliver(self.under_way.pop(pick(len(self.under_way))))
        raise AssertionError("the two counties never stop telling each other")


def shown(county: Matching, who: str) -> Document | None:
    """What counts of the engagement there; names have their own tests. None when it is unheard of."""
    try:
        found = county.see(who)
    except Refusal:
        return None
    cleaned = {key: value for key, value in found.items() if not key.endswith("_name")}
    cleaned["history"] = [{**line, "by_name": None} for line in found["history"]]
    return cleaned


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "home_acts",
                "home_acts",
                "lender_acts",
                "lender_acts",
                "lender_acts",
                "time_passes",
                "ledger_answers",
                "a_letter_arrives",
                "a_letter_arrives",
                "a_letter_arrives",
                "a_letter_arrives_and_is_sent_again",
                "a_letter_is_lost_and_sent_again",
            ]
        ),
        st.integers(0, 1000),
    ),
    max_size=20,
)


@pytest.fixture
def new_federation(
    settled_in: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Federation]]:
    made: list[Federation] = []

    def make() -> Federation:
        for federation in made:
            for county in federation.counties.values():
                county.close()
        made[:] = [Federation(settled_in, tmp_path_factory.mktemp("wire"))]
        return made[0]

    yield make
    for federation in made:
        for county in federation.counties.values():
            county.close()


@pytest.mark.parametrize(("county", "who"), [("innlandet", "Kari"), ("akershus", "Nora")])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, picks=st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_both_counties_end_with_the_homes_state(
    county: str,
    who: str,
    new_federation: Callable[[], Federation],
    steps: list[tuple[str, int]],
    picks: list[int],
) -> None:
    federation = new_federation()
    proposal = a_proposal(ENGAGEMENT, "Per")
    federation.counties[county].do(operations.propose, proposal, actor(who))
    federation._fetch()
    for name, number in steps:
        federation.step(name, number)
    order = itertools.cycle(picks)
    federation.settle(lambda length: next(order) % length)
    home = shown(federation.home, "Kari")
    assert home is not None
    assert shown(federation.lender, "Nora") == home
    if home["transfer_id"] is not None and home["state"] in ("cancelled", "no_show"):
        released = [one["transfer_id"] for one in federation.home.told("ReleaseDays")]
        assert released in ([], [home["transfer_id"]])
    assert len(federation.home.told("PostDays")) <= 1
