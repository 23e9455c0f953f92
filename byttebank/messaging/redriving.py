"""Parked local messages that somebody wants redriven: their effect is tried once more, without the broker.

Those of peers are redriven by the channels (`byttebank.messaging.channels`), which count and check them.
"""

from collections.abc import Callable

from byttebank import telemetry
from byttebank.messaging.deliveries import Delivery
from byttebank.messaging.faults import is_passing
from byttebank.storage import messages
from byttebank.storage.work import Database

_log = telemetry.logger(__name__)


def redrive_local(database: Database, queue: str, apply: Callable[[Delivery], str]) -> None:
    """Every message that was asked for has had its effect, or stays parked with the reason of today.

    The inbox keeps an effect from happening twice. Raises faults that pass.
    """
    with database.reading() as work:
        asked = messages.list_parked(work.connection, only_transient=True)
    for row in asked:
        if row["queue"] != queue:
            continue
        try:
            outcome = apply(_delivery(row))
        except Exception as error:
            if is_passing(error):
                raise
            _log.warning("A parked message is refused again", parked=row["id"], error=repr(error))
            with database.work() as work:
                messages.leave_parked(work.connection, row["id"], error)
            continue
        with database.work() as work:
            messages.mark_redriven(work.connection, row["id"], work.now)
        _log.info("A parked message was redriven", parked=row["id"], outcome=outcome)


def _delivery(row: dict[str, object]) -> Delivery:
    properties = messages.parked_properties(row)
    return Delivery(
        queue=str(row["queue"]),
        routing_key=str(properties.get("routing_key") or ""),
        octets=bytes(row["body"]),  # type: ignore[call-overload]
        message_id=properties.get("message_id"),
        headers=properties.get("headers") or {},
    )
