"""What `byttebank rounds solve` says of a path that is no file it can read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byttebank.cli.exits import USAGE
from byttebank.cli.rounds import rounds_app


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "There is no file "),
        ("directory", "is a directory; name a file in it."),
        ("pipe", "is no regular file; write what comes through it to one, and name that."),
    ],
)
def test_a_path_that_is_no_file_is_refused_with_what_to_do(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    result = CliRunner().invoke(rounds_app, ["solve", str(tmp_path / name)])
    assert (result.exit_code, said in result.output) == (USAGE, True)


def test_a_round_is_solved_without_loading_what_a_node_needs() -> None:
    """The seconds of a round are counted from the start of the command."""
    look = (
        "import sys; sys.argv = ['byttebank', 'rounds', 'solve'];"
        "import byttebank.__main__;"
        "print(sorted({'eventlet', 'flask', 'nameko', 'numpy', 'sqlalchemy'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
