"""Which nodes a command is about: those of a state folder, or the one that the environment describes."""

import os
from pathlib import Path

from byttebank.cli.state import StateRefused, counties_in
from byttebank.config import Configuration, read_configuration
from byttebank.messaging.runner import configure


def configurations(state_dir: Path | None) -> list[Configuration]:
    """The configurations of the nodes, at least one.

    Refuses: `StateRefused` for a folder without counties; `ConfigurationWrong` for a bad environment.
    """
    if state_dir is None:
        return [read_configuration(os.environ)]
    counties = counties_in(state_dir)
    if not counties:
        raise StateRefused(f"{state_dir} holds no counties. `byttebank up --state {state_dir}` makes them.")
    return [configure(state_dir, county) for county in counties]


def nodes_of(state_dir: Path | None, county: str | None) -> list[Configuration]:
    """As `configurations`, the county's alone if one is named. Refuses: also `StateRefused` for another."""
    nodes = configurations(state_dir)
    if county is None:
        return nodes
    found = [node for node in nodes if node.county == county]
    if not found:
        names = ", ".join(node.county for node in nodes)
        raise StateRefused(f"There is no node of {county} here, only of {names}.")
    return found


def one_node(state_dir: Path | None, county: str | None) -> Configuration:
    """The one node that is meant. Refuses: as `nodes_of`; `StateRefused` for several."""
    nodes = nodes_of(state_dir, county)
    if len(nodes) > 1:
        names = ", ".join(node.county for node in nodes)
        raise StateRefused(f"Say with --county which of {names} you mean.")
    return nodes[0]
