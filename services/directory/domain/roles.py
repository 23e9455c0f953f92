"""Who may act for a library and for a colleague."""

from byttebank.contracts.actor import Actor
from byttebank.contracts.refusals import NotYourRole


def check_acts_for_library(actor: Actor, library_id: str) -> None:
    """The actor works at the library. Refuses: NotYourRole."""
    if actor.library_id != library_id or actor.role not in ("colleague", "library_manager"):
        raise NotYourRole(role="colleague")


def check_decides_for_library(actor: Actor, library_id: str) -> None:
    """The actor is the library's manager, or the county's at the county library. Refuses: NotYourRole."""
    if actor.library_id != library_id or actor.role not in ("library_manager", "county"):
        raise NotYourRole(role="library_manager")


def check_is_colleague(actor: Actor, colleague_id: str) -> None:
    """The actor is the colleague herself. Refuses: NotYourRole."""
    if actor.person_id != colleague_id:
        raise NotYourRole(role="colleague")


def check_acts_for_colleague(actor: Actor, library_id: str, colleague_id: str) -> None:
    """The actor is the colleague, or the manager of the colleague's library. Refuses: NotYourRole."""
    is_manager = actor.role == "library_manager" and actor.library_id == library_id
    is_herself = actor.role == "colleague" and actor.person_id == colleague_id
    if not (is_manager or (is_herself and actor.library_id == library_id)):
        raise NotYourRole(role="library_manager")
