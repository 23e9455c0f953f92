"""A vandring round's rows as its rules and participants, and who may do what with it."""

from datetime import date
from typing import Any

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.refusals import NotFound, NotYourRole
from byttebank.contracts.vandring_refusals import VandringClosed
from byttebank.storage.work import Work
from services.matching.domain.distance import Point
from services.matching.domain.vandring import ANY_SIZE, Participant, Rules, Visit
from services.matching.domain.vandring_terms import VandringTerms, size_of, travel_days, weeks_of
from services.matching.storage import vandring
from services.matching.storage.rows import Row

Document = dict[str, Any]
COUNTY_ROLES = ("county", "operator")


def terms_of(row: Row) -> VandringTerms:
    """What the round asks for."""
    return VandringTerms(
        **{name: row[name] for name in ("name", "first_on", "last_on", "reply_by_on", "max_km", "sizes")},
        closed=_days(row["closed_dates"]),
    )


def rules_of(work: Work, row: Row, library_ids: list[str]) -> Rules:
    """What the round allows among these libraries; nobody goes where it has been."""
    earlier = vandring.has_been(work.connection, library_ids, row["id"], work.today)
    return Rules(earlier=frozenset(earlier), max_km=row["max_km"], sizes=row["sizes"])


def participant(terms: VandringTerms, library: Row, after: date) -> Participant:
    """The library as the rules see it, with the weeks that have a day `after` this one.

    Where size is a rule and its own is not known, it has no week.
    """
    fits = terms.sizes == ANY_SIZE or library["size_class"] is not None
    days = [day for day in open_days(terms, library) if day > after] if fits else []
    return Participant(library["id"], point_of(library), size_of(library["size_class"]), weeks_of(days))


def taking_part(invited: list[Row]) -> list[Row]:
    """Those who said yes and are still with us."""
    return [one for one in invited if one["answer"] and one["left_at"] is None and one["state"] == "open"]


def open_days(terms: VandringTerms, library: Row) -> tuple[date, ...]:
    """Days of the round on which the library can visit and be visited."""
    return travel_days(terms, library["country"], _days(library["closed_dates"]))


def visit_of(row: Row) -> Visit:
    """A row of the plan as the rules see it."""
    return Visit(row["visitor_id"], row["host_id"], row["week_on"])


def point_of(library: Row) -> Point | None:
    """Where the library lies, if that is known."""
    if library["latitude"] is None or library["longitude"] is None:
        return None
    return library["latitude"], library["longitude"]


def take_published(work: Work, round_id: str) -> Row:
    """The round, locked. Refuses: NotFound, VandringClosed (it is not published)."""
    row = take(work, round_id)
    if row["stage"] != "published":
        raise VandringClosed()
    return row


def take(work: Work, round_id: str) -> Row:
    """The round, locked until the transaction ends. Refuses: NotFound."""
    row = vandring.take_round(work.connection, round_id)
    if row is None:
        raise NotFound(kind="vandring_round", id=round_id)
    return row


def county(document: Document) -> Actor:
    """The actor, of the county library. Refuses: Malformed, NotYourRole."""
    actor = load_actor(document)
    if actor.role not in COUNTY_ROLES:
        raise NotYourRole(role="county")
    return actor


def speaker_for(document: Document, library_id: str) -> Actor:
    """The actor, who manages the library or acts for it at the county library. Refuses: NotYourRole."""
    actor = load_actor(document)
    if actor.role in COUNTY_ROLES:
        return actor
    if actor.role != "library_manager" or actor.library_id != library_id:
        raise NotYourRole(role="library_manager")
    return actor


def tell(work: Work, row: Row, library_id: str, key: str, occasion: str = "", **more: Any) -> None:
    """The library is told of the round, once for each key and occasion."""
    body = {"round_id": row["id"], "library_id": library_id, "key": key, "occasion": occasion}
    work.emit("VandringTold", {**body, "season": row["name"], **more})


def _days(text: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, text.split()))
