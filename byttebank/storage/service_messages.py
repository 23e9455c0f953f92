"""The messages of one service, for somebody who is not the service."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from byttebank.storage import messages, outbox
from byttebank.storage.engine import DatabaseUnusable, open_engine

Answer = TypeVar("Answer")

BUSY_MILLISECONDS = 5000
"""A federation on SQLite may be writing; so long it is waited for."""


class ServiceMessages:
    """Nothing is kept open in between. Everything refuses: `DatabaseUnusable`."""

    def __init__(self, url: str, place: str) -> None:
        """`place` is what the database is called in what a person reads."""
        self._url = url
        self._place = place

    def parked(self) -> list[dict[str, Any]]:
        """Parked ones that have not been redriven, oldest first."""
        return self._ask(messages.list_parked)

    def ask_for_redrive(self, parked_id: int) -> bool:
        """The service tries it again, soon. False when it has been redriven meanwhile."""
        return self._ask(partial(messages.ask_for_redrive, parked_id=parked_id))

    def outbox(self) -> outbox.Standing:
        """What waits to be published, and how far back what was published is kept."""
        return self._ask(outbox.standing)

    def publish_again(self, since: datetime) -> int:
        """What this county's services were told since then is told again. Returns how many messages."""
        return self._ask(partial(outbox.publish_again, since=since))

    def _ask(self, question: Callable[[Connection], Answer]) -> Answer:
        engine = open_engine(self._url)
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "sqlite":
                    connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
                    connection.exec_driver_sql("BEGIN")
                answer = question(connection)
                connection.commit()
                return answer
        except DBAPIError as error:
            raise DatabaseUnusable(
                f"The database of {self._place} cannot be read: {str(error.orig).splitlines()[0]}."
            ) from error
        finally:
            engine.dispose()
