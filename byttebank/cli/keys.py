"""`byttebank keys ...`: which keys counties sign with, and going over to a new one."""

from pathlib import Path
from typing import Annotated

import typer

from byttebank.cli.exchange import DIRECTORY, County, Json, State, show
from byttebank.cli.exits import EXIT_CODES, telling
from byttebank.cli.nodes import one_node
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.clock import SystemClock, format_time
from byttebank.config import Configuration
from byttebank.federation.document import MAX_OCTETS
from byttebank.federation.errors import EnvelopeError
from byttebank.federation.keys import (
    fingerprint,
    generate_signing_key,
    load_signing_key,
    save_signing_key,
)
from byttebank.federation.rotation import sign_rotation

keys_app = typer.Typer(help="The keys that counties sign with.", no_args_is_help=True)


class StatementRefused(Exception):
    """The statement cannot be read or written. The message says why."""


@keys_app.command("list", epilog=EXIT_CODES)
def list_keys(state: State = None, county: County = None, json: Json = False) -> None:
    """Our key, and every key of the counties that we exchange with: fingerprints to compare by telephone."""
    with telling(OperatorRefused):
        found = ask_each(state, county, DIRECTORY, "list_keys")
        for own in found:
            key = load_signing_key(one_node(state, own).signing_key_file).public_key
            found[own].insert(
                0,
                {
                    "county": own,
                    "key_id": key.key_id,
                    "fingerprint": fingerprint(key),
                    "public_key": key.text,
                    "valid_from_at": None,
                },
            )
        show(found, json)


@keys_app.command(epilog=EXIT_CODES)
def rotate(
    statement: Annotated[Path, typer.Argument(help="New file for what the other counties are to be sent.")],
    state: State = None,
    county: County = None,
) -> None:
    """Make the next key beside ours, and a statement signed with ours that the other counties can believe.

    We sign with the old key until the next one has taken the place of its file and the node was started
    again: do so when every county has accepted the statement. Not for a key that somebody has stolen.
    """
    with telling(StatementRefused):
        node = one_node(state, county)
        key, next_file = load_signing_key(node.signing_key_file), _next_file(node)
        now = SystemClock().now()
        new_key = generate_signing_key()
        octets = sign_rotation(
            node.county, old_key=key, new_key=new_key.public_key, valid_from=now, created_at=now
        )
        try:
            with statement.open("xb") as file:
                file.write(octets)
        except OSError as error:
            raise StatementRefused(f"{statement} cannot be written: {error.strerror}.") from error
        try:
            save_signing_key(new_key, next_file)
        except BaseException:
            statement.unlink()
            raise
        typer.echo(f"New key {new_key.key_id} in {next_file}, from {format_time(now)}.")
        typer.echo(f"Fingerprint: {fingerprint(new_key.public_key)}.")
        typer.echo(f"1. Send {statement} to every county; there: byttebank keys accept FILE.")
        typer.echo("2. When all have: stop the node, keep the old key's file under another name, and give")
        typer.echo(f"   {next_file.name} the name {node.signing_key_file.name}. Start the node.")


@keys_app.command(epilog=EXIT_CODES)
def accept(
    statement: Annotated[Path, typer.Argument(help="The file that the other county has sent.")],
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Take another county's next key, signed with the one that we know. Said again nothing changes.

    Refused for a county that is frozen: who has stolen a key can sign for a next one. `byttebank peers add`
    takes a key after a telephone call.
    """
    with telling(OperatorRefused, EnvelopeError, StatementRefused):
        try:
            with statement.open("rb") as file:
                octets = file.read(MAX_OCTETS + 1)
        except OSError as error:
            raise StatementRefused(f"{statement} cannot be read: {error.strerror}.") from error
        show(do_at(state, county, DIRECTORY, "accept_rotation", octets), json)


def _next_file(node: Configuration) -> Path:
    path = node.signing_key_file
    return path.with_name(f"{path.stem}-next{path.suffix}")
