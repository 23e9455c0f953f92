"""Engagements as the libraries that take part see them."""

from typing import Any

from byttebank.contracts.refusals import Malformed, NotFound
from byttebank.contracts.resources import ENGAGEMENT_STATES
from byttebank.storage.work import Work
from services.matching.domain.engagement import Engagement
from services.matching.domain.names import Viewer, people_in
from services.matching.operations.documents import engagement_document
from services.matching.operations.parties import part_taker
from services.matching.operations.recording import shown
from services.matching.storage import engagements, index

Document = dict[str, Any]


def get_engagement(work: Work, engagement_id: str, actor_document: Document) -> Document:
    """The `Engagement`, for an actor whose library takes part. Refuses: NotFound, Malformed."""
    engagement = engagements.find(work.connection, engagement_id)
    if engagement is None:
        raise NotFound(kind="engagement", id=engagement_id)
    return shown(work, engagement, part_taker(engagement, actor_document).library_id)


def list_engagements(work: Work, library_id: str, state: str | None = None) -> list[Document]:
    """`Engagement`s in which the library takes part, in one state or all.

    What comes next is first; what is over follows, the latest first. Refuses: Malformed for no such state.
    """
    if state is not None and state not in ENGAGEMENT_STATES:
        raise Malformed(errors=[{"pointer": "/state", "detail": "Not a state of an engagement."}])
    found = engagements.of_library(work.connection, library_id, state)
    to_come = sorted((one for one in found if one.last_on >= work.today), key=lambda one: one.first_on)
    over = sorted((one for one in found if one.last_on < work.today), key=_last_first)
    people = index.people(work.connection, {person for one in found for person in people_in(one)})
    return [engagement_document(one, people, Viewer(library_id)) for one in [*to_come, *over]]


def _last_first(engagement: Engagement) -> int:
    return -engagement.first_on.toordinal()
