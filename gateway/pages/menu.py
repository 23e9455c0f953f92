"""The main menu of somebody who is signed in, and the county library's own one under it.

A new page of the county library is one line in `COUNTY`: it is then in the menu on every such page.
"""

from dataclasses import dataclass

from gateway.accounts import User
from gateway.speech import N_, say

MenuItem = tuple[str, str, tuple[str, ...]]
"""The words, the endpoint, and the groups of pages under it."""

COUNTY: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        N_("Bok og oppgjør"),
        (
            ("county_book.show", N_("Kontoutskrift")),
            ("promises.index", N_("Løfter")),
            ("rulings.index", N_("Uenigheter")),
            ("travel_fund.show", N_("Reisepott")),
        ),
    ),
    (
        N_("Bibliotek og folk"),
        (
            ("invitations.index", N_("Bibliotekene")),
            ("vocabulary.index", N_("Ferdigheter")),
            ("ranking.show", N_("Rekkefølge")),
        ),
    ),
    (
        N_("Runder"),
        (
            ("matching_rounds.index", N_("Fordelingsrunder")),
            ("vandring.index", N_("Vandring")),
        ),
    ),
    (
        N_("Andre fylker"),
        (
            ("peers.index", N_("Samarbeidsfylker")),
            ("clearing.index", N_("Avregning")),
        ),
    ),
)
"""The county library's pages in groups: the endpoint of each, and its name. The first opens the group."""


@dataclass(frozen=True)
class County:
    """The county library's menu as it stands on one page: groups, and the pages of the one that is open."""

    groups: list[tuple[str, str, bool]]
    pages: list[tuple[str, str, bool]]
    """Words, endpoint, and whether one is there."""
    name: str
    """Of the group that is open."""


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
        under = tuple(endpoint.partition(".")[0] for _, pages in COUNTY for endpoint, _ in pages)
        items.append((say("Fylket"), COUNTY[0][1][0][0], under))
        items.append((say("Drift"), "operations.show", ("operations",)))
    return items


def county_menu(here: str) -> County:
    """The county library's menu on the page `here`, one of the endpoints in `COUNTY`."""
    name, pages = next((name, pages) for name, pages in COUNTY if here in dict(pages))
    return County(
        [(say(one), under[0][0], one == name) for one, under in COUNTY],
        [(say(words), endpoint, endpoint == here) for endpoint, words in pages],
        say(name),
    )
