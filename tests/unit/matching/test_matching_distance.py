"""Kilometres as the crow flies."""

import pytest

from services.matching.domain.distance import distance_km

OSLO, BERGEN, TROMSO = (59.9139, 10.7522), (60.3913, 5.3221), (69.6492, 18.9553)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (OSLO, OSLO, 0),
        (OSLO, BERGEN, 305),
        (OSLO, TROMSO, 1148),
        ((0.0, 0.0), (0.0, 180.0), 20015),
        ((0.0, 0.0), (0.0, 1.0), 111),
    ],
)
def test_distances_are_those_of_the_globe(
    one: tuple[float, float], other: tuple[float, float], km: int
) -> None:
    assert distance_km(one, other) == km
    assert distance_km(other, one) == km


def test_a_library_without_a_place_has_no_distance() -> None:
    assert distance_km(None, OSLO) is None
    assert distance_km(OSLO, None) is None
