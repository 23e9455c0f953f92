"""The board as one library sees it: what others need and offer, page by page."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from byttebank.contracts.refusals import DateOrder
from byttebank.identifiers import is_slug
from byttebank.storage.work import Work
from services.directory.domain.board import Viewpoint, see
from services.directory.domain.cursors import check_limit, read_cursor, write_cursor
from services.directory.domain.geography import chord_square, point_of
from services.directory.domain.looking import Looking
from services.directory.domain.texts import unstorable
from services.directory.operations.documents import refuse
from services.directory.operations.libraries import own_library
from services.directory.operations.publishing import as_seen
from services.directory.storage import counties, libraries, market, travel_times
from services.directory.storage.board import Place, Question, find_entries
from services.directory.storage.market import Kind

Document = dict[str, Any]
SHOW: dict[str, tuple[Kind, ...]] = {
    "all": ("offer", "request"),
    "needs": ("request",),
    "offers": ("offer",),
}
MAX_TEXT = 200
FIRST_PAGE = 200


@dataclass(frozen=True)
class _Found:
    place: Place
    kind: Kind

    @property
    def order(self) -> tuple[int, date, str]:
        return self.place.square, self.place.starts_on, self.place.thing_id


def board(
    work: Work,
    library_id: str,
    show: str = "all",
    skill: str | None = None,
    county: str | None = None,
    max_km: int | None = None,
    category: str | None = None,
    text: str | None = None,
    first_on: str | None = None,
    last_on: str | None = None,
    only_possible: bool = False,
    cursor: str | None = None,
    limit: int = FIRST_PAGE,
) -> Document:
    """`{items: [...], next_cursor}`: others' needs and offers, nearest first, those without travel last.

    `text`: words of people's own, of skills' names in any language, of libraries and places, all of which
    must be there, in any ending. `first_on` to `last_on`: what is for some of these days. `max_km` lets pass
    what needs no travel. `only_possible`: only what the library can take.
    Each item: `{kind: need|offer, id, library, document, distance_km, travel_minutes, travel_km, is_possible,
    reasons, helpers}`; `distance_km` is as the crow flies, the other two are the county's table's.
    Reasons of a need: colleague_can {skill, names}, no_skill {skill}. Of an offer: offered_dates {dates},
    offered_span {first_on, last_on}, standing_offer, too_far {km, max_km, library}. Of both: no_travel,
    county_frozen {county}. Distance is null without travel, and where a library has no place on the map.
    Refuses: NotFound for a library that is not ours; DateOrder; Malformed for a filter that makes no sense.
    """
    check_limit(limit)
    after = _after(cursor)
    looking = _looking(show, skill, county, max_km, category, text, first_on, last_on)
    viewpoint = _viewpoint(work, own_library(work, library_id))
    found = []
    for kind in SHOW[show]:
        question = _question(work, viewpoint, looking, kind, only_possible=only_possible)
        if question is not None:
            entries = find_entries(work.connection, question, after, limit + 1)
            found += [_Found(place, kind) for place in entries]
    found.sort(key=lambda one: one.order)
    last = found[limit - 1].place if len(found) > limit else None
    next_cursor = None
    if last is not None:
        next_cursor = write_cursor(str(last.square), last.starts_on.isoformat(), last.thing_id)
    return {"items": _items(work, viewpoint, found[:limit]), "next_cursor": next_cursor}


def _viewpoint(work: Work, library: Document) -> Viewpoint:
    return Viewpoint(
        library=library,
        colleagues=libraries.list_colleagues(work.connection, library["id"]),
        today=work.today,
        frozen_counties=frozenset(counties.list_counties_in_state(work.connection, "frozen")),
        has_travel_times=travel_times.has_any(work.connection, library["id"]),
    )


def _question(
    work: Work, viewpoint: Viewpoint, looking: Looking, kind: Kind, *, only_possible: bool
) -> Question | None:
    """What to look up, or None when nothing can be found."""
    without = set(counties.list_counties_in_state(work.connection, "left"))
    if only_possible:
        without |= viewpoint.frozen_counties
        if kind == "request":
            can = {code for one in viewpoint.colleagues for code in (*one["can"], *one["can_teach"])}
            if not can:
                return None
            looking = replace(looking, skills=tuple(sorted(can)))
    return Question(
        kind=kind,
        today=work.today,
        library_id=viewpoint.library["id"],
        centre=point_of(viewpoint.library),
        groups=looking.groups,
        without_counties=without,
        first_on=looking.first_on,
        last_on=looking.last_on,
        max_square=None if looking.max_km is None else chord_square(looking.max_km),
        is_within_reach=only_possible and kind == "offer",
        has_travel_times=viewpoint.has_travel_times,
    )


def _items(work: Work, viewpoint: Viewpoint, found: list[_Found]) -> list[Document]:
    things: dict[str, Document] = {}
    for kind in SHOW["all"]:
        stored = market.find_all(
            work.connection, kind, [one.place.thing_id for one in found if one.kind == kind]
        )
        for thing in as_seen(work, kind, list(stored.values())):
            things[thing["id"]] = thing
    ids = [one["library_id"] for one in things.values()]
    known = libraries.libraries_among(work.connection, ids)
    if viewpoint.has_travel_times:
        journeys = travel_times.journeys(work.connection, viewpoint.library["id"], ids)
        viewpoint = replace(viewpoint, journeys=journeys)
    shown = [(one.kind, things[one.place.thing_id]) for one in found]
    return [see(viewpoint, kind, thing, known[thing["library_id"]]) for kind, thing in shown]


def _after(cursor: str | None) -> Place | None:
    values = read_cursor(cursor, str, date, str)
    if values is None:
        return None
    square, starts_on, thing_id = values
    if not (square.isascii() and square.isdigit() and len(square) < 20):
        raise refuse("/cursor", "Not a cursor from this list. Begin again.")
    return Place(int(square), starts_on, thing_id)


def _looking(
    show: str,
    skill: str | None,
    county: str | None,
    max_km: int | None,
    category: str | None,
    text: str | None,
    first_on: str | None,
    last_on: str | None,
) -> Looking:
    if show not in SHOW:
        raise refuse("/show", f"One of {', '.join(SHOW)}.")
    if county is not None and not is_slug(county):
        raise refuse("/county", "Not a county's short name, such as innlandet.")
    if max_km is not None and (isinstance(max_km, bool) or not isinstance(max_km, int) or max_km < 0):
        raise refuse("/max_km", "A whole number of kilometres, 0 or more.")
    for name, words in (("skill", skill), ("category", category), ("text", text)):
        if words is not None and (not isinstance(words, str) or len(words) > MAX_TEXT or unstorable(words)):
            raise refuse(f"/{name}", f"A text of at most {MAX_TEXT} characters.")
    first, last = _day("first_on", first_on), _day("last_on", last_on)
    if first is not None and last is not None and last < first:
        raise DateOrder(first_on=first_on, last_on=last_on)
    return Looking(
        county=county,
        skill=skill,
        category=category,
        text=text or "",
        first_on=first,
        last_on=last,
        max_km=max_km,
    )


def _day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise refuse(f"/{name}", "Not a date such as 2026-11-23.") from error
