"""One federation of real servers for all tests of this folder, in a process of their own."""

import signal
import sys
from collections.abc import Iterator

import pytest
from bed import Bed
from programs import Missing, install_missing


@pytest.fixture(scope="session")
def bed(request: pytest.FixtureRequest) -> Iterator[Bed]:
    """Three counties with one copy of each service. Nothing is left of them, however the tests end."""
    # What stops a job sends SIGTERM; the fixtures then end as after Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        install_missing()
    except Missing as missing:
        pytest.exit(str(missing), returncode=1)
    capture = request.config.pluginmanager.getplugin("capturemanager")
    started = Bed()

    def tell(line: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stderr.write(f"\n  {line}")
            sys.stderr.flush()

    try:
        yield started.start(tell=tell)
    finally:
        started.end()


@pytest.fixture(autouse=True)
def logs_of_failures(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that fails shows what the processes logged at the end."""
    yield
    outcome = getattr(request.node, "outcome_of_call", None)
    if outcome is not None and outcome.failed and "bed" in request.fixturenames:
        for name, log in request.getfixturevalue("bed").logs().items():
            request.node.add_report_section("call", name, log[-3000:])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.when == "call":
        item.outcome_of_call = report
    return report
