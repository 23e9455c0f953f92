"""One life of a few counties, from a seed: faults for a while, then peace, and all must come to rest."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from byttebank.messaging.deliveries import Delivery
from byttebank.storage.memory import MemoryDatabase
from simulation.backups import Backups
from simulation.cast import SLUGS, Cast, key_of, settled_database
from simulation.county import County
from simulation.end import End
from simulation.faults import PEACE, Faults, draw_faults
from simulation.liar import Liar
from simulation.links import Links, read_letter
from simulation.people import People, Register
from simulation.rules import Rules
from simulation.world import Broken, World

STEPS = 400
"""Of trouble. Then follow as many as it takes to come to rest."""
PATIENCE_SECONDS = 1500.0
"""Virtual time to come to rest in: a quiet channel says only every ten minutes what it holds, and that may be
what a lost message is noticed by.
"""
OCCASION_SECONDS = 2.0
A_DAY_SECONDS = 90_000.0
"""A little more than a payee that nobody knows is waited for."""
NEXT_DAY_SECONDS = 20.0


@dataclass
class Figures:
    """What happened in one life or in many."""

    lives: int = 0
    steps: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    transfers: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    longest_recovery_seconds: float = 0.0
    longest_recovery_seed: int = 0

    def add(self, other: "Figures") -> None:
        """These and the others."""
        self.lives += other.lives
        self.steps += other.steps
        self.faults += other.faults
        self.transfers += other.transfers
        self.lost += other.lost
        self.doubled += other.doubled
        if other.longest_recovery_seconds > self.longest_recovery_seconds:
            self.longest_recovery_seconds = other.longest_recovery_seconds
            self.longest_recovery_seed = other.longest_recovery_seed


@dataclass(frozen=True)
class Failure:
    """A life in which a rule was broken: which, and what happened before it."""

    seed: int
    rule: str
    sentence: str
    step: int
    events: list[str]


class Disks:
    """The databases of a process, used for one life after another: what SQL was prepared stays so."""

    def __init__(self) -> None:
        self._disks = {slug: MemoryDatabase() for slug in SLUGS}

    def settled(self, county: str, count: int) -> MemoryDatabase:
        """The county's database as at the beginning of a life with so many counties."""
        disk = self._disks[county]
        disk.put_back(settled_database(county, count))
        return disk


class Life:
    """One life."""

    def __init__(self, seed: int, disks: Disks, steps: int = STEPS, faults: Faults | None = None) -> None:
        """`faults`: these instead of what the seed would draw; then the seed alone repeats nothing."""
        self.seed = seed
        self._steps = steps
        chance = Random(f"kind of life {seed}")
        drawn = draw_faults(chance)
        self.world = World(seed, faults or drawn)
        self._cast = Cast(SLUGS[: chance.choice((2, 3, 3, 3, 4))])
        self._register = Register(self._cast.counties, is_ring=chance.random() < 0.5)
        self._links = Links(self.world)
        self._counties = {
            name: County(
                self.world, name, disks.settled(name, len(self._cast.counties)), key_of(name), self._links
            )
            for name in self._cast.counties
        }
        self._links.counties = self._counties
        self._liar: Liar | None = None
        if self.world.faults.lie and len(self._counties) > 2:
            liar = chance.choice(self._cast.counties)
            self._counties[liar].is_honest = False
            self._liar = Liar(self._counties[liar], self._cast, self._links, self._register)
        self._people = [People(county, self._cast, self._register) for county in self._counties.values()]
        self._rules = Rules(self.world, self._counties, self._register)
        self._end = End(self.world, self._counties, self._rules.books, self._register)
        self._backups = Backups(self.world, self._counties, self._rules)
        self._is_peace = False

    def run(self) -> Figures | Failure:
        """The whole life."""
        try:
            self._begin()
            while self.world.steps < self._steps:
                self._step()
            recovery_seconds = self._come_to_rest()
        except Broken as broken:
            return Failure(
                self.seed,
                broken.rule,
                str(broken).partition(": ")[2],
                self.world.steps,
                list(self.world.events),
            )
        return Figures(
            lives=1,
            steps=self.world.steps,
            faults=self.world.happened,
            transfers=self._end.posted(),
            lost=self._end.lost,
            doubled=self._end.doubled,
            longest_recovery_seconds=recovery_seconds,
            longest_recovery_seed=self.seed,
        )

    def _begin(self) -> None:
        self.world.tell(f"   seed {self.seed}: {', '.join(self._counties)}; {self.world.faults}")
        for county in self._counties.values():
            county.describe = self._describe
            self.world.later(0.0, county.start_again)
            if not county.is_honest:
                self.world.tell(f"   {county.name} is a liar")
        self.world.later(1.0, self._work)
        self.world.later(OCCASION_SECONDS, self._occasion)
        if self.world.faults.restore:
            self.world.later(1.0, self._backups.take)

    def _step(self) -> None:
        self.world.step()
        self._rules.check()

    def _work(self) -> None:
        if not self._is_peace:
            self.world.later(self.world.chance.expovariate(1.5), self._work)
            if self.world.seconds >= self._register.quiet_until:
                self.world.chance.choice(self._people).act()

    def _occasion(self) -> None:
        """Once in a while something may go wrong that is no message's fault."""
        if self._is_peace:
            return
        world, faults, chance = self.world, self.world.faults, self.world.chance
        world.later(OCCASION_SECONDS, self._occasion)
        if world.strikes(faults.partition):
            first, second = chance.sample(self._cast.counties, 2)
            self._links.cut(first, second, chance.uniform(3.0, 90.0))
        if world.strikes(faults.skew):
            county = self._counties[chance.choice(self._cast.counties)]
            county.clock.ahead_seconds += chance.choice(
                (-3600.0, -90.0, -1.0, 2.0, 120.0, 3600.0, A_DAY_SECONDS)
            )
            world.count("clock skew")
            world.tell(f"!! the clock of {county.name} is {county.clock.ahead_seconds:.0f} s ahead")
        if world.strikes(faults.restore):
            self._backups.restore_one()
        if self._liar is not None and world.strikes(faults.lie):
            self._liar.act()

    def _come_to_rest(self) -> float:
        """Seconds until nothing is open any more. Refuses: `Broken` when that takes too long."""
        self._make_peace()
        since = self.world.seconds
        while (found := self._end.what_is_open()) or not self._is_at_rest():
            self._step()
            if self.world.seconds - since > PATIENCE_SECONDS:
                raise Broken(
                    "liveness", f"after {PATIENCE_SECONDS:.0f} s of peace {found or 'something moves'}"
                )
        self._end.check()
        return self.world.seconds - since

    def _make_peace(self) -> None:
        self.world.tell("-- peace")
        self._is_peace = True
        self.world.faults = PEACE
        self._links.mend_all()
        honest = [name for name, county in self._counties.items() if county.is_honest]
        self._next_day()
        for county in self._counties.values():
            county.start_again()
        for people in self._people:
            people.make_peace(honest)
        if self._liar is None and len(honest) > 2:
            self.world.later(NEXT_DAY_SECONDS / 2, self._people[0].propose_clearing)

    def _next_day(self) -> None:
        """Days pass quickly in peace, so that nobody waits long for a library that nobody knows."""
        for county in self._counties.values():
            county.clock.ahead_seconds += A_DAY_SECONDS
        self.world.later(NEXT_DAY_SECONDS, self._next_day)

    def _is_at_rest(self) -> bool:
        return self._links.under_way == 0

    def _describe(self, delivery: Delivery) -> str:
        try:
            return read_letter(self.world, "", delivery.octets, {}).text
        except (ValueError, KeyError, TypeError, AttributeError):
            return f"something unreadable from {delivery.stamped_user}"
