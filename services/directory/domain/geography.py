"""How far apart two libraries are: as the crow flies, and by the county's table of travel times."""

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

EARTH_RADIUS_KM = 6371.0
"""The mean radius; good to half a percent, which is finer than whole kilometres between villages."""

MOST_LATITUDE = 90
NEIGHBOURHOOD_KM = 200
"""A library is no farther from the middle of its municipality than this, anywhere in Norway."""

Point = tuple[int, int, int]


class Journey(NamedTuple):
    """From one library to another by road; `km` is None where only the time is known."""

    minutes: int
    km: int | None = None


def distance_km(from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float) -> int:
    """Great-circle distance of two points in degrees, in whole kilometres (haversine formula)."""
    latitude_a, latitude_b = radians(from_latitude), radians(to_latitude)
    half_chord = (
        sin((latitude_b - latitude_a) / 2) ** 2
        + cos(latitude_a) * cos(latitude_b) * sin(radians(to_longitude - from_longitude) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord))))


def are_swapped(latitude: float, longitude: float, places: Iterable[tuple[float, float]]) -> bool:
    """Whether the point is far from each of the places, and in the neighbourhood of one of them with latitude
    and longitude exchanged.
    """
    known = list(places)
    if abs(longitude) > MOST_LATITUDE or _is_near(latitude, longitude, known):
        return False
    return _is_near(longitude, latitude, known)


def _is_near(latitude: float, longitude: float, places: list[tuple[float, float]]) -> bool:
    return any(distance_km(latitude, longitude, *place) <= NEIGHBOURHOOD_KM for place in places)


def distance_between(one: dict[str, object], other: dict[str, object]) -> int | None:
    """Distance of two `Library` documents in kilometres; None when one of them has no place on the map."""
    points = [place.get(axis) for place in (one, other) for axis in ("latitude", "longitude")]
    numbers = [float(point) for point in points if isinstance(point, int | float)]
    return distance_km(*numbers) if len(numbers) == 4 else None


def point_of(library: dict[str, Any]) -> Point | None:
    """Where the `Library` is, in metres from the middle of the earth; None without a place on the map.

    The straight line between two such points grows as the distance over ground does, and a database finds its
    square with whole numbers alone.
    """
    if library["latitude"] is None or library["longitude"] is None:
        return None
    latitude, longitude = radians(library["latitude"]), radians(library["longitude"])
    metres = EARTH_RADIUS_KM * 1000
    return (
        round(metres * cos(latitude) * cos(longitude)),
        round(metres * cos(latitude) * sin(longitude)),
        round(metres * sin(latitude)),
    )


def chord_square(km: int) -> int:
    """The square of the straight line in metres to what is just so many kilometres away."""
    angle = min((km + 0.5) / EARTH_RADIUS_KM, 3.14159)
    return round((2 * EARTH_RADIUS_KM * 1000 * sin(angle / 2)) ** 2)
