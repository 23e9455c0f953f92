"""What the parts of the ranking weigh in this county: read, and changed by a new version."""

from typing import Any

from byttebank.contracts.actor import load_actor
from byttebank.contracts.refusals import NotFound, NotYourRole
from byttebank.storage.work import Work
from services.matching.domain.weights import Weights, changed
from services.matching.storage import weights as storage

Document = dict[str, Any]


def ranking_weights(work: Work, version: int | None = None) -> Document:
    """`{version, <weight>: points}`: the weights that count, or those of that version.

    A score that was shown under a version is explained by that version's weights. Refuses: NotFound.
    """
    found = storage.weights(work.connection, version)
    if found is None:
        raise NotFound(kind="ranking_weights", id=str(version))
    return _document(found)


def set_ranking_weights(work: Work, points: Document, actor_document: Document) -> Document:
    """As `ranking_weights`, with these points changed; the same points as before make no new version.

    Refuses: NotYourRole, Malformed.
    """
    actor = load_actor(actor_document)
    if actor.role not in ("county", "operator"):
        raise NotYourRole(role="county")
    work.take_turn()
    before = storage.weights(work.connection)
    assert before is not None
    after = changed(before, points, before.version + 1)
    if after.points() == before.points():
        return _document(before)
    storage.add_weights(work.connection, after, work.now, actor.name)
    return _document(after)


def _document(found: Weights) -> Document:
    return {"version": found.version, **found.points()}
