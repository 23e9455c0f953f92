"""The file that says how the other counties' brokers are reached (deploy/rabbitmq/README.md).

[akershus]
send_to = "amqps://county-innlandet@broker.akershus.example:5671/akershus"
send_password_file = "akershus-send"
receive_password_file = "akershus-receive"
"""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from byttebank.config import ConfigurationWrong, read_secret, with_password
from byttebank.federation.envelope import broker_user
from byttebank.identifiers import is_slug
from byttebank.messaging.definitions import PeerLink

FIELDS = ("send_to", "send_password_file", "receive_password_file")


def read_peers(path: Path | None, county: str) -> list[PeerLink]:
    """The links to the peers and from them, by county; none without a file.

    Names of files are relative to the peers file's folder.
    Refuses: `ConfigurationWrong`, naming the file and what in it is wrong.
    """
    if path is None:
        return []
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationWrong(f"BYTTEBANK_PEERS_FILE={path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationWrong(f"{path} is not TOML: {error}.") from error
    return [_read_peer(path, county, slug, table) for slug, table in sorted(document.items())]


def _read_peer(path: Path, county: str, slug: str, table: Any) -> PeerLink:
    where = f"{path}, [{slug}]"
    if not is_slug(slug) or not isinstance(table, dict):
        raise ConfigurationWrong(f"{where}: a table named after a county's short name is expected here.")
    if slug == county:
        raise ConfigurationWrong(f"{where}: this is our own county.")
    for name, value in table.items():
        if name not in FIELDS or not isinstance(value, str) or not value:
            raise ConfigurationWrong(f"{where}: {name} must be a text and one of {', '.join(FIELDS)}.")
    receive = table.get("receive_password_file")
    return PeerLink(
        county=slug,
        send_to=_send_to(where, county, path.parent, table) if "send_to" in table else None,
        receive_password=read_secret(path.parent / receive) if receive else None,
    )


def _send_to(where: str, county: str, folder: Path, table: dict[str, str]) -> str:
    url = table["send_to"]
    parts = urlsplit(url)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname or not parts.path.strip("/"):
        raise ConfigurationWrong(f"{where}: send_to must be amqps://{broker_user(county)}@host:port/vhost.")
    if parts.username != broker_user(county):
        raise ConfigurationWrong(
            f"{where}: send_to must name the user {broker_user(county)}; their broker takes what we send"
            " under no other name."
        )
    if "send_password_file" in table:
        url = with_password(url, read_secret(folder / table["send_password_file"]))
    return url
