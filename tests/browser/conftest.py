"""The demonstration federation and Chromium, once for all tests of this folder; nothing is left of them."""

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cast import COUNTY_LIBRARY, KARI, QUIET, STATES, Past, Somebody, library_called
from playwright.sync_api import Browser, sync_playwright
from season import season
from served import Served
from visitor import Visitor, launch, visiting

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.exit("The browser tests need Debian's Chromium: apt-get install chromium", returncode=1)
    with sync_playwright() as playwright:
        browser = launch(playwright, Path(program))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """Six counties in a process of their own, freshly loaded on a Monday morning."""
    # What stops a job sends SIGTERM; the fixtures then end as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="byttebank-browser-") as folder:
        running = Served(Path(folder))
        try:
            running.start()
            yield running
        finally:
            running.end()


@pytest.fixture(scope="session")
def past(served: Served) -> Past:
    """What has happened before a page is opened."""
    known = Past(served)
    known.wait_for_the_neighbours()
    return known


@pytest.fixture
def visit(chromium: Browser, served: Served, past: Past) -> Iterator[Visit]:
    """`visit(somebody, javascript=False)`: a browser in which that person is signed in.

    At the end of the test nothing may have gone wrong in any of them.
    """
    with ExitStack() as stack:

        def enter(somebody: Somebody | None = None, *, javascript: bool = True) -> Visitor:
            visitor = stack.enter_context(visiting(chromium, served, javascript=javascript))
            if somebody is not None:
                visitor.sign_in(somebody)
            return visitor

        yield enter


@pytest.fixture(scope="session")
def furnished(past: Past) -> None:
    """Eidskog has one of everything: requests, an offer, a promise, and engagements in every state.

    The county has a round of clearing, one of matching, and a vandring in which Eidskog has had its visitor.
    """
    past.request(KARI, "Eidskog")
    past.request(KARI, "Eidskog", is_open=True)
    past.offer(KARI, "Eidskog")
    account = f"accounts/{library_called('innlandet', 'Eidskog').id}"
    past.client(KARI).post(f"{account}/promises", {"days": 1})
    if not past.client(COUNTY_LIBRARY).get("clearing-rounds")["items"]:
        past.client(COUNTY_LIBRARY).post("clearing-rounds")
    if not past.client(COUNTY_LIBRARY).get("matching-rounds")["items"]:
        day = (past.today() + timedelta(days=500)).isoformat()
        terms = {"name": "Langt fram", "first_on": day, "last_on": day, "reply_by_on": day}
        past.client(COUNTY_LIBRARY).post("matching-rounds", terms)
    season(past)
    for library, state in zip(QUIET, STATES, strict=False):
        past.engagement(library, "Eidskog", state, name="Jonas Berg" if state == "no_show" else None)
