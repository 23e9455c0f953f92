"""`byttebank vandring ...`: a county's vandring rounds as its operator sees them."""

from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.county_rounds import County, Json, Round, State
from byttebank.cli.exits import EXIT_CODES, telling, write_json
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.identifiers import new_id

MATCHING = "matching"

vandring_app = typer.Typer(
    help="Vandring rounds: every library visits one and is visited by one.", no_args_is_help=True
)


@vandring_app.callback()
def vandring() -> None:
    """Vandring rounds: every library visits one and is visited by one."""


@vandring_app.command("list", epilog=EXIT_CODES)
def list_rounds(state: State = None, county: County = None, json: Json = False) -> None:
    """Vandring rounds of each county, the newest first: stage, answers, visits."""
    with telling(OperatorRefused):
        found = ask_each(state, county, MATCHING, "vandring_rounds", 100)
        if json:
            write_json(found)
            return
        for slug, rounds in found.items():
            _print(slug, rounds)


@vandring_app.command(epilog=EXIT_CODES)
def show(round_id: Round, state: State = None, county: County = None, json: Json = False) -> None:
    """One round: who visits whom and how far it has come, who sits out and why."""
    with telling(OperatorRefused):
        found = ask_each(state, county, MATCHING, "vandring_round", round_id)
        if json:
            write_json(found)
            return
        for slug, one in found.items():
            _print(slug, [one])
            _print_plan(one)


@vandring_app.command(epilog=EXIT_CODES)
def plan(
    round_id: Round,
    state: State = None,
    county: Annotated[
        str | None, typer.Option("--county", help="The county whose node is meant, where there are several.")
    ] = None,
    json: Json = False,
) -> None:
    """Make the plan anew for those who have said yes. Nobody is told: the county library publishes it."""
    actor = {"person_id": new_id(), "library_id": new_id(), "role": "operator", "name": "byttebank vandring"}
    with telling(OperatorRefused):
        planned = do_at(state, county, MATCHING, "plan_vandring_round", round_id, actor)
        if json:
            write_json(planned)
        else:
            _print(county or "", [planned])
            _print_plan(planned)


def _print(county: str, rounds: list[dict[str, Any]]) -> None:
    console = Console(soft_wrap=True)
    where = f"{county}: " if county else ""
    for one in rounds:
        dates = f"{one['first_on']} to {one['last_on']}"
        counted = f"{one['yes_count']} of {one['invited_count']} take part, {one['visit_count']} visits"
        console.print(f"{where}{one['id']} {one['stage']}, {dates}, {one['name']}, {counted}", markup=False)
    if not rounds:
        console.print(f"{where}no vandring rounds", markup=False)


def _print_plan(one: dict[str, Any]) -> None:
    console = Console(soft_wrap=True)
    for visit in one["visits"]:
        way = "" if visit["distance_km"] is None else f", {visit['distance_km']} km"
        when = ", ".join(visit["dates"]) or f"week from {visit['week_on']}"
        state = visit["engagement_state"] or "no day yet"
        pair = f"{visit['visitor_library_name']} visits {visit['host_library_name']}"
        console.print(f"  {pair}{way}, {when}: {state}", markup=False)
    for library in one["libraries"]:
        if library["sits_out"]:
            console.print(f"  {library['library_name']} visits nobody: {library['sits_out']}", markup=False)
