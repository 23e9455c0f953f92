"""What a county's gateway must know to serve people, and what its demonstration shows."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from byttebank.clock import local_date
from byttebank.storage.work import TIME_ZONE, Database


def run_here(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run it where we are. A process full of greenlets passes something that uses a real thread."""
    return function(*arguments)


@dataclass(frozen=True)
class SignIn:
    """A ready-made sign-in of the demonstration, shown with its password."""

    county: str
    """The county's slug."""
    library: str
    """The library's short name, as people say it."""
    name: str
    role: str
    email: str
    password: str


SIGN_INS_FILE = "sign-ins.json"
"""In the county's state folder, in the demonstration only."""


def write_sign_ins(path: Path, sign_ins: Sequence[SignIn]) -> None:
    """The demonstration's sign-ins are in the file, for the gateway to show whenever it starts."""
    path.write_text(json.dumps([asdict(one) for one in sign_ins], ensure_ascii=False, indent=1), "utf-8")


def read_sign_ins(path: Path) -> list[SignIn]:
    """The sign-ins of a file made by `write_sign_ins`; none when there is no file."""
    if not path.exists():
        return []
    return [SignIn(**one) for one in json.loads(path.read_text("utf-8"))]


@dataclass(frozen=True)
class FrontCounty:
    """A county as the front page lists it. `path` ends with a slash: `/innlandet/`."""

    slug: str
    name: str
    path: str


@dataclass(frozen=True)
class GatewaySettings:
    """One county's gateway.

    `prefix` is the path the application is mounted under (`/innlandet`, or empty for the root); whoever
    mounts it sets SCRIPT_NAME. `public_url` is the address people use and decides how the cookie is kept.
    `run_in_thread` runs CPU-heavy work (password hashing) without stopping the others; `pause` waits for
    so many seconds, as other services hear of what was just written by event. `waiting_links()`: the counties
    to which messages wait because the link is down, since when.
    """

    county: str
    prefix: str
    public_url: str
    is_demo: bool
    database: Database = field(repr=False)
    secret_key: bytes = field(repr=False)
    sign_ins: Sequence[SignIn] = ()
    run_in_thread: Callable[..., Any] = run_here
    pause: Callable[[float], None] = time.sleep
    waiting_links: Callable[[], Mapping[str, datetime]] = dict
    time_zone: str = TIME_ZONE

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def cookie_name(self) -> str:
        """`__Host-` ties the cookie to the host and to TLS; browsers accept it over https only."""
        return f"__Host-byttebank-{self.county}" if self.is_https else f"byttebank-{self.county}"

    @property
    def cookie_path(self) -> str:
        return "/" if self.is_https else self.prefix or "/"

    def today(self) -> date:
        """The plain date where the county is."""
        return local_date(self.database.clock.now(), self.time_zone)
