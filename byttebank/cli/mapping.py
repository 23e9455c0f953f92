"""`byttebank directory mapping`: which skills exist, are wanted and are missing."""

import csv
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.exits import telling, write_json
from byttebank.cli.operating import OperatorRefused, ask_each

DIRECTORY = "directory"
HEADING = ("county", "municipality_code", "municipality", "skill", "name", "exists", "wanted", "missing")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(StrEnum):
    """How it is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def mapping_command(
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    county: Annotated[
        str | None, typer.Option("--county", help="The county that is mapped; left out: all of them.")
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", help="text, json, or csv for a spreadsheet.")
    ] = Format.TEXT,
) -> None:
    """Show which skills exist, are wanted and are missing, by municipality. Nobody is named."""
    with telling(OperatorRefused):
        mapped = ask_each(state, county, DIRECTORY, "mapping")
        if form is Format.JSON:
            write_json(mapped)
        elif form is Format.CSV:
            names = ask_each(state, county, DIRECTORY, "list_skills")
            write_rows(mapped, {one["code"]: one["names"]["nb"] for rows in names.values() for one in rows})
        else:
            _show(mapped)


def write_rows(mapped: dict[str, Any], names: dict[str, str]) -> None:
    """A row for each place and skill that exists or is wanted there, to stdout; `;` and no formulas."""
    sys.stdout.write("\ufeff")
    table = csv.writer(sys.stdout, delimiter=";", lineterminator="\r\n")
    table.writerow(HEADING)
    for county, found in mapped.items():
        for place in found["places"]:
            for code in sorted({*place["exist"], *place["wanted"]}):
                said = [code in place[what] for what in ("exist", "wanted", "missing")]
                about = (county, place["municipality_code"] or "", place["name"], code, names.get(code, code))
                table.writerow([*map(_cell, about), *(int(one) for one in said)])


def _cell(text: str) -> str:
    """What a spreadsheet would take for a formula is text."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _show(mapped: dict[str, Any]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for found in mapped.values():
        for place in found["places"]:
            missing = ", ".join(place["missing"]) or "nothing"
            said = f"{len(place['exist'])} skills exist, {missing} missing"
            is_known = place["exist"] or place["missing"]
            console.print(f"{place['name']}: {said if is_known else 'nothing is known'}", markup=False)
