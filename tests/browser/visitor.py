"""Somebody at a browser: opens pages, presses buttons, and sees what the page says."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cast import Somebody
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect
from served import Served
from watch import Watch

from demo.accounts import PASSWORD

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=nb-NO",
)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 800}
PATIENCE_SECONDS = 90.0
STEP_MILLISECONDS = 30_000


def launch(playwright: Playwright, program: Path) -> Browser:
    """Debian's Chromium, driven."""
    return playwright.chromium.launch(executable_path=program, args=list(FLAGS))


class Visitor:
    """One browser of one person, in one county at a time."""

    def __init__(self, context: BrowserContext, served: Served, watch: Watch) -> None:
        self.context = context
        self.watch = watch
        self.page: Page = context.new_page()
        self.somebody: Somebody | None = None
        self.sent: list[tuple[str, str, str | None]] = []
        """Every page that was asked for: method, address, and what was sent with it."""
        self.url = served.url
        self.page.on(
            "request",
            lambda request: (
                self.sent.append((request.method, request.url, request.post_data))
                if request.is_navigation_request()
                else None
            ),
        )

    def open(self, path: str, county: str | None = None) -> Page:
        """The page at a path of the county's gateway, or at a whole address."""
        where = county or (self.somebody.county if self.somebody else "innlandet")
        self.page.goto(path if path.startswith("http") else f"{self.url}/{where}{path}")
        return self.page

    def sign_in(self, somebody: Somebody) -> None:
        """As people do it: address, password, button."""
        self.somebody = somebody
        self.open("/logg-inn")
        self.fill_in_sign_in()
        expect(self.page.get_by_role("button", name="Logg ut")).to_be_visible()

    def fill_in_sign_in(self) -> None:
        """The sign-in form of this page, filled in and sent."""
        assert self.somebody is not None
        self.page.get_by_label("E-post").fill(self.somebody.email)
        self.page.get_by_label("Passord").fill(PASSWORD)
        self.press("Logg inn")

    def press(self, button: str, within: Locator | None = None) -> None:
        """The button, by the words on it."""
        (within or self.page).get_by_role("button", name=button, exact=True).click()

    def follow(self, link: str, within: Locator | None = None) -> None:
        """The first link with these words."""
        (within or self.page).get_by_role("link", name=link, exact=True).first.click()

    def sees(self, *words: str) -> None:
        """The words stand on the page."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one, use_inner_text=True)

    def comes_to_see(self, words: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        """The words stand on the page in a while: other counties hear by messages. Opened anew till then."""
        self._open_until(lambda: self.page.get_by_text(words).first.is_visible(), seconds, words)

    def _open_until(self, is_so: Callable[[], bool], seconds: float, what: str) -> None:
        began = time.monotonic()
        while not is_so():
            said = self.page.locator("main").inner_text()
            assert time.monotonic() - began < seconds, f"not after {seconds:g} s: {what}\n{said}"
            time.sleep(0.2)
            self.page.reload()

    @property
    def title(self) -> str:
        """The one main heading."""
        return self.page.get_by_role("heading", level=1).inner_text()


@contextmanager
def visiting(browser: Browser, served: Served, *, javascript: bool = True, **how: Any) -> Iterator[Visitor]:
    """A browser of its own; at the end nothing may have gone wrong in it."""
    watch = Watch()
    context = browser.new_context(
        java_script_enabled=javascript,
        viewport=DESKTOP,
        locale="nb-NO",
        timezone_id="Europe/Oslo",
        reduced_motion="reduce",
        **how,
    )
    context.set_default_timeout(STEP_MILLISECONDS)
    watch.follow(context)
    try:
        yield Visitor(context, served, watch)
        assert not watch.faults, "\n".join(watch.faults)
    finally:
        context.close()
