"""The outbox as an operator sees it: what waits, and telling again what somebody may have forgotten."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from byttebank.storage.erasing import ERASED
from byttebank.storage.messages import outbox


@dataclass(frozen=True)
class Standing:
    """`waiting` messages, the oldest since `oldest_at`; published ones are kept from `kept_from_at` on."""

    waiting: int
    oldest_at: datetime | None
    kept_from_at: datetime | None


def standing(connection: Connection) -> Standing:
    """How the outbox stands."""
    waits = outbox.c.published_at.is_(None)
    waiting, oldest = connection.execute(
        select(func.count(), func.min(outbox.c.created_at)).where(waits)
    ).one()
    kept = connection.execute(select(func.min(outbox.c.published_at))).scalar_one()
    return Standing(waiting, oldest, kept)


def publish_again(connection: Connection, since: datetime) -> int:
    """Local messages published since then wait to be published once more, with the ids they had.

    So whoever has had them drops them, and whoever forgot them, because its database was restored, has them
    again. Messages to other counties are left alone: their channels find out themselves what is missing.
    """
    told = outbox.c.peer.is_(None) & (outbox.c.published_at >= since) & (outbox.c.body != ERASED)
    return connection.execute(update(outbox).where(told).values(published_at=None)).rowcount
