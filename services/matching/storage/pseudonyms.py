"""What the pseudonyms in a round's input stand for, which nobody needs when the round's days have been."""

from datetime import date

from sqlalchemy import Connection, and_, delete, exists, or_, select

from services.matching.storage import rounds as round_rows
from services.matching.storage.round_tables import joint_documents, joint_rounds, rounds

KEPT = ("left_out", "funnels", "balances")
"""Of a round's `private`: why somebody got no help, and how the libraries stood. Ids, and no pseudonyms."""
NAMES = "NAMES"


def outlived(connection: Connection, before: date, at_work: frozenset[str], limit: int) -> list[str]:
    """Ids of rounds whose last day was before this, that are not at work, and of which it is still known."""
    names = and_(joint_documents.c.round_id == rounds.c.id, joint_documents.c.kind == NAMES)
    goes_on = and_(joint_rounds.c.id == rounds.c.id, joint_rounds.c.is_open)
    query = (
        select(rounds.c.id)
        .where(
            rounds.c.last_on < before,
            rounds.c.stage.not_in(sorted(at_work)),
            ~exists().where(goes_on),
            or_(rounds.c.private["salt"].as_string().is_not(None), exists().where(names)),
        )
        .order_by(rounds.c.last_on, rounds.c.id)
        .limit(limit)
    )
    return list(connection.scalars(query))


def forget(connection: Connection, round_id: str) -> None:
    """Nothing says whom the round's pseudonyms stand for, in its own row or among its documents."""
    row = round_rows.take_round(connection, round_id)
    if row is None:
        raise LookupError(round_id)
    private = {name: value for name, value in (row["private"] or {}).items() if name in KEPT}
    round_rows.change_round(connection, round_id, private=private)
    which = and_(joint_documents.c.round_id == round_id, joint_documents.c.kind == NAMES)
    connection.execute(delete(joint_documents).where(which))
