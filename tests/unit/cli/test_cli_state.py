import os
import subprocess
import sys
from pathlib import Path

import pytest

from byttebank.cli.state import StateRefused, counties_in, holding, is_in_use

HOLD = """
import sys, time
from pathlib import Path
from byttebank.cli.state import holding
with holding(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_folder_is_made_and_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state"
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(state)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    assert is_in_use(state)
    with pytest.raises(StateRefused, match=f"in use by process {other.pid}.*--state"), holding(state):
        pass
    other.kill()
    other.wait()
    other.stdout.close()
    assert not is_in_use(state)
    with holding(state):
        assert (state / "lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_held_before_is_free_again(tmp_path: Path) -> None:
    with holding(tmp_path):
        pass
    with holding(tmp_path):
        pass


def test_what_is_no_folder_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with (
            pytest.raises(StateRefused, match=r"is not a folder\. Choose another with --state\."),
            holding(path),
        ):
            pass


def test_a_folder_that_cannot_be_written_is_refused_with_a_remedy() -> None:
    with pytest.raises(StateRefused, match=r"cannot be written: .*--state"), holding(Path("/proc/byttebank")):
        pass


def test_counties_are_those_with_a_database(tmp_path: Path) -> None:
    for name in (
        "oslo/ledger.sqlite",
        "agder/directory.sqlite",
        "agder/ledger.sqlite",
        "empty/x",
        "broker.sqlite",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert counties_in(tmp_path) == ["agder", "oslo"]
    assert counties_in(tmp_path / "nowhere") == []
