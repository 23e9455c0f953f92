"""`byttebank peers ...` and the commands of `byttebank ledger` that concern other counties."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, telling, write_json
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.federation.keys import PublicKey, fingerprint
from byttebank.identifiers import new_id

DIRECTORY = "directory"
LEDGER = "ledger"
MATCHING = "matching"

State = Annotated[
    Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
]
County = Annotated[
    str | None, typer.Option("--county", help="The county whose node is meant, where there are several.")
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]
Peer = Annotated[str, typer.Argument(help="The other county's short name, such as akershus.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; shown with the act on the county's page.")]

peers_app = typer.Typer(help="The counties that we exchange with.", no_args_is_help=True)


@peers_app.command("list", epilog=EXIT_CODES)
def list_peers(state: State = None, county: County = None, json: Json = False) -> None:
    """The counties that we exchange with: state, fuse in half-days, fingerprint of the newest key."""
    with telling(OperatorRefused):
        show(ask_each(state, county, DIRECTORY, "list_peers"), json)


# A public key may begin with a dash.
@peers_app.command(epilog=EXIT_CODES, context_settings={"ignore_unknown_options": True})
def add(
    peer: Peer,
    public_key: Annotated[str, typer.Argument(help="Theirs, as their `byttebank keys list` shows it.")],
    name: Annotated[str | None, typer.Option("--name", help="What people call it; needed once.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Address of its pages.")] = None,
    half_days: Annotated[
        int | None, typer.Option("--fuse", min=0, help="Half-days that may be owed, in each direction.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without, only show the fingerprint to compare.")
    ] = False,
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Exchange with a county whose fingerprint was compared by telephone: new, come back, or with a new key.

    What is left out stays as it is. A county that is frozen stays so until it is thawed.
    """
    with telling(OperatorRefused):
        if not yes:
            typer.echo(f"{_fingerprint(public_key)} Call {peer}, compare this with theirs, then say --yes.")
            return
        show(do_at(state, county, DIRECTORY, "join_peer", peer, public_key, name, url, half_days), json)


def _fingerprint(public_key: str) -> str:
    try:
        return f"Fingerprint: {fingerprint(PublicKey.from_text(public_key))}."
    except ValueError as error:
        raise OperatorRefused(f"{public_key} is no public key: {error}.") from error


@peers_app.command(epilog=EXIT_CODES)
def freeze(
    peer: Peer, reason: Reason = "", state: State = None, county: County = None, json: Json = False
) -> None:
    """No new days are agreed with the county and nothing is sent to it until it is thawed; old days stand."""
    with telling(OperatorRefused):
        show(do_at(state, county, DIRECTORY, "act_as_operator", "freeze", peer, reason), json)


@peers_app.command(epilog=EXIT_CODES)
def thaw(
    peer: Peer, reason: Reason = "", state: State = None, county: County = None, json: Json = False
) -> None:
    """The county is exchanged with again, after somebody has called it. Channels that had stopped recover."""
    with telling(OperatorRefused):
        show(do_at(state, county, DIRECTORY, "act_as_operator", "thaw", peer, reason), json)


@peers_app.command(epilog=EXIT_CODES)
def leave(
    peer: Peer,
    reason: Reason = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say whether it may be.")] = False,
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """End the exchange: what the county published is gone here, the books stay. Nothing may be unfinished."""
    with telling(OperatorRefused):
        for service in (MATCHING, LEDGER):
            do_at(state, county, service, "check_leaving", peer)
        if not yes:
            typer.echo(f"Nothing is unfinished with {peer}. Say --yes to end the exchange with it.")
            return
        show(do_at(state, county, DIRECTORY, "act_as_operator", "leave", peer, reason), json)


@peers_app.command(epilog=EXIT_CODES)
def acts(state: State = None, county: County = None, json: Json = False) -> None:
    """Who has stopped, opened or limited the exchange with which county, and why; newest first."""
    with telling(OperatorRefused):
        show(ask_each(state, county, DIRECTORY, "peer_acts"), json)


@peers_app.command(epilog=EXIT_CODES)
def fuse(
    peer: Peer,
    half_days: Annotated[int, typer.Argument(min=0, help="Half-days, in each direction.")],
    reason: Reason = "",
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Set how many half-days may be owed and on their way. Lower: new ones wait, those agreed stand."""
    with telling(OperatorRefused):
        show(do_at(state, county, DIRECTORY, "act_as_operator", "fuse", peer, reason, half_days), json)


@peers_app.command(epilog=EXIT_CODES)
def merge(
    peer: Peer,
    successor: Annotated[str, typer.Argument(help="The county it became part of; our own, if it was us.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the book.")],
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Move what we and a county owe each other to the county it became part of. Nothing may be on its way."""
    with telling(OperatorRefused):
        merger = {"id": new_id(), "county": peer, "successor": successor, "reason": reason}
        actor = {"person_id": new_id(), "library_id": new_id(), "role": "operator", "name": "byttebank peers"}
        show(do_at(state, county, LEDGER, "merge_county", merger, actor), json)


def add_ledger_commands(ledger_app: typer.Typer) -> None:
    """`byttebank ledger` has the commands for what is between counties."""
    for command in (doubts, cancel, reconcile, reconciliations, disputes, proof):
        ledger_app.command(epilog=EXIT_CODES)(command)


def doubts(state: State = None, county: County = None, json: Json = False) -> None:
    """What was sent to other counties and not answered for a minute or more; `is_long`: 72 hours or more."""
    with telling(OperatorRefused):
        show(ask_each(state, county, LEDGER, "doubts"), json)


def cancel(
    transfer: Annotated[str, typer.Argument(help="The transfer's id, as `doubts` shows it.")],
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Ask the other county to decide no about a transfer that it has not answered. It may answer yes."""
    with telling(OperatorRefused):
        show(do_at(state, county, LEDGER, "cancel_prepared", transfer), json)


def reconcile(
    peer: Annotated[str | None, typer.Argument(help="One county; left out: all that are active.")] = None,
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Compare our book with the other counties' now. `reconciliations` shows how it ended, seconds later."""
    with telling(OperatorRefused):
        show(do_at(state, county, LEDGER, "reconcile", peer), json)


def reconciliations(state: State = None, county: County = None, json: Json = False) -> None:
    """How the last comparison with each county ended."""
    with telling(OperatorRefused):
        show(ask_each(state, county, LEDGER, "list_reconciliations"), json)


def disputes(state: State = None, county: County = None, json: Json = False) -> None:
    """Differences between our book and another county's that nobody has settled."""
    with telling(OperatorRefused):
        show(ask_each(state, county, LEDGER, "list_disputes"), json)


def proof(
    peer: Peer,
    sender: Annotated[str, typer.Argument(help="Whose message: our county or the peer.")],
    number: Annotated[int, typer.Argument(min=1, help="The message's number, as `disputes` shows it.")],
    state: State = None,
    county: County = None,
) -> None:
    """Write the signed message with this number: what anybody with the sender's public key can check."""
    with telling(OperatorRefused):
        found = ask_each(state, county, LEDGER, "signed_message", peer, sender, number)
        for text in found.values():
            typer.echo(text)


def show(found: Any, as_json: bool) -> None:
    """Reads are by county, with a list of rows each; writes are one row or some."""
    if as_json:
        write_json(found)
        return
    console = Console(soft_wrap=True)
    by_county = found if isinstance(found, dict) and _is_by_county(found) else {"": found}
    for county, rows in by_county.items():
        for row in rows if isinstance(rows, list) else [rows]:
            place = f"{county}: " if county else ""
            console.print(place + ", ".join(f"{name} {value}" for name, value in row.items()), markup=False)
        if rows == []:
            console.print(f"{county}: none" if county else "none")


def _is_by_county(found: dict[str, Any]) -> bool:
    return all(isinstance(rows, list) for rows in found.values())
