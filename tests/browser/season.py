"""A vandring that goes on while the tests run: ten libraries of Innlandet, Eidskog among them."""

from datetime import timedelta
from typing import Any

from cast import COUNTY_LIBRARY, Past, library_called
from desk import manager_of
from served import until

Document = dict[str, Any]
TAKE_PART = (
    "Eidskog",
    "Alvdal",
    "Rendalen",
    "Stor-Elvdal",
    "Tolga",
    "Åmot",
    "Åsnes",
    "Våler",
    "Løten",
    "Stange",
)
"""None of those that other tests use up."""
_seasons: dict[int, str] = {}
"""The round by the past it belongs to: one serves for all tests that change it."""


def terms_of(past: Past, name: str, libraries: tuple[str, ...], weeks: int) -> Document:
    """A round of a fortnight, so many weeks from now."""
    first = past.today() + timedelta(days=7 * weeks)
    return {
        "name": name,
        "first_on": first.isoformat(),
        "last_on": (first + timedelta(days=11)).isoformat(),
        "reply_by_on": first.isoformat(),
        "library_ids": [_library_id(one) for one in libraries],
    }


def put_away(past: Past) -> None:
    """No round is being prepared: there is one at a time."""
    county = past.client(COUNTY_LIBRARY)
    for one in county.get("vandring-rounds")["items"]:
        if one["stage"] in ("inviting", "planned"):
            county.post(f"vandring-rounds/{one['id']}/discard")


def invited(past: Past, libraries: tuple[str, ...], weeks: int, *, answered: bool = True) -> str:
    """The id of a round these libraries are invited to, and have said yes to."""
    put_away(past)
    county = past.client(COUNTY_LIBRARY)
    round_id = str(county.post("vandring-rounds", terms_of(past, "Ringen", libraries, weeks))["id"])
    for one in libraries if answered else ():
        answer = {"takes_part": True, "library_id": _library_id(one)}
        county.post(f"vandring-rounds/{round_id}/answer", answer)
    return round_id


def season(past: Past) -> str:
    """The id of the round that goes on now."""
    if id(past) not in _seasons:
        round_id = invited(past, TAKE_PART, 0)
        county = past.client(COUNTY_LIBRARY)
        county.post(f"vandring-rounds/{round_id}/plan")
        county.post(f"vandring-rounds/{round_id}/publish")
        _seasons[id(past)] = round_id
        visited(past, host="Eidskog")
    return _seasons[id(past)]


def free_visit(past: Past, which: int, host: str | None = None) -> Document:
    """A visit of the round for which nothing is proposed."""
    found = past.client(COUNTY_LIBRARY).get(f"vandring-rounds/{season(past)}")["visits"]
    free = [
        one for one in found if one["engagement_state"] is None and host in (None, one["host_library_name"])
    ]
    return dict(free[which % len(free)])


def visited(past: Past, host: str | None = None) -> Document:
    """A visit that has taken place today, as both say."""
    visit = free_visit(past, 4, host)
    names = (visit["visitor_library_name"], visit["host_library_name"])
    goes, receives = (past.client(manager_of(name)) for name in names)
    contact = receives.get("me")
    day = {"colleague_id": goes.get("me")["person_id"], "date": past.today().isoformat()}
    proposed = goes.post(f"vandring-visits/{visit['id']}/propose", day)
    engagement = f"engagements/{proposed['id']}"
    receives.post(
        f"{engagement}/accept",
        {"host_contact_id": contact["person_id"], "host_contact_name": contact["name"]},
    )
    until(lambda: goes.get(engagement)["state"] == "agreed", what="the visit is agreed")
    for one in (goes, receives):
        one.post(f"{engagement}/confirm", {"happened": True})
    return {**visit, "engagement_id": proposed["id"]}


def _library_id(name: str) -> str:
    return library_called("innlandet", name).id
