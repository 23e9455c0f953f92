"""What people of this county answer: yes, no, called off, it happened or not, we disagree.

At the home the answer counts at once. At the lender's county the copy shows it at once, and the home is told;
the home's next version overrides the copy.
"""

from typing import Any

from byttebank.contracts.actor import Actor
from byttebank.contracts.refusals import Malformed
from byttebank.storage.work import Work
from services.matching.domain.acts import Accept, Act, Answer, Cancel, Decline, Dispute
from services.matching.domain.engagement import LENDER_ROLES, OPEN, Engagement
from services.matching.domain.moving import AnswerMove, AskMove
from services.matching.domain.names import PEER, people_in, seen_name
from services.matching.domain.transitions import act_on
from services.matching.operations import possible
from services.matching.operations.parties import by, consenting_roles, part_taker, side_of
from services.matching.operations.recording import is_home, shown, take, when
from services.matching.operations.replacing import record
from services.matching.storage import engagements, index

Document = dict[str, Any]
NAMED = ("EngagementAccepted", "EngagementConfirmed", "EngagementMoveAsked", "EngagementMoveAnswered")
"""With whose answer the home is told names, as far as their owners share them."""


def accept(
    work: Work,
    engagement_id: str,
    actor_document: Document,
    host_contact_id: str | None = None,
    host_contact_name: str | None = None,
) -> Document:
    """The `Engagement` with the actor's yes in each of the actor's roles; a second yes changes nothing.

    The last yes asks the ledger to set the days aside. After a refusal by the ledger, another yes of the
    host's manager asks again. The host's manager may name the host contact.
    Refuses: NotFound, NotYourRole, NotNow, ProposalExpired, ColleagueBusy, HostContactMissing,
    AlreadyCovered, RequestClosed, CountyFrozen, CountyUnknown, ParticipationMissing, Malformed.
    """
    engagement = take(work, engagement_id)
    actor = part_taker(engagement, actor_document)
    roles = consenting_roles(engagement, actor)
    if "host_manager" in roles and host_contact_id is not None:
        host_contact_id, host_contact_name = possible.host_contact(
            work, engagement.host_library_id, host_contact_id, host_contact_name
        )
    answer = Accept(
        by(engagement, actor),
        roles,
        host_contact_id,
        host_contact_name,
        transfer_id=work.new_id() if is_home(work, engagement) else None,
    )
    is_new = not roles <= engagement.consents.keys() or engagement.state == "refused"
    if engagement.state in OPEN and is_new:
        check_acceptable(work, engagement)
        possible.check_participation(work, actor.library_id)
        possible.check_free(work, engagement)
    payload = {"engagement_id": engagement.id, "roles": sorted(roles & LENDER_ROLES)}
    return act(work, engagement, answer, actor, "EngagementAccepted", payload)


def check_acceptable(work: Work, engagement: Engagement) -> None:
    """New days may be agreed on between the two counties, and the request still waits for them.

    Refuses: CountyFrozen, CountyUnknown, RequestClosed, AlreadyCovered.
    """
    possible.check_county(work, engagement.home_county)
    possible.check_county(work, engagement.lender_county)
    possible.check_uncovered(work, engagement)


def decline(work: Work, engagement_id: str, actor_document: Document) -> Document:
    """The `Engagement`, declined by either side. Nobody asks why. Refuses: NotFound, NotYourRole, NotNow."""
    engagement = take(work, engagement_id)
    actor = part_taker(engagement, actor_document)
    side_of(engagement, actor)
    answer = Decline(by(engagement, actor))
    return act(work, engagement, answer, actor, "EngagementDeclined", {"engagement_id": engagement.id})


def cancel(work: Work, engagement_id: str, actor_document: Document) -> Document:
    """The `Engagement`, called off; the days are free again.

    Refuses: NotFound, NotYourRole, NotNow, also after the first date or when a side has answered for it.
    """
    engagement = take(work, engagement_id)
    actor = part_taker(engagement, actor_document)
    side_of(engagement, actor)
    answer = Cancel(by(engagement, actor))
    return act(work, engagement, answer, actor, "EngagementCancelled", {"engagement_id": engagement.id})


def confirm(work: Work, engagement_id: str, happened: bool, actor_document: Document) -> Document:
    """The `Engagement` with the side's answer to "did it happen?".

    Two yes post the days, two no release them, one of each is a disagreement.
    Refuses: NotFound, NotYourRole, NotYet (before the first date), NotNow, Malformed.
    """
    if not isinstance(happened, bool):
        raise Malformed(errors=[{"pointer": "/happened", "detail": "Not true or false."}])
    engagement = take(work, engagement_id)
    actor = part_taker(engagement, actor_document)
    answer = Answer(by(engagement, actor), side_of(engagement, actor), happened)
    payload = {"engagement_id": engagement.id, "happened": happened}
    return act(work, engagement, answer, actor, "EngagementConfirmed", payload)


def dispute(work: Work, engagement_id: str, actor_document: Document) -> Document:
    """The `Engagement`, disputed: the day stands still until the county has decided.

    Refuses: NotFound, NotYourRole, NotNow, DisputeLate.
    """
    engagement = take(work, engagement_id)
    actor = part_taker(engagement, actor_document)
    side_of(engagement, actor)
    answer = Dispute(by(engagement, actor))
    return act(work, engagement, answer, actor, "EngagementDisputed", {"engagement_id": engagement.id})


def act(
    work: Work,
    engagement: Engagement,
    wanted: Act | AskMove | AnswerMove,
    actor: Actor,
    message_type: str,
    payload: Document,
) -> Document:
    """The `Engagement` after the act, as the actor sees it; from the lender's county the home is told.

    Refuses: what `act_on` refuses.
    """
    outcome = act_on(engagement, wanted, when(work))
    if is_home(work, engagement):
        return shown(work, record(work, engagement, outcome), actor.library_id)
    if outcome.engagement != engagement:
        engagements.write(work.connection, outcome.engagement, is_home=False)
        work.send(
            engagement.home_county,
            message_type,
            payload,
            detached=_names(work, engagement, actor, message_type),
        )
    return shown(work, outcome.engagement, actor.library_id)


def _names(work: Work, engagement: Engagement, actor: Actor, message_type: str) -> Document | None:
    """Names for the home, with what has them."""
    if message_type not in NAMED:
        return None
    people = index.people(work.connection, {actor.person_id, *people_in(engagement)})

    def seen(person_id: str, told: str | None) -> str | None:
        return seen_name(person_id, told, people=people, viewer=PEER, was_agreed=engagement.was_agreed)

    return {
        "by_name": seen(actor.person_id, actor.name),
        "colleague_name": seen(engagement.colleague_id, None),
    }
