"""Who could help with which request: a quick look turns away nobody who could."""

from datetime import date, timedelta
from random import Random

from services.matching.domain.distance import Journey, Point, way_km
from services.matching.domain.fitting import fitting
from services.matching.domain.participants import Free, Helping, Roads, Wanted, parts_of
from services.matching.domain.round import pseudonym

MONDAY = date(2026, 12, 7)
SALT = "salt"


def libraries(random: Random) -> dict[str, Point | None]:
    """Some close together, some on the other side of the globe, one nobody knows where."""
    found: dict[str, Point | None] = {f"L{n}": (60 + random.random(), 11 + random.random()) for n in range(8)}
    return {**found, "south": (-60.0, -169.0), "pole": (90.0, 0.0), "nowhere": None}


def offers(random: Random, homes: list[str]) -> list[Helping]:
    return [
        Helping(
            offer_id=f"o{number}",
            county=random.choice(("innlandet", "akershus")),
            library_id=(home := random.choice(homes)),
            colleague_id=f"c{home}{random.randrange(3)}",
            skills=frozenset(random.sample("abcd", random.randrange(1, 4))),
            dates=frozenset(MONDAY + timedelta(random.randrange(90)) for _ in range(random.randrange(12))),
            places=random.choice((("host",), ("online",), ("host", "online"))),
            max_km=random.choice((None, 0, 20, 40, 60, 100, 20_015, 50_000)),
            reaches=random.choice((None, frozenset({"innlandet"}), frozenset[str]())),
        )
        for number in range(40)
    ]


def requests(random: Random, homes: list[str]) -> list[Wanted]:
    return [
        Wanted(
            request_id=f"r{number}",
            library_id=random.choice(homes),
            skills=tuple(random.sample("abcde", random.randrange(3))),
            dates=tuple(sorted({MONDAY + timedelta(random.randrange(90)) for _ in range(20)})),
            half_days=2,
            same_person=False,
            place=random.choice(("host", "host", "online")),
            county="innlandet",
        )
        for number in range(15)
    ]


def roads(random: Random, homes: list[str]) -> Roads:
    return {
        host: {
            home: Journey(60, random.choice((None, 10, 70, 300)))
            for home in random.sample(homes, 4)
            if home != host
        }
        for host in homes
    }


def looked_at_closely(
    asking: list[Wanted], helpers: list[Free], points: dict[str, Point | None], ways: Roads
) -> tuple[set[tuple[str, str]], dict[tuple[str, str], int], dict[str, dict[str, int]]]:
    """The same by looking at every pair."""
    pairs, distances, funnels = set(), {}, {}
    for one in asking:
        homes: dict[str, set[str]] = {"can": set(), "free": set(), "near": set()}
        for helper in helpers:
            home = helper.offers[0].library_id
            able = [offer for offer in helper.offers if set(one.skills) <= offer.skills]
            if home == one.library_id or not able:
                continue
            homes["can"].add(home)
            if not set(helper.dates) & set(one.dates):
                continue
            homes["free"].add(home)
            road = ways.get(one.library_id, {}).get(home)
            km = way_km(points[home], points[one.library_id], road) if one.place == "host" else None
            if any(
                one.place in offer.places
                and (offer.reaches is None or one.county in offer.reaches)
                and (km is None or offer.max_km is None or km <= offer.max_km)
                for offer in able
            ):
                homes["near"].add(home)
                pairs.add((helper.id, pseudonym(SALT, "request", one.request_id)))
                if km is not None:
                    names = (pseudonym(SALT, "library", home), pseudonym(SALT, "library", one.library_id))
                    distances[names] = km
        funnels[one.request_id] = {name: len(found) for name, found in homes.items()}
    return pairs, distances, funnels


def test_the_quick_look_comes_to_what_a_close_look_at_every_pair_comes_to() -> None:
    seen = 0
    for seed in range(25):
        random = Random(seed)
        points = libraries(random)
        homes = sorted(points)
        asking, ways = requests(random, homes), roads(random, homes)
        helpers = parts_of([one for one in offers(random, homes) if one.dates], SALT, days_each=5)
        found = fitting(asking, helpers, SALT, points, ways)
        pairs, distances, funnels = looked_at_closely(asking, helpers, points, ways)
        assert {(one, other) for one, other in found.pairs} == pairs
        assert len(found.pairs) == len(pairs)
        assert found.distances == distances
        assert found.funnels == funnels
        seen += len(pairs)
    assert seen > 300, "the control: there is something to find"


def test_somebody_who_goes_just_so_far_is_found() -> None:
    """Kilometres are rounded: 40.4 are 40."""
    for tenths in range(380, 430):
        points: dict[str, Point | None] = {"home": (60.0, 11.0), "host": (60.0 + tenths / 10 / 111.195, 11.0)}
        offer = Helping(
            "o", "innlandet", "home", "c", frozenset("a"), frozenset({MONDAY}), ("host",), max_km=40
        )
        asked = Wanted("r", "host", ("a",), (MONDAY,), 2, same_person=False, place="host")
        found = fitting([asked], parts_of([offer], SALT, 5), SALT, points, {})
        km = way_km(points["home"], points["host"], None)
        assert km is not None
        assert len(found.pairs) == (km <= 40), tenths
