"""A vandring that is planned, published, or mended when some of its weeks have been."""

import pytest
from matching_cast import Matching, an_id
from vandring_cast import COUNTY, PLACES, ROUND, Document, begin, leader, published, say, see, settle

from byttebank.contracts.refusals import DatePast
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: many libraries answer."""


def weeks(seen: Document) -> list[str]:
    return [one["week_on"] for one in seen["visits"]]


def test_a_plan_has_weeks_to_come_only_and_one_with_a_week_that_has_been_is_not_sent(
    innlandet: Matching,
) -> None:
    settle(innlandet)
    begin(innlandet)
    for library in PLACES:
        say(innlandet, library)
    innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    assert "2027-01-11" in weeks(see(innlandet))
    # A visit is for tomorrow at the earliest, so on its Friday a week is over.
    innlandet.let_time_pass("2027-01-22")
    with pytest.raises(DatePast):
        innlandet.do(operations.publish_vandring_round, ROUND, COUNTY)
    assert see(innlandet)["stage"] == "planned"
    planned = innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    assert planned["visits"]
    assert min(weeks(planned)) == "2027-01-25"
    assert innlandet.do(operations.publish_vandring_round, ROUND, COUNTY)["stage"] == "published"


def test_a_round_whose_last_day_has_come_is_planned_no_more(innlandet: Matching) -> None:
    settle(innlandet)
    begin(innlandet)
    for library in PLACES:
        say(innlandet, library)
    innlandet.let_time_pass("2027-02-05")
    with pytest.raises(DatePast) as refused:
        innlandet.do(operations.plan_vandring_round, ROUND, COUNTY)
    assert refused.value.parameters == {"date": "2027-02-05"}


def test_who_loses_a_host_late_gets_another_in_a_week_to_come(innlandet: Matching) -> None:
    before = published(innlandet)
    innlandet.let_time_pass("2027-01-22")
    innlandet.do(operations.leave_vandring, ROUND, an_id("Tolga"), leader("Tolga"))
    kept = {(one["visitor_library_name"], one["host_library_name"]) for one in before["visits"]}
    new = [
        one
        for one in see(innlandet)["visits"]
        if (one["visitor_library_name"], one["host_library_name"]) not in kept
    ]
    assert new
    assert all(one["week_on"] >= "2027-01-25" for one in new)
