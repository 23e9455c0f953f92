"""Backups, and counties that are restored from old ones: what they were told since is told them again.

Two things no rule can repair, so they do not happen here either (`byttebank.federation.recovery`): that two
counties have lost the same messages, and that one returns to a life it had given up. So nobody is restored
before the last one to be has heard from all honest peers, and older backups than that are thrown away.
"""

import json
from collections.abc import Mapping

from byttebank.federation.channel import ChannelState
from byttebank.federation.channel_row import load_channel
from simulation.county import County
from simulation.links import json_part
from simulation.rules import Rules
from simulation.world import World

EVERY_SECONDS = 15.0
LOOK_SECONDS = 3.0
KEPT = 6


class Backups:
    """The backups of all counties that may be restored."""

    def __init__(self, world: World, counties: Mapping[str, County], rules: Rules) -> None:
        self._world = world
        self._honest = {name: county for name, county in counties.items() if county.is_honest}
        self._rules = rules
        self._kept: dict[str, list[tuple[float, bytes]]] = {name: [] for name in self._honest}
        self._recovering: str | None = None
        self._forgotten: set[tuple[str, int]] = set()

    def take(self) -> None:
        """Every county has one more backup, unless one of them is just coming back from an old one."""
        if self._recovering is not None:
            if not self._knows_again(self._honest[self._recovering]):
                self._world.later(LOOK_SECONDS, self.take)
                return
            self._world.tell(f"   {self._recovering} knows again what it had forgotten")
            self._rules.recovering.discard(self._recovering)
            self._recovering = None
            for kept in self._kept.values():
                kept.clear()
        self._world.later(EVERY_SECONDS, self.take)
        for name, county in self._honest.items():
            self._kept[name] = [*self._kept[name][1 - KEPT :], (self._world.seconds, county.disk.copy())]

    def restore_one(self) -> None:
        """One county is as it was some time ago, if that is possible now."""
        world = self._world
        name = world.chance.choice(sorted(self._honest))
        if self._recovering is not None or not self._kept[name] or not self._honest[name].is_up:
            return
        at = world.chance.randrange(len(self._kept[name]))
        taken_at, copy = self._kept[name][at]
        self._recovering = name
        world.count("restore")
        world.tell(f"!! {name} is restored to what it was {world.seconds - taken_at:.0f} s ago")
        county = self._honest[name]
        county.stop()
        held = self._held(county)
        county.disk.put_back(copy)
        self._forgotten = held - self._held(county)
        effects = _effects(county)
        self._rules.forget(name, effects)
        county.broker.tell_again({message_id for _, message_id in effects})
        county.start()

    def _held(self, county: County) -> set[tuple[str, int]]:
        """The numbers of honest peers that the county has."""
        rows = county.disk.rows("SELECT peer, seq FROM received_envelopes")
        return {(peer, seq) for peer, seq in rows if peer in self._honest}

    def _knows_again(self, county: County) -> bool:
        """Whether the county has heard again what it had forgotten, and speaks with every honest peer."""
        for one in self._honest.values():
            rows = one.disk.rows("SELECT peer, channel FROM channels")
            peers = [peer for peer in self._honest if peer != one.name and county.name in (peer, one.name)]
            if any(load_channel(row).state is not ChannelState.OPEN for peer, row in rows if peer in peers):
                return False
        return self._forgotten <= self._held(county)


def _effects(county: County) -> set[tuple[str, str]]:
    """The messages that have had their effect, as the county's database has it."""
    effects = {(source, one) for source, one in county.disk.rows("SELECT source, message_id FROM inbox")}
    for peer, octets in county.disk.rows("SELECT peer, octets FROM received_envelopes"):
        effects.add((peer, json_part(json.loads(octets)["protected"])["jti"]))
    return effects
