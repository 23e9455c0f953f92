"""The console script `byttebank`, also as `python -m byttebank`."""

# eventlet replaces blocking calls everywhere; that works only before anything else has been imported.
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

from byttebank.cli import app  # noqa: E402


def main() -> None:
    """Run the command line; ends the process."""
    app(prog_name="byttebank")


if __name__ == "__main__":
    main()
