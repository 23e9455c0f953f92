"""Where somebody works whose browser runs no scripts."""

from collections.abc import Callable
from dataclasses import dataclass

from cast import Past, Somebody, colleague
from visitor import Visitor


@dataclass
class Desk:
    """Browsers, and what has happened before."""

    visit: Callable[..., Visitor]
    past: Past

    def somebody(self, who: Somebody | None) -> Visitor:
        """The person's browser, signed in."""
        return self.visit(who, javascript=False)


Way = Callable[[Desk], Visitor]
"""One way in which an act is tried: it ends when the page has said that it is done."""


def manager_of(library: str) -> Somebody:
    """The manager of a library in Innlandet."""
    return colleague("innlandet", library)
