"""Who may see whose name: as far as its owner chose, and always once the engagement was agreed."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.matching.domain.engagement import Engagement


@dataclass(frozen=True)
class Person:
    """A colleague of this county, from the directory. `sharing`: library, county or all."""

    name: str | None
    library_id: str
    sharing: str


@dataclass(frozen=True)
class Viewer:
    """Who looks: a library of this county, or (no library) everybody in it, or another county."""

    library_id: str | None = None
    is_peer: bool = False


THIS_COUNTY = Viewer()
PEER = Viewer(is_peer=True)


def seen_name(
    person_id: str | None,
    told: str | None,
    *,
    people: Mapping[str, Person],
    viewer: Viewer,
    was_agreed: bool,
) -> str | None:
    """The name that the viewer sees, or None.

    `told` is what was typed or what another county sent: it sent no more than it may, so this county
    sees it; it is passed on to a peer only after agreement. Our own people's names are the directory's.
    """
    person = people.get(person_id) if person_id is not None else None
    if person is None:
        return told if was_agreed or not viewer.is_peer else None
    if was_agreed or person.sharing == "all":
        return person.name
    if viewer.is_peer:
        return None
    return person.name if person.sharing == "county" or person.library_id == viewer.library_id else None


def people_in(engagement: Engagement) -> set[str]:
    """Ids of everybody whose name the engagement may show."""
    found = {engagement.colleague_id, engagement.host_contact_id}
    return {one for one in found | {line.by.person_id for line in engagement.history} if one is not None}
