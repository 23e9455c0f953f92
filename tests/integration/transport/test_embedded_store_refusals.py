"""A file that cannot be used is refused with what to do."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from byttebank.messaging.embedded import StoreRefused, start_broker


def test_a_second_broker_on_the_file_is_refused(start, path):
    start()
    script = (
        "import sys, pathlib\n"
        "from byttebank.messaging.embedded import start_broker\n"
        f"start_broker(pathlib.Path({str(path)!r}))\n"
    )
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "is in use by another broker. Stop that process" in second.stderr


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_text("not a database, but long enough to look like one" * 50), "backup"),
        (lambda path: sqlite3.connect(path).executescript("CREATE TABLE other (a)"), "another program's"),
        (lambda path: written_by_version(path, 2), "newer version .file version 2, known is 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(path, make, says):
    make(path)
    with pytest.raises(StoreRefused, match=says):
        start_broker(path)
    other = start_broker(path.with_name("other.sqlite"))
    other.close()


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(StoreRefused, match=r"is not a folder. Create it"):
        start_broker(tmp_path / "missing" / "broker.sqlite")


def test_a_file_that_may_not_be_written_is_refused(path):
    start_broker(path).close()
    database = sqlite3.connect(path)
    database.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreRefused, match="cannot be written"):
        start_broker(path)
    database.close()


def written_by_version(path: Path, version: int) -> None:
    start_broker(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {version}")
