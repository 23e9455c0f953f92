"""Every act of every page, done in a browser that runs no scripts."""

import acts_of_counties
import acts_of_joining
import acts_of_libraries
import acts_of_rounds
import acts_of_vandring
import pytest
from cast import AMINA, COUNTY_LIBRARY, HANNE, JONAS, KARI, OPERATOR, Past
from conftest import Visit
from crawl import crawl
from desk import Desk, Way
from routes import act_endpoints, act_of, endpoints_of
from served import Served

MODULES = (acts_of_libraries, acts_of_counties, acts_of_rounds, acts_of_vandring, acts_of_joining)
ACTS = {act: ways for module in MODULES for act, ways in module.ACTS.items()}
SEARCHES = {"board.show", "libraries.index", "mapping.show", "county_book.show", "reflections.index"}
"""Forms that change nothing."""
NEEDS_DAYS_OF_SILENCE = {
    "peers.ask_for_no": "a county that does not answer; tests/unit/gateway presses the button",
    "matching_rounds.stop": "a computation that takes long; tests/unit/gateway presses the button",
    "clearing.close": "a county that began a round and fell silent; tests/unit/gateway presses the button",
}
"""What is not tried here, and why."""


@pytest.mark.parametrize(
    ("act", "way"),
    [(act, way) for act, ways in ACTS.items() for way in ways],
    ids=[way.__name__ for ways in ACTS.values() for way in ways],
)
def test_every_act_works_without_scripts(visit: Visit, past: Past, act: str, way: Way) -> None:
    visitor = way(Desk(visit, past))
    assert act in {act_of(*sent) for sent in visitor.sent}, "the form of this act was not sent"


def test_every_form_there_is_has_been_tried_without_scripts(served: Served, furnished: None) -> None:
    seen: set[str] = set()
    for somebody in (None, KARI, JONAS, HANNE, AMINA, COUNTY_LIBRARY, OPERATOR):
        pages = crawl(served, somebody, county=somebody.county if somebody else "innlandet")
        seen |= {act for page in pages for act in page.acts}
    assert seen <= set(ACTS), "forms that no test sends"
    assert act_endpoints() == endpoints_of(set(ACTS)) - SEARCHES | set(NEEDS_DAYS_OF_SILENCE)
