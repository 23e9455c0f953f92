"""`byttebank rounds list|show|run`: a county's own rounds, beside `solve`, which needs no county."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, telling, write_json
from byttebank.cli.nodes import configurations
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.cli.state import StateRefused
from byttebank.contracts.matching_rounds import MAX_DAYS_EACH
from byttebank.federation.keys import SigningKey, load_signing_key
from byttebank.identifiers import new_id

MATCHING = "matching"

State = Annotated[
    Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
]
County = Annotated[
    str | None, typer.Option("--county", help="The county whose node is meant, where there are several.")
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON.")]
Round = Annotated[str, typer.Argument(metavar="ROUND", help="The round's id, as `list` says it.")]


def add_county_commands(rounds_app: typer.Typer) -> None:
    """`byttebank rounds` has the commands for a county's own rounds."""
    for name, command in (("list", list_rounds), ("show", show), ("run", run)):
        rounds_app.command(name, epilog=EXIT_CODES)(command)


def list_rounds(state: State = None, county: County = None, json: Json = False) -> None:
    """Rounds of each county, the newest first: stage, days served, the most that is possible."""
    with telling(OperatorRefused):
        found = ask_each(state, county, MATCHING, "matching_rounds", 100)
        if json:
            write_json(found)
        else:
            _print(found)


def show(
    round_id: Round,
    state: State = None,
    county: County = None,
    instance: Annotated[
        bool, typer.Option("--instance", help="Write only the input, which `byttebank rounds solve` reads.")
    ] = False,
    json: Json = False,
) -> None:
    """One round: who would help whom, who gets no help and why, and the hashes of input and plan."""
    with telling(OperatorRefused):
        if instance:
            for text in ask_each(state, county, MATCHING, "matching_round_input", round_id).values():
                typer.echo(text, nl=False)
            return
        found = ask_each(state, county, MATCHING, "matching_round", round_id)
        if json:
            write_json(found)
            return
        _print({slug: [one] for slug, one in found.items()})
        for one in found.values():
            _print_plan(one)


def run(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the county library calls it.")],
    first_on: Annotated[str, typer.Option("--from", metavar="DATE", help="First day, YYYY-MM-DD.")],
    last_on: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day, YYYY-MM-DD.")],
    reply_by_on: Annotated[
        str, typer.Option("--reply-by", metavar="DATE", help="Last day to answer the proposals, YYYY-MM-DD.")
    ],
    days_each: Annotated[
        int, typer.Option("--days-each", min=1, max=MAX_DAYS_EACH, help="The most days of one colleague.")
    ] = 5,
    others: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="COUNTY", help="Hold it together with this county; may be repeated."),
    ] = None,
    state: State = None,
    county: County = None,
    json: Json = False,
) -> None:
    """Begin a round. The running services gather and compute it; `show` says how it goes.

    Nothing is sent to anybody: the county library looks it over and sends it from its pages.
    """
    document = {
        "id": new_id(),
        "name": name,
        "first_on": first_on,
        "last_on": last_on,
        "reply_by_on": reply_by_on,
        "days_each": days_each,
        "counties": others or [],
    }
    actor = {"person_id": new_id(), "library_id": new_id(), "role": "operator", "name": "byttebank rounds"}
    with telling(OperatorRefused):
        key = _signing_key(state, county) if others else None
        begun = do_at(state, county, MATCHING, "create_matching_round", document, actor, key)
        if json:
            write_json(begun)
        else:
            _print({county or "": [begun]})


def _signing_key(state: Path | None, county: str | None) -> SigningKey:
    """The key with which the node invites others. Refuses: StateRefused, when several could be meant."""
    nodes = [one for one in configurations(state) if county in (None, one.county)]
    if len(nodes) != 1:
        names = ", ".join(one.county for one in configurations(state))
        raise StateRefused(f"Say with --county which of {names} you mean.")
    return load_signing_key(nodes[0].signing_key_file)


def _print(found: dict[str, list[dict[str, Any]]]) -> None:
    console = Console(soft_wrap=True)
    for county, rounds in found.items():
        where = f"{county}: " if county else ""
        for one in rounds:
            line = f"{where}{one['id']} {one['stage']}, {one['first_on']} to {one['last_on']}, {one['name']}"
            if one["days_served"] is not None:
                line += f", {one['days_served']} of {one['days_wanted']} days, at most {one['bound']}"
            console.print(line, markup=False)
        if not rounds:
            console.print(f"{where}no rounds", markup=False)


def _print_plan(one: dict[str, Any]) -> None:
    console = Console(soft_wrap=True)
    if one["refusal"]:
        console.print(f"  nothing to compute: {one['refusal']['code']}", markup=False)
    for other in one["counties"]:
        why = f" ({other['reason']})" if other["reason"] else ""
        console.print(f"  {other['county']}: {other['state']}{why}", markup=False)
    for match in one["matches"]:
        parties = f"{match['lender_library_name']} helps {match['host_library_name']}"
        state = match["engagement_state"] or match["state"]
        console.print(f"  {parties} on {', '.join(match['dates'])}: {state}", markup=False)
    for left in one["unmet"]:
        console.print(
            f"  {left['library_name']} lacks {left['half_days']} half-days: {left['reason']}", markup=False
        )
    for what in ("input", "plan"):
        if one[f"{what}_hash"]:
            console.print(f"  {what} {one[f'{what}_hash']}", markup=False)
