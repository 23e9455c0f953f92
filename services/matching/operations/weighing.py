"""What the parts of the ranking weigh in this county: read, and changed by a new version."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.actor import load_actor
from byttebank.contracts.ranking import MAX_VERSIONS
from byttebank.contracts.refusals import NotFound, NotYourRole, StalePage
from byttebank.storage.work import Work
from services.matching.domain.weights import DEFAULT, Weights, changed
from services.matching.storage import weights as storage

Document = dict[str, Any]


def ranking_weights(work: Work, version: int | None = None) -> Document:
    """`{version, <weight>: points}`: the weights that count, or those of that version.

    A score that was shown under a version is explained by that version's weights. Refuses: NotFound.
    """
    newest = storage.weights(work.connection)
    assert newest is not None
    # Larger numbers do not always fit into the column.
    is_known = version is None or 0 <= version <= newest.version
    found = storage.weights(work.connection, version) if is_known else None
    if found is None:
        raise NotFound(kind="ranking_weights", id=str(version))
    return _document(found)


def ranking_versions(work: Work, limit: int = MAX_VERSIONS) -> list[Document]:
    """`RankingVersion`s: the newest `limit` of them first, and at the end what every county begins with."""
    rows = storage.versions(work.connection, min(limit, MAX_VERSIONS))
    return [
        *(
            {
                "version": row["version"],
                **row["points"],
                "set_at": format_time(row["set_at"]),
                "set_by": row["set_by"] or None,
            }
            for row in rows
        ),
        {**_document(DEFAULT), "set_at": None, "set_by": None},
    ]


def set_ranking_weights(
    work: Work, points: Document, actor_document: Document, version: int | None = None
) -> Document:
    """As `ranking_weights`, with these points changed; the same points as before make no new version.

    `version`: the one that was looked at; None: whichever counts. Refuses: NotYourRole, Malformed, StalePage.
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
    if version is not None and version != before.version:
        raise StalePage(version=before.version)
    storage.add_weights(work.connection, after, work.now, actor)
    return _document(after)


def _document(found: Weights) -> Document:
    return {"version": found.version, **found.points()}
