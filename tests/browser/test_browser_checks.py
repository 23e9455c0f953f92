"""Whether the checks would notice: each thing that may go wrong in a browser is made to go wrong once."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Visit
from playwright.sync_api import Browser, Route
from served import Served
from visitor import Visitor, visiting

VENDOR = Path(__file__).with_name("vendor")
INLINE_STYLE = (
    "document.querySelector('main').insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')"
)
INLINE_SCRIPT = """
const script = document.createElement('script'); script.textContent = '1'; document.body.append(script);"""
FAR_AWAY = "const picture = new Image(); picture.src = 'http://example.invalid/x.png';"
DISTURBANCES = {
    "console: ": "console.error('something is wrong')",
    "error: ": "setTimeout(() => { throw new Error('something is wrong') }, 0)",
    "status: 404": "fetch('/innlandet/static/no-such-file.css')",
    "request: ": "fetch('/innlandet/cut-off')",
    "policy: style-src": INLINE_STYLE,
    "policy: script-src": INLINE_SCRIPT,
    "policy: img-src": FAR_AWAY,
}
"""What is noticed, and what brings it about."""


def _visit(browser: Browser, served: Served, disturb: Callable[[Visitor], object], **how: Any) -> None:
    with visiting(browser, served, **how) as visitor:
        disturb(visitor)


def _disturbed(visitor: Visitor, fault: str) -> None:
    visitor.page.route("**/cut-off", lambda route: route.abort("connectionreset"))
    visitor.open("/om")
    visitor.page.evaluate(f"() => {{ {DISTURBANCES[fault]} }}")
    _wait_for(visitor, fault)


@pytest.mark.parametrize("fault", DISTURBANCES)
def test_what_goes_wrong_in_a_page_is_noticed(chromium: Browser, served: Served, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        _visit(chromium, served, lambda visitor: _disturbed(visitor, fault))


def _styled(visitor: Visitor) -> None:
    visitor.page.route("**/om", _with_inline_style)
    visitor.open("/om")
    _wait_for(visitor, "console: ")


def _with_inline_style(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("<main", '<main style="color:red"'))


def test_what_a_policy_stops_is_noticed_without_scripts_too(chromium: Browser, served: Served) -> None:
    with pytest.raises(AssertionError, match=r"console: .*Content Security Policy"):
        _visit(chromium, served, _styled, javascript=False)


def test_a_page_that_answers_with_a_fault_is_noticed_unless_it_was_expected(
    chromium: Browser, served: Served
) -> None:
    with pytest.raises(AssertionError, match="status: 404"):
        _visit(chromium, served, lambda visitor: visitor.open("/finnes-ikke"))
    with visiting(chromium, served) as visitor:
        visitor.watch.expected_statuses = {404}
        visitor.open("/finnes-ikke")


def test_a_quiet_page_is_quiet(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/om")
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.watch.faults == []


def test_what_we_took_from_others_is_what_they_published() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.parent != VENDOR
    }
    assert found == sums
    version = (VENDOR / "axe-core" / "axe.min.js").read_text(encoding="utf-8").split()[2].lstrip("v")
    assert f"| {version} |" in (VENDOR / "README.md").read_text(encoding="utf-8")


def _wait_for(visitor: Visitor, fault: str) -> None:
    for _ in range(50):
        if any(one.startswith(fault) for one in visitor.watch.faults):
            return
        visitor.page.wait_for_timeout(100)
