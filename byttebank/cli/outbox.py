"""`byttebank outbox`: what waits to be told, and telling again after a database was restored."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, telling, write_json
from byttebank.cli.nodes import configurations
from byttebank.clock import format_time
from byttebank.config import SERVICES_WITH_DATABASE, ConfigurationWrong
from byttebank.storage.service_messages import ServiceMessages

outbox_app = typer.Typer(help="Messages between the services of a county.", no_args_is_help=True)

TELLING = tuple(service for service in SERVICES_WITH_DATABASE if service != "gateway")
"""The services that tell others anything."""

Node = Annotated[
    Path | None, typer.Option("--state", help="Folder of a federation; without it the node of this machine.")
]
Service = Annotated[str | None, typer.Option("--service", help="Only of this service; all if left out.")]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]


@outbox_app.command("list", epilog=EXIT_CODES)
def list_outboxes(state: Node = None, json: Json = False) -> None:
    """Show what waits to be published, and how far back `resend` reaches. Changes nothing."""
    with telling():
        found = []
        for place, of_service in _each(state, None):
            standing = of_service.outbox()
            found.append(
                {
                    "service": place,
                    "waiting": standing.waiting,
                    "oldest_at": standing.oldest_at and format_time(standing.oldest_at),
                    "kept_from_at": standing.kept_from_at and format_time(standing.kept_from_at),
                }
            )
        if json:
            write_json(found)
            return
        console = Console(highlight=False, soft_wrap=True, markup=False)
        for one in found:
            oldest = f", the oldest since {one['oldest_at']}" if one["oldest_at"] else ""
            console.print(f"{one['service']}: {one['waiting']} waiting{oldest}")
            console.print(f"    published ones are kept from {one['kept_from_at'] or 'now'} on")


@outbox_app.command("resend", epilog=EXIT_CODES)
def resend(
    since: Annotated[
        str,
        typer.Option("--since", help="From when on, in UTC: a little before the restored backup was made."),
    ],
    state: Node = None,
    service: Service = None,
) -> None:
    """Tell the county's services again what was told since a time: one of their databases was restored.

    Whoever has heard it drops it. Messages to other counties recover by themselves and are not resent.
    """
    with telling():
        moment = _moment(since)
        if service is not None and service not in TELLING:
            raise ConfigurationWrong(f"No service {service} tells anything; choose {', '.join(TELLING)}.")
        console = Console(highlight=False, soft_wrap=True, markup=False)
        for place, of_service in _each(state, service):
            kept = of_service.outbox().kept_from_at
            told = of_service.publish_again(moment)
            console.print(f"{place}: {told} messages since {format_time(moment)} are told again")
            if kept is not None and kept > moment:
                console.print(f"    nothing is kept from before {format_time(kept)}: compare that by hand")


def _each(state: Path | None, service: str | None) -> list[tuple[str, ServiceMessages]]:
    nodes = configurations(state)
    found = []
    for node in nodes:
        for one in TELLING:
            place = f"{node.county}/{one}" if len(nodes) > 1 else one
            if service in (None, one):
                found.append((place, ServiceMessages(node.database_url(one), place)))
    return found


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationWrong(f"{text} is no time; write it like 2026-11-22T10:00Z.") from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
