"""The county as arbiter: the disagreements it must decide, and its ruling."""

from typing import Any

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.refusals import FieldMissing, Malformed, NotYourRole
from byttebank.storage.work import Work
from services.matching.domain.acts import Ruled
from services.matching.domain.engagement import By
from services.matching.domain.transitions import act_on
from services.matching.operations.recording import is_home, record, shown, take, when
from services.matching.storage import engagements

Document = dict[str, Any]
MAX_REASON = 500


def disputes(work: Work, actor_document: Document) -> list[Document]:
    """`Engagement`s that stand still because the two libraries disagree, the oldest first.

    Those of which this county is the host's are its own to decide; the others show how the other county does.
    Refuses: Malformed, NotYourRole.
    """
    actor = _county(actor_document)
    found = engagements.in_state(work.connection, "disputed")
    found.sort(key=lambda one: (one.first_on, one.id))
    return [shown(work, one, actor.library_id) for one in found]


def rule(work: Work, engagement_id: str, happened: bool, reason: str, actor_document: Document) -> Document:
    """The `Engagement` as the county has decided it was; the ledger moves the days, both counties are told.

    The same ruling again changes nothing. Refuses: Malformed, FieldMissing (reason), NotFound, NotYourRole
    for anybody but the host's county, NotNow unless disputed.
    """
    actor = _county(actor_document)
    if not isinstance(happened, bool):
        raise Malformed(errors=[{"pointer": "/happened", "detail": "Not true or false."}])
    if not isinstance(reason, str) or len(reason) > MAX_REASON:
        raise Malformed(
            errors=[{"pointer": "/reason", "detail": f"Longer than maximum length {MAX_REASON}."}]
        )
    if not reason.strip():
        raise FieldMissing(field="reason")
    engagement = take(work, engagement_id)
    if not is_home(work, engagement):
        raise NotYourRole(role="county")
    by = By(actor.library_id, actor.person_id, actor.name, "county")
    act = Ruled(by, happened, reason.strip(), transfer_id=work.new_id())
    return shown(work, record(work, engagement, act_on(engagement, act, when(work))), actor.library_id)


def _county(document: Document) -> Actor:
    actor = load_actor(document)
    if actor.role not in ("county", "operator"):
        raise NotYourRole(role="county")
    return actor
