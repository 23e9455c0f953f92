"""What people read while the link to another county is down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import MONDAY_MORNING, Node, make_node

from byttebank.clock import FixedClock
from byttebank.storage.work import Database

FIVE_TO_EIGHT = MONDAY_MORNING - timedelta(minutes=19)
LAST_WEEK = MONDAY_MORNING - timedelta(days=4)


@pytest.fixture
def cut_off(database: Database, clock: FixedClock) -> Callable[..., Node]:
    """A gateway that cannot reach these counties, since then."""
    return lambda **since: make_node(database, clock, "/innlandet", waiting_links=lambda: since)


def test_while_all_links_are_up_nobody_is_told_anything(cut_off: Callable[..., Node]) -> None:
    node = cut_off()
    assert "kontakt" not in node.browser("kari").get("/konto").words
    assert "kontakt" not in node.browser("per").get("/drift").words


def test_the_account_says_which_county_and_since_when(cut_off: Callable[..., Node]) -> None:
    words = cut_off(akershus=FIVE_TO_EIGHT).browser("kari").get("/konto").words
    assert (
        "Byttebanken får ikke kontakt med Akershus nå. Dager mellom dere føres når forbindelsen er tilbake. "
        "Slik har det vært siden kl. 07.55." in words
    )


def test_after_a_day_it_is_said_that_new_days_may_be_recorded_late(cut_off: Callable[..., Node]) -> None:
    words = cut_off(akershus=LAST_WEEK).browser("kari").get("/konto").words
    assert "siden tor. 19. nov. kl. 08.14. Dere kan avtale nye dager, men de kan bli ført seint." in words


def test_the_operator_sees_the_link_and_since_when(cut_off: Callable[..., Node]) -> None:
    page = cut_off(akershus=FIVE_TO_EIGHT).browser("per").get("/drift")
    assert page.title == "2 forbindelser venter. Ingenting er tapt."
    assert "Noden får ikke kontakt med Akershus. Meldingene venter her" in page.words
    assert "Ingen kontakt siden kl. 07.55" in page.words
