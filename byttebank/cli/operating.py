"""Commands of an operator: an operation of a service, carried out in the node's own database.

The services may run meanwhile: what is to be told leaves with their next look at the outbox, within seconds.
"""

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from byttebank.cli.nodes import nodes_of, one_node
from byttebank.config import Configuration
from byttebank.contracts.book_refusals import AccountInUse, PeerInUse
from byttebank.contracts.market_refusals import RoundOpen
from byttebank.contracts.refusals import (
    AccountClosed,
    AccountUnknown,
    ClearingOpen,
    ClearingWaits,
    CountyFrozen,
    CountyUnknown,
    DateOrder,
    DatePast,
    DateTooFar,
    FieldMissing,
    Malformed,
    NotFound,
    NotNow,
    Refusal,
    TooFewCounties,
)
from byttebank.messaging.containers import package_of
from byttebank.storage.availability import is_away
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database, Work

LOCKED_SECONDS = 5.0
"""How long to wait for another process that writes to the same file."""

SENTENCES: dict[type[Refusal], str] = {
    CountyUnknown: "{county} is not a county that we exchange with; `byttebank peers list` names them.",
    CountyFrozen: "Exchange with {county} is stopped; `byttebank peers thaw {county}` opens it again.",
    NotFound: "There is no {kind} {id} here.",
    RoundOpen: "The round {round_id} is under way. One at a time; `byttebank rounds show` says how it goes.",
    DateOrder: "The last day is before the first, or the answers are due after the last day.",
    DatePast: "{date} has been. Choose days from today on.",
    DateTooFar: "{date} is more than {months} months ahead.",
    ClearingOpen: "A round is open; `byttebank clearing show` says which. Only one can be.",
    ClearingWaits: "The round can still come to a good end until {date}. Wait until after that.",
    TooFewCounties: "Fewer than two other counties can be asked now; `byttebank peers list` names them.",
    NotNow: "That cannot be done while it is {state}.",
    AccountUnknown: "Nothing was ever agreed here with {account_id}.",
    AccountClosed: "{account_id} was moved before.",
    AccountInUse: "Days with {county} are agreed or on their way; wait until they are posted or called off.",
    PeerInUse: "{county} cannot leave yet: {owed_half_days} half-days are owed, {pending_half_days} agreed, "
    "on their way or waiting, {engagements} engagements under way. Clear, merge or call off first.",
    FieldMissing: "Say the {field}.",
    Malformed: "That is not as agreed: {errors}.",
}


class OperatorRefused(Exception):
    """The operation was refused. The message says why."""


def ask_each(
    state_dir: Path | None, county: str | None, service: str, operation: str, *arguments: Any
) -> dict[str, Any]:
    """What the operation answers at each node, by county. Reads only.

    Refuses: `OperatorRefused`, and whatever `nodes_of` and opening a database refuse.
    """
    return {
        node.county: _carry_out(node, service, operation, arguments, is_write=False)
        for node in nodes_of(state_dir, county)
    }


def do_at(state_dir: Path | None, county: str | None, service: str, operation: str, *arguments: Any) -> Any:
    """The operation is carried out at one node. Refuses: as `ask_each` and `one_node`."""
    return _carry_out(one_node(state_dir, county), service, operation, arguments, is_write=True)


def _carry_out(
    node: Configuration, service: str, operation: str, arguments: tuple[Any, ...], *, is_write: bool
) -> Any:
    function: Callable[..., Any] = getattr(import_module(f"{package_of(service)}.operations"), operation)
    database = Database(open_engine(node.database_url(service)), county=node.county, service=service)
    until = time.monotonic() + LOCKED_SECONDS
    try:
        while True:
            try:
                return _once(database, function, arguments, is_write=is_write)
            except Exception as error:
                if not is_away(error) or time.monotonic() > until:
                    raise
                time.sleep(0.05)
    except Refusal as refusal:
        raise OperatorRefused(_sentence(refusal)) from refusal
    finally:
        database.close()


def _once(
    database: Database, function: Callable[..., Any], arguments: tuple[Any, ...], *, is_write: bool
) -> Any:
    work: Work
    if is_write:
        with database.work() as work:
            return function(work, *arguments)
    with database.reading() as work:
        return function(work, *arguments)


def _sentence(refusal: Refusal) -> str:
    sentence = next((text for kind, text in SENTENCES.items() if isinstance(refusal, kind)), str(refusal))
    return sentence.format_map(refusal.parameters)
