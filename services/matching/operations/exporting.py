"""A person sees what matching keeps of her, beside the engagements."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.actor import load_actor
from byttebank.contracts.refusals import NotYourRole
from byttebank.storage.work import Work
from services.matching.operations.reflecting import reflection_document
from services.matching.storage import exporting as stored
from services.matching.storage.rows import Row

Document = dict[str, Any]


def export_person(work: Work, person_id: str, actor: Document) -> Document:
    """`{reflections: [Reflection], rounds, vandring_rounds, vandring_invitations, ranking_weights}`: what she
    wrote, what she began (`{id, name, created_at}`), the invitations to a vandring in which she is the one
    who travels (`{round_id, library_id}`), and versions of the weights that she decided on (`{version,
    set_at}`).

    Refuses: NotYourRole for others than herself.
    """
    if load_actor(actor).person_id != person_id:
        raise NotYourRole(role="colleague")
    connection = work.connection
    return {
        "reflections": [reflection_document(row) for row in stored.reflections_by(connection, person_id)],
        "rounds": [_begun(row) for row in stored.rounds_by(connection, person_id)],
        "vandring_rounds": [_begun(row) for row in stored.vandrings_by(connection, person_id)],
        "vandring_invitations": [
            {name: row[name] for name in ("round_id", "library_id")}
            for row in stored.invitations_of(connection, person_id)
        ],
        "ranking_weights": [
            {"version": row["version"], "set_at": format_time(row["set_at"])}
            for row in stored.weights_by(connection, person_id)
        ],
    }


def _begun(row: Row) -> Document:
    return {"id": row["id"], "name": row["name"], "created_at": format_time(row["created_at"])}
