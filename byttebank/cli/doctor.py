"""`byttebank doctor`: what would keep the node from running, and what to do about it."""

import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from byttebank.cli.exits import OK, UNHEALTHY, write_json
from byttebank.cli.nodes import configurations
from byttebank.cli.state import is_in_use
from byttebank.config import SERVICES_WITH_DATABASE, Configuration
from byttebank.federation.keys import KeyFileError, load_signing_key
from byttebank.messaging.containers import package_of
from byttebank.storage.engine import DatabaseUnusable, open_engine
from byttebank.storage.migrations import database_version

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
            findings += [*_key(node), *_databases(node)]
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
        engine = open_engine(url)
        try:
            version = database_version(engine, package_of(service))
        except DatabaseUnusable as error:
            yield Finding(what, False, "cannot be opened", str(error))
            continue
        finally:
            engine.dispose()
        if version.is_newest:
            yield Finding(what, True, f"version {version.current}")
        else:
            detail = f"version {version.current}, this release has {version.newest}"
            yield Finding(
                what, False, detail, "Run `byttebank migrate`; if it is refused, start the newer release."
            )


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
