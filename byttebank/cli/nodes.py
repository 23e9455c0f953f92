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
