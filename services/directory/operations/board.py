"""The board as one library sees it."""

from typing import Any

from byttebank.identifiers import is_slug
from byttebank.storage.work import Work
from services.directory.domain.board import Filter, Viewpoint, see
from services.directory.operations.documents import refuse
from services.directory.operations.libraries import own_library
from services.directory.operations.publishing import as_seen
from services.directory.storage import counties, libraries, market

Document = dict[str, Any]
SHOW = ("all", "needs", "offers")


def board(
    work: Work,
    library_id: str,
    show: str = "all",
    skill: str | None = None,
    county: str | None = None,
    max_km: int | None = None,
) -> Document:
    """`{items: [...]}`: others' needs and offers, nearest first, those without travel last.

    Each item: `{kind: need|offer, id, library, document, distance_km, is_possible, reasons, helpers}`.
    Reasons of a need: colleague_can {skill, names}, no_skill {skill}. Of an offer: offered_dates {dates},
    offered_span {first_on, last_on}, standing_offer, too_far {km, max_km, library}. Of both: no_travel,
    county_frozen {county}. Distance is null without travel, and where a library has no place on the map.
    Refuses: NotFound for a library that is not ours; Malformed for a filter that makes no sense.
    """
    _check_filter(show, county, max_km)
    library = own_library(work, library_id)
    requests = market.requests_on_board(work.connection, work.today)
    offers = market.offers_in_use(work.connection, work.today)
    gone = set(counties.list_counties_in_state(work.connection, "left"))
    viewpoint = Viewpoint(
        library=library,
        colleagues=libraries.list_colleagues(work.connection, library_id),
        today=work.today,
        frozen_counties=frozenset(counties.list_counties_in_state(work.connection, "frozen")),
    )
    items = see(
        viewpoint,
        libraries.libraries_by_id(work.connection),
        as_seen(work, "request", [one for one in requests if one["county"] not in gone]),
        as_seen(work, "offer", [one for one in offers if one["county"] not in gone]),
        Filter(show=show, skill=skill, county=county, max_km=max_km),
    )
    return {"items": items}


def _check_filter(show: str, county: str | None, max_km: int | None) -> None:
    if show not in SHOW:
        raise refuse("/show", f"One of {', '.join(SHOW)}.")
    if county is not None and not is_slug(county):
        raise refuse("/county", "Not a county's short name, such as innlandet.")
    if max_km is not None and (isinstance(max_km, bool) or not isinstance(max_km, int) or max_km < 0):
        raise refuse("/max_km", "A whole number of kilometres, 0 or more.")
