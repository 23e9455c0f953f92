"""`byttebank init`: the node's signing key and what its broker must hold."""

import os
from enum import Enum
from typing import Any
from urllib.parse import unquote, urlsplit

from rich.console import Console

from byttebank.cli.exits import write_json
from byttebank.cli.peers import read_peers
from byttebank.config import Configuration, ConfigurationWrong, read_configuration
from byttebank.federation.envelope import SENDER_PREFIX, broker_user
from byttebank.federation.keys import (
    KeyFileError,
    SigningKey,
    generate_signing_key,
    load_signing_key,
    save_signing_key,
)
from byttebank.messaging.containers import GATEWAY, SERVICES, load_service, package_of
from byttebank.messaging.definitions import (
    PeerLink,
    node_definitions,
    shovel_name,
    shovels,
    user_limits,
)
from byttebank.messaging.management import Management
from byttebank.messaging.service import listened_names
from byttebank.storage.engine import DatabaseUnusable, open_engine
from byttebank.storage.migrations import database_version

LEDGER = "ledger"


class Output(Enum):
    """What is written, and whether anything is done."""

    TEXT = "text"
    JSON = "json"
    DEFINITIONS = "definitions"


def initialise(output: Output) -> None:
    """The signing key is there, and the broker holds this county's topology; what there was too much is told.

    With `Output.DEFINITIONS` nothing is done, and the definitions are written, passwords of links included.
    Refuses: `ConfigurationWrong`, `BrokerUnusable`, `KeyFileError`, `DatabaseUnusable`.
    """
    configuration = read_configuration(os.environ)
    user, password, vhost = _broker_account(configuration)
    peers = read_peers(configuration.peers_file, configuration.county)
    names = {name: listened_names(load_service(name)) for name in SERVICES if name != GATEWAY}
    definitions = node_definitions(
        county=configuration.county,
        vhost=vhost,
        user=user,
        password=password,
        names_by_service=names,
        peers=peers,
    )
    links = shovels(configuration.county, vhost, peers)
    if output is Output.DEFINITIONS:
        write_json({**definitions, "parameters": links})
        return
    if not configuration.management_url:
        raise ConfigurationWrong(
            "BYTTEBANK_MANAGEMENT_URL is missing: http://administrator@host:15672 of the broker."
            " `byttebank init --print` shows what it would make."
        )
    key, is_new = _signing_key(configuration)
    management = Management(configuration.management_url)
    management.apply(definitions, vhost)
    management.limit_users(user_limits(peers))
    deleted = management.apply_shovels(links, vhost, shovel_name(""))
    strangers = set(management.writers(vhost, SENDER_PREFIX)) - {broker_user(peer.county) for peer in peers}
    done = {
        "county": configuration.county,
        "key_id": key.key_id,
        "public_key": key.public_key.text,
        "key_is_new": is_new,
        "vhost": vhost,
        "queues": [queue["name"] for queue in definitions["queues"]],
        "links": [link["name"] for link in links],
        "links_deleted": deleted,
        "users_not_in_peers_file": sorted(strangers),
    }
    if output is Output.JSON:
        write_json(done)
    else:
        _tell(done, peers)


def _broker_account(configuration: Configuration) -> tuple[str, str | None, str]:
    """User, password and virtual host of our services. Refuses: `ConfigurationWrong`."""
    parts = urlsplit(configuration.amqp_url)
    vhost = unquote(parts.path[1:])
    if parts.scheme == "embedded" or not parts.username or not vhost:
        raise ConfigurationWrong(
            "BYTTEBANK_AMQP_URL must name the broker, a user and a virtual host of this node's own:"
            " amqp://byttebank@host:5672/county."
        )
    return unquote(parts.username), unquote(parts.password) if parts.password else None, vhost


def _signing_key(configuration: Configuration) -> tuple[SigningKey, bool]:
    """The county's key, and whether it was made now.

    Refuses: `KeyFileError` when it is missing and the county has a book: the others know the old one.
    """
    path = configuration.signing_key_file
    if path.exists():
        return load_signing_key(path), False
    if _has_book(configuration):
        raise KeyFileError(
            f"{path}: no such file, and this county has a book already. Restore the key from its backup: the"
            " other counties know no other"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    save_signing_key(generate_signing_key(), path)
    return load_signing_key(path), True


def _has_book(configuration: Configuration) -> bool:
    engine = open_engine(configuration.database_url(LEDGER))
    try:
        return database_version(engine, package_of(LEDGER)).current is not None
    except DatabaseUnusable as error:
        raise DatabaseUnusable(f"{error} Whether a new signing key may be made depends on it.") from error
    finally:
        engine.dispose()


def _tell(done: dict[str, Any], peers: list[PeerLink]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Signing key {done['key_id']}, {'made now' if done['key_is_new'] else 'as it was'}.")
    console.print(f"  The other counties need this public key: {done['public_key']}")
    console.print(f"Virtual host {done['vhost']}: {len(done['queues'])} queues.")
    for peer in peers:
        direction = "sends and receives" if peer.send_to else "receives only: no send_to yet"
        console.print(f"Peer {peer.county}: {direction}.")
    for name in done["links_deleted"]:
        console.print(f"Link {name} was deleted: its county is not in the peers file.")
    for user in done["users_not_in_peers_file"]:
        console.print(
            f"User {user} may still send here and is not in the peers file. `rabbitmqctl delete_user {user}`"
        )
