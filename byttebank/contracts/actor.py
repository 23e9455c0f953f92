"""On whose behalf something is asked: the person, the library and the role of the one who signed in."""

from dataclasses import dataclass
from typing import Any

from byttebank.contracts.fields import Contract, Id, load, one_of, text

ROLES = ("colleague", "library_manager", "county", "operator")


class ActorSchema(Contract):
    """The actor as RPC carries it."""

    person_id = Id(required=True)
    library_id = Id(required=True)
    role = one_of(*ROLES, required=True)
    name = text(200)


@dataclass(frozen=True)
class Actor:
    """Who acts. `person_id` is the colleague's id where the person is a colleague."""

    person_id: str
    library_id: str
    role: str
    name: str


def load_actor(document: Any) -> Actor:
    """The actor of an RPC call. Refuses: `Malformed`."""
    return Actor(**load(ActorSchema, document))
