"""How far apart two libraries are, as the crow flies."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0
"""The mean radius; good to half a percent, which is finer than whole kilometres between villages."""


def distance_km(from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float) -> int:
    """Great-circle distance of two points in degrees, in whole kilometres (haversine formula)."""
    latitude_a, latitude_b = radians(from_latitude), radians(to_latitude)
    half_chord = (
        sin((latitude_b - latitude_a) / 2) ** 2
        + cos(latitude_a) * cos(latitude_b) * sin(radians(to_longitude - from_longitude) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half_chord))))


def distance_between(one: dict[str, object], other: dict[str, object]) -> int | None:
    """Distance of two `Library` documents in kilometres; None when one of them has no place on the map."""
    points = [place.get(axis) for place in (one, other) for axis in ("latitude", "longitude")]
    numbers = [float(point) for point in points if isinstance(point, int | float)]
    return distance_km(*numbers) if len(numbers) == 4 else None
