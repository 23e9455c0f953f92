"""`byttebank messages`: what the services could not use, and trying it again."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from byttebank.cli.exits import write_json
from byttebank.cli.nodes import configurations
from byttebank.clock import format_time
from byttebank.config import Configuration
from byttebank.contracts.peer import FEDERATED_SERVICES
from byttebank.storage.messages import ASKED_FOR, RETRIED
from byttebank.storage.service_messages import ServiceMessages

HEARING = (*FEDERATED_SERVICES, "notify")
"""The services that hear messages, and so may park them."""

WHAT_NOW = {
    0: "waits for somebody: `byttebank messages redrive {name}`",
    RETRIED: "tried again by itself",
    ASKED_FOR: "is about to be redriven",
}


class NoSuchMessage(Exception):
    """There is no such parked message. The message says what to do."""


def list_parked(state_dir: Path | None, *, as_json: bool) -> None:
    """What is parked in each service, oldest first, with who sent it and why it is.

    Refuses: `ConfigurationWrong`, `StateRefused`, `DatabaseUnusable`.
    """
    found = [
        {
            "name": name,
            "parked_at": format_time(row["parked_at"]),
            "queue": row["queue"],
            "sender": row["sender"],
            "code": row["reason_code"],
            "reason": row["reason"],
            "octets": len(row["body"]),
            "what_now": WHAT_NOW[row["is_transient"]].format(name=name),
        }
        for name, _, row in _everything(state_dir)
    ]
    if as_json:
        write_json(found)
        return
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if not found:
        console.print("Nothing is parked.")
    for one in found:
        console.print(f"{one['name']}  {one['parked_at']}  {one['queue']}")
        console.print(f"    {one['octets']} octets from {one['sender'] or 'nobody the broker knows'}")
        console.print(f"    {one['reason']}")
        console.print(f"    {one['what_now']}")


def show(state_dir: Path | None, name: str) -> None:
    """The octets of a parked message are on stdout, as they came.

    Refuses: `NoSuchMessage`, as `list_parked`.
    """
    _, row = _find(state_dir, [name])[name]
    sys.stdout.buffer.write(bytes(row["body"]))


def redrive(state_dir: Path | None, names: list[str], *, all_of_them: bool) -> None:
    """The services try these messages again within seconds, or when they run again.

    What cannot be used then either stays parked. Refuses: `NoSuchMessage`, as `list_parked`.
    """
    if not names and not all_of_them:
        raise NoSuchMessage("Which messages? Name them as `byttebank messages parked` does, or say --all.")
    everything = {name: (parked, row) for name, parked, row in _everything(state_dir)} if all_of_them else {}
    chosen = everything if all_of_them else _find(state_dir, names)
    asked = sum(parked.ask_for_redrive(row["id"]) for parked, row in chosen.values())
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(
        f"{asked} of {len(chosen)} to be redriven, within seconds where the service runs. What cannot"
        " be used stays parked."
    )


def how_many_wait(node: Configuration, service: str) -> int:
    """How many parked messages of the service wait for somebody. Refuses: `DatabaseUnusable`."""
    rows = ServiceMessages(node.database_url(service), service).parked()
    return sum(1 for row in rows if row["is_transient"] == 0)


def _find(state_dir: Path | None, names: list[str]) -> dict[str, tuple[ServiceMessages, dict[str, Any]]]:
    found = {name: (parked, row) for name, parked, row in _everything(state_dir) if name in names}
    strange = [name for name in names if name not in found]
    if strange:
        raise NoSuchMessage(
            f"There is no parked message {', '.join(strange)}. `byttebank messages parked` lists them."
        )
    return found


def _everything(state_dir: Path | None) -> Iterator[tuple[str, ServiceMessages, dict[str, Any]]]:
    """(name, where it is, row): `ledger/17` or, with several counties, `innlandet/ledger/17`."""
    nodes = configurations(state_dir)
    for node in nodes:
        for service in HEARING:
            place = f"{node.county}/{service}" if len(nodes) > 1 else service
            parked = ServiceMessages(node.database_url(service), place)
            for row in parked.parked():
                yield f"{place}/{row['id']}", parked, row
