"""`byttebank up`, with a clock that begins where the tests say and is moved by them.

    python clocked_up.py FILE up --state ...

FILE holds seconds to add to the machine's clock. It is read whenever somebody asks for the time, so the day
of an engagement can come. Nothing else differs from what `make run` runs.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from byttebank.__main__ import main
from byttebank.clock import SystemClock


def move_clock(path: Path) -> None:
    """From here on the machine's clock is off by what the file says."""

    def now(_clock: SystemClock) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(path.read_text(encoding="ascii")))

    SystemClock.now = now  # type: ignore[method-assign]


if __name__ == "__main__":
    move_clock(Path(sys.argv.pop(1)))
    main()
