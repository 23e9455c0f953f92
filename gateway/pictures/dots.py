"""Libraries as dots where they lie: own, in need, offering, others. No tiles from elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

WIDTH = 306
MIN_HEIGHT, MAX_HEIGHT = 180, 528
MARGIN = 34
KM_PER_DEGREE = 111.2
RINGS_KM = (50, 100)
NEAR_KM = 130
"""The picture of somebody's surroundings ends here: farther away, everything near would lie in one heap."""
MOST_NAMES = 12
MARK = 8
"""Half the side of a mark, with a little air."""
RING_WORDS = 44
"""How wide the words of a ring are, about."""
LETTER = 7.8
"""How wide a letter of a name is, about."""
ORDER = {"other": 0, "offer": 1, "need": 2, "own": 3}

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Place:
    """A library to draw. `kind`: own, need, offer or other; `name` is written beside all but the others."""

    name: str
    latitude: float
    longitude: float
    kind: str


@dataclass(frozen=True)
class Dot:
    """A place on the picture, with where its name goes (None: no room)."""

    x: float
    y: float
    kind: str
    name: str
    label_x: float | None = None
    label_y: float = 0
    anchor: str = "start"


@dataclass(frozen=True)
class Ring:
    """A distance around the own library."""

    x: float
    y: float
    radius: float
    km: int


@dataclass(frozen=True)
class DotMap:
    """The picture."""

    width: int
    height: int
    dots: tuple[Dot, ...]
    rings: tuple[Ring, ...]


def dot_map(places: Sequence[Place]) -> DotMap | None:
    """The map of the places, north up, to scale; None when there are fewer than two to show.

    Around an own place it shows what is near.
    """
    places = _near(places)
    if len({(place.latitude, place.longitude) for place in places}) < 2:
        return None
    middle = cos(radians(sum(place.latitude for place in places) / len(places)))
    easts = [place.longitude * middle for place in places]
    norths = [place.latitude for place in places]
    west, north = min(easts), max(norths)
    wide = max(max(easts) - west, 0.05)
    high = max(north - min(norths), 0.05)
    scale = min((WIDTH - 2 * MARGIN) / wide, (MAX_HEIGHT - 2 * MARGIN) / high)
    left = (WIDTH - scale * wide) / 2
    height = max(MIN_HEIGHT, round(scale * high) + 2 * MARGIN)
    top = (height - scale * high) / 2
    placed = [
        (place, round(left + scale * (east - west), 1), round(top + scale * (north - place.latitude), 1))
        for place, east in zip(places, easts, strict=True)
    ]
    own = [(x, y) for place, x, y in placed if place.kind == "own"]
    rings = tuple(Ring(x, y, round(scale * km / KM_PER_DEGREE, 1), km) for x, y in own[:1] for km in RINGS_KM)
    said = [
        (ring.x - RING_WORDS / 2, ring.y - ring.radius - 16, ring.x + RING_WORDS / 2, ring.y - ring.radius)
        for ring in rings
    ]
    return DotMap(WIDTH, height, tuple(_dots(placed, said)), rings)


def _near(places: Sequence[Place]) -> list[Place]:
    """The own place and those not far from it, the nearest first; all, when none is the own."""
    own = next((place for place in places if place.kind == "own"), None)
    if own is None:
        return list(places)
    return sorted((place for place in places if _km(own, place) <= NEAR_KM), key=lambda one: _km(own, one))


def _km(one: Place, other: Place) -> float:
    """As the crow flies, on a map so small that it is flat."""
    east = (one.longitude - other.longitude) * cos(radians((one.latitude + other.latitude) / 2))
    return KM_PER_DEGREE * hypot(east, one.latitude - other.latitude)


def _dots(placed: Iterable[tuple[Place, float, float]], said: Sequence[Box]) -> list[Dot]:
    """Others first, so that the named ones lie on top; names where they cover no other name, mark or word.

    The first of their kind are named first. `said`: where the words of the rings stand.
    """
    ordered = sorted(placed, key=lambda one: -ORDER[one[0].kind])
    marks = [(x - MARK, y - MARK, x + MARK, y + MARK) for place, x, y in ordered if place.kind != "other"]
    taken: list[Box] = []
    dots: list[Dot] = []
    for place, x, y in ordered:
        is_named = place.kind != "other" and len(taken) < MOST_NAMES
        label = _label(place.name, x, y, [*taken, *marks, *said]) if is_named else None
        if label is None:
            dots.append(Dot(x, y, place.kind, place.name))
            continue
        label_x, label_y, anchor, box = label
        taken.append(box)
        dots.append(Dot(x, y, place.kind, place.name, label_x, label_y, anchor))
    return dots[::-1]


def _label(name: str, x: float, y: float, taken: list[Box]) -> tuple[float, float, str, Box] | None:
    """The first place beside the mark where the name fits: right, left, below, above."""
    width = LETTER * len(name)
    for label_x, label_y, anchor, left in (
        (x + 12, y + 5, "start", x + 12),
        (x - 12, y + 5, "end", x - 12 - width),
        (x, y + 23, "middle", x - width / 2),
        (x, y - 13, "middle", x - width / 2),
    ):
        box = (left, label_y - 12, left + width, label_y + 4)
        inside = box[0] >= 0 and box[2] <= WIDTH
        if inside and not any(_overlap(box, other) for other in taken):
            return label_x, label_y, anchor, box
    return None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
