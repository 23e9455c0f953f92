"""The first page tells the county library what goes no further before it has done something."""

from collections.abc import Callable
from typing import Any

import eidskog
import pytest
from conftest import Node
from fake_service import an_id
from test_gateway_clearing import before_the_input
from test_gateway_matching_rounds import joint, with_rounds
from test_gateway_peers import AT, a_dispute

from byttebank.contracts.refusals import ServiceUnavailable

A_WEEK_AGO = "2026-11-16T03:10:00.000000Z"
Given = Callable[[Any, Any, Any], None]


def two_disagree(directory: Any, matching: Any, ledger: Any) -> None:
    engagement = matching.list_engagements(eidskog.library("Eidskog"))[0]
    at_home = {**engagement, "state": "disputed", "home_county": "innlandet"}
    matching.disputes = lambda _actor: [at_home, {**at_home, "home_county": "akershus"}]


def days_are_wanted_back(directory: Any, matching: Any, ledger: Any) -> None:
    asked = {"peer": "akershus", "transfer_id": an_id("day")}
    ledger.reversal_requests = lambda: [{**asked, "direction": way} for way in ("in", "out")]


def books_differ(directory: Any, matching: Any, ledger: Any) -> None:
    ledger._disputes = [a_dispute(), a_dispute(seq=18)]


def the_node_has_stopped_it(directory: Any, matching: Any, ledger: Any) -> None:
    directory._peers[0]["state"] = "frozen"
    act = {"id": an_id("act"), "county": "akershus", "what": "freeze", "role": "node", "acted_at": AT}
    directory._peer_acts = [{**act, "reason": "equivocation", "detail": "ledger 17"}]


def they_have_ended_it(directory: Any, matching: Any, ledger: Any) -> None:
    directory._peers[0]["ended_on"] = "2026-11-20"
    directory._peers[1] |= {"ended_on": "2026-11-20", "state": "left"}


def a_day_is_unanswered(directory: Any, matching: Any, ledger: Any) -> None:
    ledger._doubts = [{"county": "akershus", "is_long": True}, {"county": "oslo", "is_long": False}]


def the_coordinator_is_silent(directory: Any, matching: Any, ledger: Any) -> None:
    ledger.clearing_rounds = lambda: [
        before_the_input("accepted"),
        before_the_input("accepted", coordinator="innlandet"),
    ]


def an_erasure_is_not_confirmed(directory: Any, matching: Any, ledger: Any) -> None:
    directory.waiting = [
        {"county": "akershus", "people": 1, "asked_at": A_WEEK_AGO},
        {"county": "trondelag", "people": 1, "asked_at": AT},
    ]


WAITING: list[tuple[Given, str, str]] = [
    (two_disagree, "1 uenighet venter på avgjørelse", "/innlandet/fylket/uenigheter"),
    (days_are_wanted_back, "Akershus ber om å få dagene ført tilbake", "/innlandet/fylket/uenigheter"),
    (books_differ, "Bøkene er ikke like hos oss og Akershus", "/innlandet/fylket/samarbeid/akershus"),
    (
        the_node_has_stopped_it,
        "Noden har stanset utvekslingen med Akershus",
        "/innlandet/fylket/samarbeid/akershus",
    ),
    (
        they_have_ended_it,
        "Akershus har avsluttet samarbeidet med oss",
        "/innlandet/fylket/samarbeid/akershus",
    ),
    (
        a_day_is_unanswered,
        "Akershus har ikke svart om dager vi har sendt",
        "/innlandet/fylket/samarbeid/akershus",
    ),
    (
        the_coordinator_is_silent,
        "Avregningen fra Akershus står stille",
        f"/innlandet/fylket/avregning/{an_id('clearing round')}",
    ),
    (
        an_erasure_is_not_confirmed,
        "Akershus har ikke bekreftet at folk hos oss er slettet",
        "/innlandet/fylket/samarbeid/akershus",
    ),
]
"""What is so, what the first page calls it, and where its button leads."""


@pytest.mark.parametrize(("given", "title", "href"), WAITING, ids=[one[0].__name__ for one in WAITING])
def test_the_first_page_of_the_county_says_what_waits(
    node: Node, given: Given, title: str, href: str
) -> None:
    given(node.backend.directory, node.backend.matching, node.backend.ledger)
    tasks = node.browser("ingrid").get("/oversikt").soup.select("section[aria-labelledby=naa] li")
    found = [one for one in tasks if one.h3.get_text() == title]
    assert len(found) == 1
    assert [one.h3.get_text() for one in tasks if one not in found] == [], (
        "the other given ones wait for nobody"
    )
    assert found[0].a["href"] == href
    assert title not in node.browser("kari").get("/oversikt").words


def test_a_round_with_others_that_came_to_something_else_is_told_until_it_is_put_away(node: Node) -> None:
    failed = joint("failed", refusal={"code": "disagreed", "parameters": {}})
    words = with_rounds(node, failed).browser("ingrid").get("/oversikt").words
    assert "Fylkene kom ikke til det samme i fordelingsrunden fra Akershus" in words
    assert "Snakk med dem før neste runde." in words
    words = with_rounds(node, joint("discarded")).browser("ingrid").get("/oversikt").words
    assert "fordelingsrunden fra Akershus" not in words


def test_what_the_county_has_stopped_itself_is_no_task(node: Node) -> None:
    directory: Any = node.backend.directory
    the_node_has_stopped_it(directory, None, None)
    directory._peer_acts = [{**directory._peer_acts[0], "role": "county", "reason": "På avveie"}]
    assert "har stanset utvekslingen" not in node.browser("ingrid").get("/oversikt").words


def test_a_silent_service_takes_away_its_own_tasks_only(node: Node) -> None:
    two_disagree(None, node.backend.matching, None)

    def silent() -> Any:
        raise ServiceUnavailable(service="ledger")

    ledger: Any = node.backend.ledger
    ledger.disputes = ledger.reversal_requests = ledger.doubts = ledger.clearing_rounds = silent
    assert "1 uenighet venter på avgjørelse" in node.browser("ingrid").get("/oversikt").words
