"""How far apart two points are as the crow flies, and what the county's table of travel times says."""

from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0
"""The mean radius: within half a percent of the ellipsoid, finer than whole kilometres between villages."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


class Journey(NamedTuple):
    """From one library to another by road; `km` is None where only the time is known."""

    minutes: int
    km: int | None = None


def distance_km(one: Point | None, other: Point | None) -> int | None:
    """Great-circle distance in whole kilometres (haversine formula); None when a point is not known."""
    if one is None or other is None:
        return None
    latitude, longitude = radians(one[0]), radians(one[1])
    other_latitude, other_longitude = radians(other[0]), radians(other[1])
    half_chord = (
        sin((other_latitude - latitude) / 2) ** 2
        + cos(latitude) * cos(other_latitude) * sin((other_longitude - longitude) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord))))


def way_km(one: Point | None, other: Point | None, journey: Journey | None) -> int | None:
    """What an offer's `max_km` is held against: by road where the table says the kilometres, else as the crow
    flies; None when neither is known.
    """
    return distance_km(one, other) if journey is None or journey.km is None else journey.km
