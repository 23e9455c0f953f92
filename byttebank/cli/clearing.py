"""`byttebank clearing ...`: rounds in which what counties owe each other in rings is struck out."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, telling, write_json
from byttebank.cli.nodes import one_node
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.federation.keys import load_signing_key
from byttebank.identifiers import new_id

LEDGER = "ledger"

State = Annotated[
    Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
]
County = Annotated[
    str | None, typer.Option("--county", help="The county whose node is meant, where there are several.")
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]
Round = Annotated[str, typer.Argument(help="The round's id, as `show` says it.")]

clearing_app = typer.Typer(
    help="Owing in a ring between counties, struck out.", no_args_is_help=True, epilog=EXIT_CODES
)


@clearing_app.command(epilog=EXIT_CODES)
def show(
    round_id: Annotated[str | None, typer.Argument(metavar="ROUND", help="One; left out: all.")] = None,
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """What rounds have come to: stage, what was struck out, which rings."""
    with telling(OperatorRefused):
        if round_id is None:
            found = ask_each(state, county, LEDGER, "clearing_rounds", 100)
        else:
            found = {
                slug: [one]
                for slug, one in ask_each(state, county, LEDGER, "clearing_round", round_id).items()
            }
        if json:
            write_json(found)
        else:
            _print(found)


@clearing_app.command(epilog=EXIT_CODES)
def run(state: State = None, county: County = None, json: Json = False) -> None:
    """Propose a round to every other county; the services do the rest. `show` says how it goes."""
    _act(state, county, "propose_clearing", new_id(), json)


@clearing_app.command(epilog=EXIT_CODES)
def close(round_id: Round, state: State = None, county: County = None, json: Json = False) -> None:
    """Ask the others to end a round whose coordinator is silent, from a day after it began."""
    _act(state, county, "close_clearing", round_id, json)


@clearing_app.command(epilog=EXIT_CODES)
def documents(round_id: Round, state: State = None, county: County = None) -> None:
    """Write the signed documents of a round, a line each; with the counties' keys anybody can check them."""
    with telling(OperatorRefused):
        for found in ask_each(state, county, LEDGER, "clearing_evidence", round_id).values():
            for one in found:
                typer.echo(one["document"])


def _act(state: Path | None, county: str | None, operation: str, round_id: str, as_json: bool) -> None:
    """One act, signed with the node's key on behalf of its operator."""
    with telling(OperatorRefused):
        node = one_node(state, county)
        key = load_signing_key(node.signing_key_file)
        actor = {
            "person_id": new_id(),
            "library_id": new_id(),
            "role": "operator",
            "name": "byttebank clearing",
        }
        done = do_at(state, node.county, LEDGER, operation, key, round_id, actor)
        if as_json:
            write_json(done)
        else:
            _print({node.county: [done]})


def _print(found: dict[str, list[dict[str, Any]]]) -> None:
    console = Console(soft_wrap=True)
    for county, rounds in found.items():
        for one in rounds:
            struck_out = f"{one['cleared_half_days']} of {one['owed_half_days']} half-days struck out"
            line = f"{county}: {one['id']} {one['stage']}, by {one['coordinator']}, {struck_out}"
            console.print(line, markup=False)
            for ring in one["rings"]:
                way = " > ".join([*ring["counties"], ring["counties"][0]])
                console.print(f"  {ring['half_days']}: {way}", markup=False)
            for sentence in one["contradictions"]:
                console.print(f"  {sentence}", markup=False)
        if not rounds:
            console.print(f"{county}: no rounds", markup=False)
