"""Five libraries of Innlandet for a vandring, each with a manager and a colleague who may go."""

from typing import Any

from matching_cast import Matching, a_library, actor, an_acceptance, an_id

from services.matching import operations

Document = dict[str, Any]
ROUND = an_id("vandring")
COUNTY = {**actor("Kari"), "role": "county"}
PLACES = {
    "Eidskog": (60.0, 12.0),
    "Grue": (60.45, 12.05),
    "Tolga": (62.41, 11.0),
    "Tynset": (62.27, 10.78),
    "Alvdal": (62.11, 10.63),
}


def a_round(**changes: Any) -> Document:
    """Weeks 2 to 5 of 2027, answers before Christmas."""
    return {
        "id": ROUND,
        "name": "Vinter 2027",
        "first_on": "2027-01-11",
        "last_on": "2027-02-05",
        "reply_by_on": "2026-12-18",
        "max_km": None,
        "sizes": "any",
        "library_ids": None,
        "closed_dates": [],
        **changes,
    }


def leader(library: str, role: str = "library_manager") -> Document:
    """The manager of the library."""
    return {
        "person_id": an_id(f"m{library}"),
        "library_id": an_id(library),
        "role": role,
        "name": f"Leder {library}",
    }


def settle(county: Matching, **changes: Document) -> None:
    """The county knows the five libraries and one colleague of each. `changes`: by library."""
    for number, (name, (latitude, longitude)) in enumerate(PLACES.items()):
        more = {"latitude": latitude, "longitude": longitude, "version": 5, **changes.get(name, {})}
        county.hear("LibraryChanged", a_library(name, "innlandet", **more))
        colleague = {"id": an_id(f"c{name}"), "library_id": an_id(name), "name": f"Kollega {number}"}
        county.hear("ParticipationAccepted", an_acceptance(name))
        county.hear("ColleagueChanged", {**colleague, "sharing": "county", "version": 1})


def begin(county: Matching, **changes: Any) -> Document:
    begun: Document = county.do(operations.create_vandring_round, a_round(**changes), COUNTY)
    return begun


def say(county: Matching, library: str, takes_part: bool = True, *, names: bool = False) -> Document:
    """The library answers; `names`: and says who would go."""
    answer = {"takes_part": takes_part, "colleague_id": an_id(f"c{library}") if names else None}
    said: Document = county.do(operations.answer_vandring, ROUND, an_id(library), answer, leader(library))
    return said


def published(county: Matching, *, names: bool = False, **changes: Any) -> Document:
    """A round of all five, published; where `names`, every visit is proposed."""
    settle(county)
    begin(county, **changes)
    for library in PLACES:
        say(county, library, names=names)
    county.do(operations.plan_vandring_round, ROUND, COUNTY)
    county.do(operations.publish_vandring_round, ROUND, COUNTY)
    propose_all(county)
    return see(county)


def propose_all(county: Matching) -> None:
    """As the service does it every few seconds."""
    for visit_id in county.ask(operations.waiting_visits, 100):
        county.do(operations.propose_waiting, visit_id)


def see(county: Matching) -> Document:
    found: Document = county.ask(operations.vandring_round, ROUND)
    return found


def plan_of(seen: Document) -> dict[str, str]:
    """Who visits whom."""
    return {one["visitor_library_name"]: one["host_library_name"] for one in seen["visits"]}


def visit_by(seen: Document, library: str) -> Document:
    """The visit the library makes."""
    (found,) = [one for one in seen["visits"] if one["visitor_library_name"] == library]
    return found


def told(county: Matching, key: str) -> list[str]:
    """Libraries that were told this, in order."""
    ids = {an_id(name): name for name in PLACES}
    return [ids[one["library_id"]] for one in county.told("VandringTold") if one["key"] == key]


def agree(county: Matching, visit: Document) -> None:
    """All three say yes to what was proposed."""
    host = leader(visit["host_library_name"])
    for who in (leader(visit["visitor_library_name"]), colleague(visit["visitor_library_name"])):
        county.do(operations.accept, visit["engagement_id"], who)
    county.do(operations.accept, visit["engagement_id"], host, an_id("host contact"), "Anne")


def colleague(library: str) -> Document:
    """Somebody who works there."""
    return {**leader(library, "colleague"), "person_id": an_id(f"c{library}")}


def carry_out(county: Matching, visit: Document) -> None:
    """Both say on the day that it happened."""
    county.let_time_pass(visit["dates"][0])
    for name in ("visitor_library_name", "host_library_name"):
        county.do(operations.confirm, visit["engagement_id"], True, leader(visit[name]))
