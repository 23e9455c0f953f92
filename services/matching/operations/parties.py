"""Who an actor is in an engagement: the roles and the side on whose behalf something is done."""

from typing import Any

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.refusals import NotFound, NotYourRole
from services.matching.domain.engagement import By, Engagement


def part_taker(engagement: Engagement, document: Any) -> Actor:
    """The actor, whose library takes part. Refuses: Malformed; NotFound for anybody else."""
    actor = load_actor(document)
    if not engagement.takes_part(actor.library_id):
        raise NotFound(kind="engagement", id=engagement.id)
    return actor


def roles_of(engagement: Engagement, actor: Actor) -> frozenset[str]:
    """The roles whose consent the actor can give; one person may have several. The county has none."""
    if actor.role not in ("colleague", "library_manager"):
        return frozenset()
    roles = set()
    if actor.role == "library_manager" and actor.library_id == engagement.lender_library_id:
        roles.add("lender_manager")
    if actor.role == "library_manager" and actor.library_id == engagement.host_library_id:
        roles.add("host_manager")
    if actor.person_id == engagement.colleague_id:
        roles.add("colleague")
    return frozenset(roles)


def consenting_roles(engagement: Engagement, actor: Actor) -> frozenset[str]:
    """The actor's roles, at least one. Refuses: NotYourRole."""
    roles = roles_of(engagement, actor)
    if not roles:
        raise NotYourRole(role="library_manager")
    return roles


def side_of(engagement: Engagement, actor: Actor) -> str:
    """`host` or `lender`: whom the actor may speak for.

    At both the manager; at the lender the colleague; at the host the host contact and whoever asked.
    Refuses: NotYourRole.
    """
    asked = engagement.history[0].by.person_id if engagement.history else None
    may = bool(roles_of(engagement, actor)) or (
        actor.role == "colleague"
        and actor.library_id == engagement.host_library_id
        and actor.person_id in (engagement.host_contact_id, asked)
    )
    if not may:
        raise NotYourRole(role="library_manager")
    return engagement.side_of(actor.library_id)


def by(engagement: Engagement, actor: Actor) -> By:
    """The actor as a line of history names her: library, person, name, and her role in it if any."""
    own_manager = f"{engagement.side_of(actor.library_id)}_manager"
    roles = roles_of(engagement, actor)
    role = next((role for role in (own_manager, "colleague") if role in roles), None)
    return By(actor.library_id, actor.person_id, actor.name, role)
