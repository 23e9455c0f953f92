"""The main menu of somebody who is signed in."""

from gateway.accounts import User
from gateway.speech import say

MenuItem = tuple[str, str, tuple[str, ...]]
"""The words, the endpoint, and the groups of pages under it."""


def menu(user: User) -> list[MenuItem]:
    """What the user may go to."""
    items: list[MenuItem] = [
        (say("Oversikt"), "overview.show", ("overview",)),
        (say("Tavle"), "board.show", ("board", "requests", "offers")),
        (say("Avtaler"), "engagements.index", ("engagements", "own_vandring", "reflections")),
        (say("Dagene våre"), "accounts.show", ("accounts",)),
        (say("Varsler"), "notices.index", ("notices",)),
    ]
    if user.role in ("county", "operator"):
        items.append(
            (
                say("Fylkets bok"),
                "county_book.show",
                (
                    "county_book",
                    "promises",
                    "rulings",
                    "travel_fund",
                    "peers",
                    "clearing",
                    "ranking",
                    "matching_rounds",
                    "vandring",
                    "invitations",
                ),
            )
        )
        items.append((say("Drift"), "operations.show", ("operations",)))
    return items
