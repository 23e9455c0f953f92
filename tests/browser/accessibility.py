"""axe-core on an open page."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).with_name("vendor") / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""WCAG 2.0, 2.1 and 2.2 on levels A and AA, and what axe calls good practice."""
RUN = """tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(
  result => result.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`)))"""


@cache
def _axe() -> str:
    return f"{AXE.read_text(encoding='utf-8')}; 0"


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, place and element. The browser must run scripts."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())
    found: list[Any] = page.evaluate(RUN, list(TAGS))
    return [str(one) for one in found]


def sideways_scrolling(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
