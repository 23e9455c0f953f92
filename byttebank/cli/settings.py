"""`byttebank directory settings`: the county's own settings, from a file."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from byttebank.cli.exits import telling, write_json
from byttebank.cli.nodes import one_node
from byttebank.cli.operating import OperatorRefused, ask_each, do_at
from byttebank.contracts.county_settings import County

DIRECTORY = "directory"


class SettingsRefused(Exception):
    """The file cannot be used. The message says why."""


def settings_command(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="As deploy/county.toml.example; left out: what is set now."),
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    county: Annotated[
        str | None, typer.Option("--county", help="The county whose node is meant, where there are several.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """Set what the county is called, its limit, neighbours and time zone, and bring in the shared skills.

    Exactly what the file says holds afterwards, and the services hear of it; said again nothing changes.
    """
    with telling(OperatorRefused, SettingsRefused):
        node = one_node(state, county)
        if file is None:
            settings = ask_each(state, node.county, DIRECTORY, "county")[node.county]
        else:
            wanted = {"slug": node.county, **_read(file)}
            settings = do_at(state, node.county, DIRECTORY, "set_up_county", wanted)
        if json:
            write_json(settings)
        else:
            for name, value in settings.items():
                typer.echo(f"{name} = {value}")


def _read(file: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsRefused(f"{file} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"{file} is not TOML: {error}.") from error
    unknown = sorted(set(found) - set(County().fields))
    if unknown:
        raise SettingsRefused(f"{file}: {', '.join(unknown)} is no setting of a county.")
    return found
