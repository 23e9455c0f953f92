"""`byttebank users ...`: who may sign in at the node. Libraries' own people come by their invitation."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from byttebank.cli.exchange import County, Json, State, show
from byttebank.cli.exits import EXIT_CODES, telling
from byttebank.cli.nodes import one_node
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.config import read_secret
from byttebank.messaging.containers import GATEWAY

DIRECTORY = "directory"

Email = Annotated[str, typer.Argument(help="The address that is signed in with.")]
PasswordFile = Annotated[
    Path, typer.Option("--password-file", help="File whose first line is the password: 8 characters or more.")
]

users_app = typer.Typer(help="The accounts that people sign in with.", no_args_is_help=True)


@users_app.command("list", epilog=EXIT_CODES)
def list_users(state: State = None, county: County = None, json: Json = False) -> None:
    """Every account: address, name, role, library, and whether it is disabled."""
    with telling(OperatorRefused):
        show(ask_each(state, county, GATEWAY, "list_users"), json)


@users_app.command(epilog=EXIT_CODES)
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="The person's name.")],
    library: Annotated[str, typer.Option("--library", help="The county library: its number or id.")],
    password_file: PasswordFile,
    role: Annotated[
        str, typer.Option("--role", help="county: the county library. operator: of the node.")
    ] = "county",
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Make an account for the county library or the node's operator. Libraries' people are invited."""
    with telling(OperatorRefused, _account_wrong()):
        node = one_node(state, county)
        own = do_at(state, node.county, DIRECTORY, "get_library", library)
        arguments = (email, name, role, own["id"], _hash(password_file))
        show(do_at(state, node.county, GATEWAY, "add_caretaker", *arguments), json)


@users_app.command(epilog=EXIT_CODES)
def disable(email: Email, state: State = None, county: County = None, json: Json = False) -> None:
    """The account can no longer sign in: whoever is signed in with it is out at once, its tokens are void."""
    with telling(OperatorRefused, _account_wrong()):
        show(do_at(state, county, GATEWAY, "disable_user", email), json)


@users_app.command(epilog=EXIT_CODES)
def enable(email: Email, state: State = None, county: County = None, json: Json = False) -> None:
    """The account can sign in again, with the password it had."""
    with telling(OperatorRefused, _account_wrong()):
        show(do_at(state, county, GATEWAY, "enable_user", email), json)


@users_app.command(epilog=EXIT_CODES)
def reset(
    email: Email,
    password_file: PasswordFile,
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Give the account another password. Whoever is signed in with it is out, and its tokens are void."""
    with telling(OperatorRefused, _account_wrong()):
        show(do_at(state, county, GATEWAY, "set_password", email, _hash(password_file)), json)


def _accounts() -> Any:
    # By name: the command line imports no process.
    return import_module(f"{GATEWAY}.accounts")


def _account_wrong() -> type[Exception]:
    wrong: type[Exception] = _accounts().AccountWrong
    return wrong


def _hash(password_file: Path) -> str:
    found: str = _accounts().hash_password(read_secret(password_file))
    return found
