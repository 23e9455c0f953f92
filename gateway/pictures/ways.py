"""Who visits whom: libraries as dots where they lie, and an arrow from each visitor to its host."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, sin

from gateway.pictures.dots import DotMap, Place, dot_map

AIR = 11
"""Between an arrow and the marks it leads from and to."""


@dataclass(frozen=True)
class Arrow:
    """A line from the visitor to the host, and the point of it turned so many degrees."""

    from_x: float
    from_y: float
    to_x: float
    to_y: float
    turn: float


@dataclass(frozen=True)
class WayMap:
    """The picture."""

    dots: DotMap
    arrows: tuple[Arrow, ...]


def way_map(places: Sequence[Place], ways: Iterable[tuple[str, str]]) -> WayMap | None:
    """The map of the places with an arrow for each (visitor, host), by name; those not on it have none.

    None when there are fewer than two places to show.
    """
    dots = dot_map(places)
    if dots is None:
        return None
    at = {dot.name: (dot.x, dot.y) for dot in dots.dots}
    arrows = [_arrow(*at[one], *at[other]) for one, other in ways if one in at and other in at]
    return WayMap(dots, tuple(arrow for arrow in arrows if arrow is not None))


def _arrow(from_x: float, from_y: float, to_x: float, to_y: float) -> Arrow | None:
    """None where the two lie so close that there is no room between the marks."""
    if hypot(to_x - from_x, to_y - from_y) <= 2 * AIR:
        return None
    angle = atan2(to_y - from_y, to_x - from_x)
    east, south = AIR * cos(angle), AIR * sin(angle)
    return Arrow(
        round(from_x + east, 1),
        round(from_y + south, 1),
        round(to_x - east, 1),
        round(to_y - south, 1),
        round(degrees(angle), 1),
    )
