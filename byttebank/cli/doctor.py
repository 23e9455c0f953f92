"""`byttebank doctor`: what would keep the node from running, and what to do about it."""

import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from byttebank.cli.exits import OK, UNHEALTHY, write_json
from byttebank.cli.messages import HEARING, how_many_wait
from byttebank.cli.nodes import configurations
from byttebank.cli.state import is_in_use
from byttebank.config import PREFIX, SERVICES_WITH_DATABASE, Configuration, without_password
from byttebank.federation.keys import KeyFileError, load_signing_key
from byttebank.messaging.brokers import BrokerAway, BrokerUnusable, check_broker
from byttebank.messaging.containers import package_of
from byttebank.messaging.management import Management
from byttebank.storage.availability import DatabaseAway, check_database
from byttebank.storage.engine import DatabaseUnusable

PYTHONS = ((3, 11), (3, 13))
SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `advice` is empty when it is well."""

    what: str
    is_well: bool
    detail: str
    advice: str = ""


def examine(state_dir: Path | None, port: int | None, *, as_json: bool) -> int:
    """Look at everything, tell it, and return the exit code: `OK` or `UNHEALTHY`.

    Refuses: `ConfigurationWrong`, `StateRefused` when it is not known what to look at.
    """
    findings = [_python()]
    if state_dir is not None:
        findings += _folder(state_dir)
    if state_dir is None or state_dir.is_dir():
        for node in configurations(state_dir):
            findings += [*_key(node), *_databases(node), *_broker(node)]
    if port is not None:
        findings.append(_port(port))
    is_well = all(finding.is_well for finding in findings)
    if as_json:
        write_json({"is_well": is_well, "findings": [asdict(finding) for finding in findings]})
    else:
        _print(findings)
    return OK if is_well else UNHEALTHY


def _python() -> Finding:
    version = sys.version_info[:2]
    text = ".".join(map(str, version))
    if PYTHONS[0] <= version <= PYTHONS[1]:
        return Finding("python", True, text)
    return Finding("python", False, text, "Byttebank runs on Python 3.11, 3.12 and 3.13.")


def _folder(state_dir: Path) -> Iterator[Finding]:
    name = f"state folder {state_dir}"
    if not state_dir.exists():
        yield Finding(name, True, "not there yet; `byttebank up` makes it")
        return
    if not state_dir.is_dir() or not os.access(state_dir, os.W_OK | os.X_OK):
        yield Finding(
            name, False, "cannot be written", "Give this user the right to, or choose another folder."
        )
        return
    yield Finding(name, True, "in use by a running federation" if is_in_use(state_dir) else "can be written")


def _key(node: Configuration) -> Iterator[Finding]:
    try:
        key = load_signing_key(node.signing_key_file)
    except KeyFileError as error:
        yield Finding(f"{node.county} signing key", False, "cannot be used", str(error))
    else:
        yield Finding(f"{node.county} signing key", True, key.key_id)


def _databases(node: Configuration) -> Iterator[Finding]:
    for service in SERVICES_WITH_DATABASE:
        what = f"{node.county} {service} database"
        url = node.database_url(service)
        if url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).exists():
            yield Finding(what, False, "does not exist", "`byttebank migrate` or `byttebank up` makes it.")
            continue
        variable = f"{PREFIX}{service.upper()}_DATABASE_URL"
        try:
            version = check_database(url, package_of(service))
            yield Finding(what, True, f"version {version}")
            if service in HEARING and (waiting := how_many_wait(node, service)):
                advice = "`byttebank messages parked` says why, `byttebank messages redrive` tries again."
                yield Finding(f"{what}: parked messages", False, str(waiting), advice)
        except DatabaseAway as away:
            yield Finding(what, False, "does not answer", f"{away} Does it run? See {variable}.")
        except DatabaseUnusable as error:
            yield Finding(what, False, "cannot be used", str(error))


def _broker(node: Configuration) -> Iterator[Finding]:
    """RabbitMQ as the services need it; its alarms and lost messages, where the management API is known."""
    if urlsplit(node.amqp_url).scheme == "embedded":
        return
    what = f"{node.county} broker"
    try:
        check_broker(node.amqp_url)
        yield Finding(what, True, without_password(node.amqp_url))
    except BrokerAway as away:
        yield Finding(what, False, "does not answer", f"{away} Does it run? See BYTTEBANK_AMQP_URL.")
    except BrokerUnusable as error:
        yield Finding(what, False, "cannot be used", str(error))
    if not node.management_url:
        return
    try:
        alarms = Management(node.management_url).alarms()
    except BrokerUnusable as error:
        yield Finding(f"{what}: management", False, "cannot be used", str(error))
        return
    if alarms:
        advice = "It takes no messages until there is room: free some, or give it more. Nothing is lost."
        yield Finding(f"{what}: alarms", False, "; ".join(alarms), advice)
    else:
        yield Finding(f"{what}: alarms", True, "none")


def _port(port: int) -> Finding:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return Finding(f"port {port}", True, "free")
    except OSError as error:
        return Finding(f"port {port}", False, str(error.strerror), "Choose another with --port.")


def _print(findings: list[Finding]) -> None:
    console = Console(highlight=False)
    for finding in findings:
        mark = "[green]well [/green]" if finding.is_well else "[red]fault[/red]"
        console.print(f"{mark}  {finding.what}: {finding.detail}", soft_wrap=True)
        if finding.advice:
            console.print(f"       {finding.advice}", soft_wrap=True, markup=False)
