"""The command's options and its help. What the commands do is in the modules beside this one."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from byttebank.cli.bench import bench_app
from byttebank.cli.clearing import clearing_app
from byttebank.cli.directory import directory_app
from byttebank.cli.doctor import examine
from byttebank.cli.evidence import add_evidence_command, verify_files
from byttebank.cli.exchange import add_ledger_commands, peers_app
from byttebank.cli.exits import EXIT_CODES, telling
from byttebank.cli.init import Output, initialise
from byttebank.cli.keys import keys_app
from byttebank.cli.ledger import verify_books
from byttebank.cli.messages import NoSuchMessage, list_parked, redrive, show
from byttebank.cli.migrate import migrate_all
from byttebank.cli.opening import add_opening_command
from byttebank.cli.outbox import outbox_app
from byttebank.cli.ranking import ranking_app
from byttebank.cli.rounds import rounds_app
from byttebank.cli.run import run_service
from byttebank.cli.up import Wishes, serve
from byttebank.cli.users import users_app
from byttebank.cli.vandring import vandring_app
from byttebank.config import LOG_LEVELS

DEFAULT_STATE = Path(".state")
DEFAULT_PORT = 8000

app = typer.Typer(
    name="byttebank",
    help="A bank of workdays between libraries, federated by county.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

messages_app = typer.Typer(help="Messages that could not be used.", no_args_is_help=True)
app.add_typer(messages_app, name="messages")
app.add_typer(outbox_app, name="outbox")

ledger_app = typer.Typer(help="The books of days.", no_args_is_help=True)
add_ledger_commands(ledger_app)
add_opening_command(ledger_app)
add_evidence_command(ledger_app)
app.add_typer(ledger_app, name="ledger")
app.add_typer(peers_app, name="peers")
app.add_typer(keys_app, name="keys")
app.add_typer(users_app, name="users")
app.add_typer(directory_app, name="directory")
app.add_typer(clearing_app, name="clearing")
app.add_typer(bench_app, name="bench")
app.add_typer(ranking_app, name="ranking")
app.add_typer(rounds_app, name="rounds")
app.add_typer(vandring_app, name="vandring")

State = Annotated[Path, typer.Option("--state", help="Folder with everything the federation keeps.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the pages; 0 takes a free one.")]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]


@app.command(epilog=EXIT_CODES)
def up(
    state: State = DEFAULT_STATE,
    port: Port = DEFAULT_PORT,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    county: Annotated[
        list[str] | None,
        typer.Option(
            "--county", "--counties", help="A county to run, or several with commas; all if left out."
        ),
    ] = None,
    metrics_port: Annotated[
        int, typer.Option("--metrics-port", min=-1, max=65535, help="Port of /metrics; 0 any, -1 none.")
    ] = 0,
    log_level: Annotated[
        str,
        typer.Option(
            "--log-level",
            help=f"One of {', '.join(LOG_LEVELS)}. Left out: WARNING on a terminal, else INFO.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Run the demonstration federation: all counties in this process, until Ctrl-C.

    The first time it is loaded with its libraries and people; what happens after that is kept in the state
    folder.
    """
    log_level = log_level or ("WARNING" if sys.stderr.isatty() else "INFO")
    if log_level.upper() not in LOG_LEVELS:
        raise typer.BadParameter(f"must be one of {', '.join(LOG_LEVELS)}", param_hint="--log-level")
    wanted = [slug.strip() for entry in county or [] for slug in entry.split(",") if slug.strip()]
    wishes = Wishes(
        state_dir=state,
        host=host,
        port=port,
        counties=wanted,
        metrics_port=None if metrics_port < 0 else metrics_port,
        log_level=log_level.upper(),
    )
    serve(wishes)


@app.command(epilog=EXIT_CODES)
def migrate(
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    json: Json = False,
) -> None:
    """Bring every database to the version of this release.

    Without --state it is the node that the environment describes (deploy/county.env.example).
    """
    with telling():
        migrate_all(state, as_json=json)


@app.command(epilog=EXIT_CODES)
def doctor(
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Port that should be free.")
    ] = None,
    json: Json = False,
) -> None:
    """Look for what would keep it from running, and say what to do. Changes nothing."""
    with telling():
        raise typer.Exit(examine(state, port, as_json=json))


@app.command(epilog=EXIT_CODES)
def run(
    service: Annotated[str, typer.Argument(help="directory, ledger, matching, notify or gateway.")],
) -> None:
    """Run one service of the node that the environment describes, on RabbitMQ, until SIGTERM or Ctrl-C.

    Any number of copies of each may run. deploy/county.env.example lists the settings.
    """
    raise typer.Exit(run_service(service))


@app.command(epilog=EXIT_CODES)
def init(
    only_print: Annotated[
        bool, typer.Option("--print", help="Write the broker's definitions to stdout and change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Make what the node of the environment needs: its signing key, and its broker's queues, users and links.

    Done again it changes what is different. deploy/rabbitmq/README.md explains all of it.
    """
    with telling():
        initialise(Output.DEFINITIONS if only_print else Output.JSON if json else Output.TEXT)


@ledger_app.command(epilog=EXIT_CODES)
def verify(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Books that counties have exported as jsonl; left out: the node's own."),
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    json: Json = False,
) -> None:
    """Read every row of the books and say what is wrong with them. Changes nothing; the node may run.

    Files are checked alone and together, signatures included, without any database.
    """
    with telling():
        if files:
            raise typer.Exit(verify_files(files, as_json=json))
        raise typer.Exit(verify_books(state, as_json=json))


Node = Annotated[
    Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
]
Named = Annotated[str, typer.Argument(metavar="NAME", help="As `byttebank messages parked` names it.")]


@messages_app.command(epilog=EXIT_CODES)
def parked(state: Node = None, json: Json = False) -> None:
    """List what no service could use: from whom, since when, and why. Changes nothing; the node may run."""
    with telling():
        list_parked(state, as_json=json)


@messages_app.command("show", epilog=EXIT_CODES)
def show_parked(name: Named, state: Node = None) -> None:
    """Write the octets of a parked message as they came. They may be anything: look with `| less`."""
    with telling(NoSuchMessage):
        show(state, name)


@messages_app.command("redrive", epilog=EXIT_CODES)
def redrive_parked(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="As `byttebank messages parked` names them.")
    ] = None,
    state: Node = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every parked message.")] = False,
) -> None:
    """Have the running services try parked messages again, after what kept them from it was mended."""
    with telling(NoSuchMessage):
        redrive(state, names or [], all_of_them=all_of_them)
