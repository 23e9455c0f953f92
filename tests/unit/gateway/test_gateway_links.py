"""What people read while the link to another county is down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from conftest import MONDAY_MORNING, Node, make_node

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import ServiceUnavailable
from byttebank.storage.work import Database

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

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


def _unanswered(node: Node, since: str) -> Node:
    """Akershus has not answered about a day since then."""
    amounts = (
        "owed_to_us_half_days",
        "owed_by_us_half_days",
        "net_half_days",
        "pending_out_half_days",
        "waiting_in_half_days",
        "fuse_half_days",
    )
    position = {
        **dict.fromkeys(amounts, 0),
        "county": "akershus",
        "in_doubt_count": 1,
        "oldest_in_doubt_at": since,
        "channel_state": "open",
    }
    node.backend.ledger._positions = [position]
    return node


WARNING = (
    "Akershus har ikke svart på dager som ble sendt tor. 19. nov. kl. 09.00. Dere kan avtale nye dager, men "
    "de kan bli ført seint."
)


def test_a_county_that_has_not_answered_for_three_days_is_named_before_one_asks_and_stops_nobody(
    node: Node,
) -> None:
    browser = _unanswered(node, "2026-11-19T08:00:00.000000Z").browser("kari")
    offer = next(one for one in node.backend.directory._offers.values() if one["county"] == "akershus")
    page = browser.get(f"/tilbud/{offer['id']}")
    assert WARNING in page.words
    (ask,) = [one for one in page.buttons() if one.startswith("Spør ")]
    asked = browser.press(page, ask)
    assert "Forslaget er sendt. De andre får beskjed." in asked.alerts
    assert WARNING in asked.words, "and again while somebody has still to say yes"


def test_a_younger_question_an_own_day_and_a_silent_ledger_warn_of_nothing(node: Node) -> None:
    offers = node.backend.directory._offers.values()
    theirs = next(one for one in offers if one["county"] == "akershus")
    near = next(one for one in offers if one["county"] == "innlandet")
    young = _unanswered(node, "2026-11-21T08:00:00.000000Z").browser("kari")
    assert "ikke svart på dager" not in young.get(f"/tilbud/{theirs['id']}").words
    old = _unanswered(node, "2026-11-19T08:00:00.000000Z").browser("kari")
    assert "ikke svart på dager" not in old.get(f"/tilbud/{near['id']}").words
    node.backend.failing["ledger.positions"] = ServiceUnavailable(service="ledger")
    page = old.get(f"/tilbud/{theirs['id']}")
    assert page.status == 200
    assert "ikke svart på dager" not in page.words
