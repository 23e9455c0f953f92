"""`byttebank run`: one service of the node that the environment describes, until somebody stops it."""

import os
import signal
from collections.abc import Callable

import eventlet

from byttebank import telemetry
from byttebank.cli.exits import FAILED, OK, USAGE, fail, telling
from byttebank.cli.up import LOOK_SECONDS, StopSignal
from byttebank.config import Configuration, read_configuration
from byttebank.messaging.brokers import BrokerAway, check_broker
from byttebank.messaging.containers import SERVICES, package_of
from byttebank.messaging.faults import wait_seconds
from byttebank.messaging.process import STOP_SECONDS, ServiceProcess
from byttebank.storage.availability import DatabaseAway, check_database

_log = telemetry.logger(__name__)


def run_service(service: str) -> int:
    """Serve until SIGTERM or Ctrl-C, and stop within ten seconds. The exit code.

    A database or broker that does not answer yet is waited for. Ends the command with one line for what a
    person can mend (`byttebank.cli.exits`).
    """
    if service not in SERVICES:
        fail(f"There is no service {service!r}. There are {', '.join(SERVICES)}.", USAGE)
    with telling():
        configuration = read_configuration(os.environ)
        telemetry.set_up_logging(configuration.log_level)
        telemetry.bind(county=configuration.county, service=service)
        stop = StopSignal()
        stop.listen()
        process = ServiceProcess(configuration, service)
        process.listen()
        if not _wait_for_servers(configuration, service, stop, process.waits_for):
            return OK
        process.start()
        while not stop.has_come and not process.has_died:
            eventlet.sleep(LOOK_SECONDS)
        return _end(process, FAILED if process.has_died else OK)


def _wait_for_servers(
    configuration: Configuration, service: str, stop: StopSignal, tell: Callable[[str], None]
) -> bool:
    """Whether the service's database and the broker answer; not when a stop came first.

    `tell` is told what is waited for.

    Refuses: `DatabaseUnusable`, `BrokerUnusable`.
    """
    url = configuration.database_url(service)
    checks: list[Callable[[], object]] = [
        lambda: check_database(url, package_of(service)),
        lambda: check_broker(configuration.amqp_url),
    ]
    for check in checks:
        attempt = 0
        while not stop.has_come:
            try:
                check()
                break
            except (DatabaseAway, BrokerAway) as away:
                attempt += 1
                tell(str(away))
                _log.warning("Waiting", reason=str(away), attempt=attempt)
                _pause(wait_seconds(attempt + 2), stop)
    return not stop.has_come


def _pause(seconds: float, stop: StopSignal) -> None:
    with eventlet.Timeout(seconds, False):
        while not stop.has_come:
            eventlet.sleep(LOOK_SECONDS)


def _end(process: ServiceProcess, code: int) -> int:
    """The process has stopped; if that takes longer than it may, it ends here, which must be safe."""
    signal.signal(signal.SIGALRM, lambda *_: os._exit(code))
    signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS + 1)
    process.stop(STOP_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return code
