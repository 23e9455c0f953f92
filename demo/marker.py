"""What the state folder remembers of the loading, so that it can be stopped at any moment and go on later."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from byttebank.clock import format_time, parse_time

FILE_NAME = "demo.json"


class StateUnusable(Exception):
    """The state folder holds no demonstration that can be gone on with. The message says what to do."""


@dataclass(frozen=True)
class Marker:
    """When the loading began; everything dated in the demonstration counts from there."""

    loaded_at: datetime
    is_complete: bool


def read_marker(state_dir: Path) -> Marker | None:
    """The marker, or None before the first loading. Refuses: `StateUnusable` for a file that is no marker."""
    path = state_dir / FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Marker(parse_time(content["loaded_at"]), content["is_complete"] is True)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateUnusable(
            f"{path} cannot be read as the demonstration's marker ({error})."
            " Delete the state folder to begin again."
        ) from error


def write_marker(state_dir: Path, marker: Marker) -> None:
    """The marker is in the folder, whole, also after a power cut.

    Refuses: `StateUnusable` when the folder cannot be made or written.
    """
    path = state_dir / FILE_NAME
    temporary = path.with_suffix(".json.new")
    content = {"loaded_at": format_time(marker.loaded_at), "is_complete": marker.is_complete}
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StateUnusable(
            f"The state folder {state_dir} cannot be written: {error.strerror}. Choose another with --state."
        ) from error
