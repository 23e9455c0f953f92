"""Watches a page: nothing may go wrong in the browser that nobody sees."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

TELL_OF_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', event => {
  window.tellOfViolation(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""
FAILED_LOAD = "Failed to load resource"
LEFT = "net::ERR_ABORTED"
"""The browser itself gave up: somebody went on before everything had come, or it was a file to keep."""


@dataclass
class Watch:
    """What went wrong: `console: ...`, `error: ...`, `request: ...`, `policy: ...` or `status: ...`."""

    faults: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)
    """Answers of pages that a test brings about on purpose, such as 422 for a form with faults."""

    def follow(self, context: BrowserContext) -> None:
        """Every page of the context is watched, also what its scripts do."""
        context.expose_function("tellOfViolation", lambda words: self.faults.append(f"policy: {words}"))
        context.add_init_script(TELL_OF_VIOLATIONS)
        context.on("page", self._follow_page)

    def _follow_page(self, page: Page) -> None:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser says every status from 400 once more, without the status; `_answered` has judged it.
        if message.type == "error" and not message.text.startswith(FAILED_LOAD):
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.faults.append(f"request: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        is_expected = response.request.is_navigation_request() and response.status in self.expected_statuses
        if response.status >= 400 and not is_expected:
            self.faults.append(f"status: {response.status} {response.url}")
