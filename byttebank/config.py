"""A node's configuration: environment variables read once into one frozen object.

`deploy/county.env.example` documents each variable; `tests/architecture` compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from byttebank.identifiers import is_slug

PREFIX = "BYTTEBANK_"
SERVICES_WITH_DATABASE = ("directory", "ledger", "matching", "notify", "gateway")


class ConfigurationWrong(Exception):
    """The node cannot start with this configuration. The message names the variable and the remedy."""


@dataclass(frozen=True)
class Configuration:
    """One county's node. Addresses are `host:port`; secrets are files, never values."""

    county: str
    amqp_url: str = field(repr=False)
    state_dir: Path
    signing_key_file: Path
    database_urls: Mapping[str, str] = field(default_factory=dict)
    http_listen: str = "127.0.0.1:8000"
    metrics_listen: str = "127.0.0.1:9100"
    public_url: str = "http://localhost:8000"
    smtp_url: str = ""
    log_level: str = "INFO"
    is_demo: bool = False
    management_url: str = field(default="", repr=False)
    peers_file: Path | None = None
    keep_messages_days: int = 90
    """So long a service remembers which messages it has heard and told."""

    def database_url(self, service: str) -> str:
        """Where the service keeps its tables."""
        return self.database_urls[service]


VARIABLES = (
    "COUNTY",
    "AMQP_URL",
    "STATE_DIR",
    "SIGNING_KEY_FILE",
    *(f"{service.upper()}_DATABASE_URL" for service in SERVICES_WITH_DATABASE),
    "HTTP_LISTEN",
    "METRICS_LISTEN",
    "PUBLIC_URL",
    "SMTP_URL",
    "LOG_LEVEL",
    "AMQP_PASSWORD_FILE",
    "MANAGEMENT_URL",
    "MANAGEMENT_PASSWORD_FILE",
    "PEERS_FILE",
    "KEEP_MESSAGES_DAYS",
)
"""Every variable a node reads, without the prefix `BYTTEBANK_`."""

LEAST_DAYS_KEPT = 7
"""Copies of a message have come by then, unless a service stood still for as long."""
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def read_configuration(environment: Mapping[str, str]) -> Configuration:
    """The configuration in an environment such as `os.environ`.

    A database URL that is left out is a SQLite file in the state folder.
    Refuses: `ConfigurationWrong` for a missing, unknown or unreadable variable, naming it.
    """
    given = {
        name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX)
    }
    ours = {name: value for name, value in given.items() if not name.startswith("TEST_")}
    for name in sorted(set(ours) - set(VARIABLES)):
        raise ConfigurationWrong(f"{PREFIX}{name} is not a setting. Known: {', '.join(VARIABLES)}")
    state_dir = Path(_required(ours, "STATE_DIR"))
    return Configuration(
        county=_slug(ours, "COUNTY"),
        amqp_url=_with_password(
            ours, _url(ours, "AMQP_URL", ("amqp", "amqps", "embedded")), "AMQP_PASSWORD_FILE"
        ),
        state_dir=state_dir,
        signing_key_file=Path(ours.get("SIGNING_KEY_FILE") or state_dir / "signing-key.pem"),
        database_urls={
            service: ours.get(f"{service.upper()}_DATABASE_URL") or sqlite_url(state_dir, service)
            for service in SERVICES_WITH_DATABASE
        },
        http_listen=_address(ours, "HTTP_LISTEN", "127.0.0.1:8000"),
        metrics_listen=_address(ours, "METRICS_LISTEN", "127.0.0.1:9100"),
        public_url=_url(ours, "PUBLIC_URL", ("http", "https"), "http://localhost:8000").rstrip("/"),
        smtp_url=_url(ours, "SMTP_URL", ("smtp", "smtps"), "") if ours.get("SMTP_URL") else "",
        log_level=_choice(ours, "LOG_LEVEL", LOG_LEVELS, "INFO"),
        management_url=_with_password(
            ours,
            _url(ours, "MANAGEMENT_URL", ("http", "https")) if ours.get("MANAGEMENT_URL") else "",
            "MANAGEMENT_PASSWORD_FILE",
        ),
        peers_file=Path(ours["PEERS_FILE"]) if ours.get("PEERS_FILE") else None,
        keep_messages_days=_days(ours, "KEEP_MESSAGES_DAYS", 90, least=LEAST_DAYS_KEPT),
    )


def read_secret(path: Path) -> str:
    """The first line of a file with a password. Refuses: `ConfigurationWrong`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationWrong(f"The password in {path} cannot be read: {reason}.") from error
    if not lines or not lines[0].strip():
        raise ConfigurationWrong(f"{path} holds no password: its first line is empty.")
    return lines[0].strip()


def with_password(url: str, password: str) -> str:
    """The URL with this password for its user."""
    parts = urlsplit(url)
    user, _, address = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return parts._replace(netloc=f"{name}:{quote(password, safe='')}@{address}").geturl()


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    user, _, address = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return parts._replace(netloc=f"{name}@{address}" if name else address, query="").geturl()


def sqlite_url(folder: Path, service: str) -> str:
    """The URL of a service's SQLite file in a county's state folder."""
    return f"sqlite:///{folder / service}.sqlite"


def _with_password(given: Mapping[str, str], url: str, name: str) -> str:
    file = given.get(name, "").strip()
    if not file:
        return url
    if "@" not in urlsplit(url).netloc:
        raise ConfigurationWrong(
            f"{PREFIX}{name} is a user's password, but {PREFIX}{name.removesuffix('_PASSWORD_FILE')}_URL"
            " names no user."
        )
    return with_password(url, read_secret(Path(file)))


def _required(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "").strip()
    if not value:
        raise ConfigurationWrong(f"{PREFIX}{name} is missing. deploy/county.env.example shows what it takes.")
    return value


def _slug(given: Mapping[str, str], name: str) -> str:
    value = _required(given, name)
    if not is_slug(value):
        raise ConfigurationWrong(f"{PREFIX}{name}={value!r} is not a county's short name such as innlandet.")
    return value


def _url(given: Mapping[str, str], name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
    value = given.get(name, "").strip() or (default if default is not None else _required(given, name))
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.netloc:
        raise ConfigurationWrong(f"{PREFIX}{name} must be a URL that begins with {' or '.join(schemes)}://")
    return value


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(name, "").strip() or default
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise ConfigurationWrong(f"{PREFIX}{name}={value!r} is not an address such as 127.0.0.1:8000.")
    return value


def _days(given: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    value = given.get(name, "").strip() or str(default)
    if not value.isdecimal() or not least <= int(value) <= 36_500:
        raise ConfigurationWrong(f"{PREFIX}{name}={value!r} must be a whole number of days, {least} or more.")
    return int(value)


def _choice(given: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    value = given.get(name, "").strip().upper() or default
    if value not in choices:
        raise ConfigurationWrong(f"{PREFIX}{name}={value!r} must be one of {', '.join(choices)}.")
    return value
