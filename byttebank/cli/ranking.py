"""`byttebank ranking`: what the parts of a candidate's score weigh in a county."""

from pathlib import Path
from typing import Annotated, Any

import typer

from byttebank.cli.exits import EXIT_CODES, telling, write_json
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.identifiers import new_id

MATCHING = "matching"
ranking_app = typer.Typer(help="Who comes first among those who could help.", no_args_is_help=True)

State = Annotated[
    Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
]
County = Annotated[
    str | None, typer.Option("--county", help="The county whose node is meant, where there are several.")
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]


@ranking_app.command(epilog=EXIT_CODES)
def show(
    version: Annotated[
        int | None,
        typer.Option("--version", min=0, help="An earlier version; left out: the one that counts."),
    ] = None,
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """The weights, as docs/ranking.md names them."""
    with telling(OperatorRefused):
        found = ask_each(state, county, MATCHING, "ranking_weights", version)
        if json:
            write_json(found)
            return
        for slug, weights in found.items():
            _print(slug, weights)


@ranking_app.command("set", epilog=EXIT_CODES)
def set_weights(
    weights: Annotated[list[str], typer.Argument(metavar="NAME=POINTS...", help="Weights to change.")],
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Change weights. It is a new version from now on; scores shown earlier are explained by theirs."""
    points = {}
    for one in weights:
        name, is_given, value = one.partition("=")
        if not is_given or not value.isdecimal():
            raise typer.BadParameter(f"{one} is not NAME=POINTS, such as first_visit=20.")
        points[name] = int(value)
    actor = {"person_id": new_id(), "library_id": new_id(), "role": "operator", "name": "byttebank ranking"}
    with telling(OperatorRefused):
        found = do_at(state, county, MATCHING, "set_ranking_weights", points, actor)
        if json:
            write_json(found)
        else:
            _print(county or "", found)


def _print(county: str, weights: dict[str, Any]) -> None:
    points = ", ".join(f"{name} {value}" for name, value in weights.items() if name != "version")
    where = f"{county}: " if county else ""
    typer.echo(f"{where}version {weights['version']}, {points}")
