"""`byttebank rounds ...`: a round from a file, and the rounds of a county."""

import typer

from byttebank.cli.county_rounds import add_county_commands
from byttebank.cli.solving import add_solve_command

rounds_app = typer.Typer(help="Rounds of matching: all needs seen together.", no_args_is_help=True)
add_solve_command(rounds_app)
add_county_commands(rounds_app)
