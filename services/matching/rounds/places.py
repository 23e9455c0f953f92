"""How far it is between libraries, for a whole instance at once."""

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.instance import Instance

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
EARTH_RADIUS_KM = 6371.0
SLACK = 1e-9
"""Of a distance on the unit sphere: nobody near enough is left out by a first look."""


def chord(km: Floats) -> Floats:
    """By how much points so many kilometres apart differ at most on any axis of the unit sphere."""
    return 2 * np.sin(np.minimum(km / EARTH_RADIUS_KM, np.pi) / 2) + SLACK


class Places:
    """How far it is from a home to a host, by `distances_km` first and coordinates after that."""

    def __init__(self, instance: Instance, library: dict[str, int]) -> None:
        at = [
            (np.nan, np.nan) if one.lat is None or one.lon is None else (one.lat, one.lon)
            for one in instance.libraries
        ]
        self.latitude, self.longitude = np.radians(np.array(at, dtype=float).reshape(-1, 2)).T
        unit = np.array(
            [
                np.cos(self.latitude) * np.cos(self.longitude),
                np.cos(self.latitude) * np.sin(self.longitude),
                np.sin(self.latitude),
            ]
        ).T
        self.unit: Floats = np.nan_to_num(unit)
        """Points on the unit sphere, for a quick first look; the origin where the place is not known."""
        self._axes: Floats = np.ascontiguousarray(self.unit.T)
        self.count = len(instance.libraries)
        listed = sorted(
            (library[home] * self.count + library[host], km)
            for (home, host), km in instance.distances_km.items()
        )
        self.listed: Ints = np.array([key for key, _ in listed], dtype=np.int64)
        self.listed_km: Floats = np.array([km for _, km in listed], dtype=float)

    def near(self, home: Ints, host: Ints, reach: Floats) -> Ints:
        """Positions of the pairs that are not surely farther apart than their limits, whose chords are
        `reach`, as a look along each axis shows: much less work than `km`."""
        near = np.arange(len(home))
        if len(self.listed):
            return near
        for unit in self._axes:
            apart = np.abs(unit[home] - unit[host])
            left = np.flatnonzero(apart <= reach)
            near, home, host, reach = near[left], home[left], host[left], reach[left]
        return near

    def km(self, home: Ints, host: Ints) -> Floats:
        """Kilometres between libraries, pairwise; nan where neither listed nor computable (haversine
        formula)."""
        latitude, other = self.latitude[home], self.latitude[host]
        half_chord = (
            np.sin((other - latitude) / 2) ** 2
            + np.cos(latitude)
            * np.cos(other)
            * np.sin((self.longitude[host] - self.longitude[home]) / 2) ** 2
        )
        km: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half_chord)))
        if len(self.listed):
            key = home * self.count + host
            at = np.minimum(np.searchsorted(self.listed, key), len(self.listed) - 1)
            km = np.where(self.listed[at] == key, self.listed_km[at], km)
        return km
