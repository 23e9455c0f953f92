"""What those who watch the node see of its rounds."""

from datetime import timedelta

from joint_cast import ROUND as JOINT_ROUND
from joint_cast import Joint
from matching_cast import Matching, a_request
from prometheus_client import REGISTRY
from round_cast import COUNTY, ROUND, begin, compute, offer, publish, report
from test_joint_rounds import joint, settled
from test_vandring_visits import to_be_proposed

from services.matching import operations
from services.matching.measuring import show
from services.matching.operations.rounds.computing import DEAD_AFTER

__all__ = ["joint", "settled"]
NOTHING = {
    "open_rounds": {"own": 0, "joint": 0, "vandring": 0},
    "oldest_seconds": {"own": 0.0, "joint": 0.0},
    "overdue_seconds": 0.0,
    "interrupted": 0,
    "waiting_visits": 0,
    "is_running": False,
    "seconds": 0.0,
    "served_half_days": 0,
    "bound_half_days": 0,
}


def later(county: Matching, **time: float) -> None:
    county.clock.move_to(county.clock.now() + timedelta(**time))


def test_before_anything_has_happened_every_figure_is_there_and_0(innlandet: Matching) -> None:
    figures = innlandet.ask(operations.measured_rounds)
    assert figures == NOTHING
    show("figures-test", figures)
    assert REGISTRY.get_sample_value("byttebank_matching_open_rounds", _here("joint")) == 0
    assert REGISTRY.get_sample_value("byttebank_matching_round_running", _here()) == 0


def _here(kind: str | None = None) -> dict[str, str]:
    return {"county": "figures-test"} | ({"kind": kind} if kind else {})


def test_a_round_is_watched_from_its_beginning_until_it_is_sent(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=4, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    later(innlandet, minutes=2)
    found = innlandet.ask(operations.measured_rounds)
    assert (found["open_rounds"]["own"], found["oldest_seconds"]["own"], found["seconds"]) == (1, 120, 0)
    report(innlandet)
    run, _ = innlandet.do(operations.begin_computing, ROUND)
    later(innlandet, seconds=7)
    innlandet.do(operations.computing, ROUND, run, 1, 3)
    found = innlandet.ask(operations.measured_rounds)
    assert (found["is_running"], found["seconds"], found["oldest_seconds"]["own"]) == (True, 7, 7)
    assert (found["served_half_days"], found["bound_half_days"]) == (2, 6)
    later(innlandet, seconds=DEAD_AFTER.total_seconds() + 1)
    innlandet.do(operations.computation_ended, ROUND, run)
    found = innlandet.ask(operations.measured_rounds)
    assert (found["interrupted"], found["is_running"], found["open_rounds"]["own"]) == (1, False, 0)
    innlandet.do(operations.run_matching_round, ROUND, COUNTY)
    compute(innlandet)
    found = innlandet.ask(operations.measured_rounds)
    assert (found["interrupted"], found["served_half_days"], found["bound_half_days"]) == (0, 4, 4)
    publish(innlandet)
    found = innlandet.ask(operations.measured_rounds)
    assert (found["open_rounds"]["own"], found["oldest_seconds"]["own"]) == (0, 0)


def test_half_a_day_is_in_the_figures_too(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=3, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    report(innlandet)
    compute(innlandet)
    found = innlandet.ask(operations.measured_rounds)
    assert (found["served_half_days"], found["bound_half_days"]) == (3, 3)


def test_an_interrupted_round_whose_days_have_been_is_nobodys_business(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=4, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    report(innlandet)
    run, _ = innlandet.do(operations.begin_computing, ROUND)
    innlandet.do(operations.computation_ended, ROUND, run)
    later(innlandet, days=40)
    assert innlandet.ask(operations.measured_rounds)["interrupted"] == 0


def test_a_round_that_waits_for_a_county_beyond_its_time_is_seen_by_those_who_wait(joint: Joint) -> None:
    joint.begin()
    joint.tick("innlandet")
    joint.deliver(joint.letters("innlandet"))
    joint.tick("akershus", "oslo")
    joint.tick("akershus", "oslo")
    joint.letters()
    joint.pass_time(minutes=55)
    assert joint["akershus"].ask(operations.measured_rounds)["overdue_seconds"] == 0
    joint.pass_time(minutes=25)
    found = joint["akershus"].ask(operations.measured_rounds)
    assert (found["open_rounds"]["joint"], found["overdue_seconds"]) == (1, 20 * 60)
    assert found["oldest_seconds"]["joint"] == 0, "it waits for others and has nothing to do itself"
    joint.pass_time(hours=3)
    joint.tick("akershus")
    found = joint["akershus"].ask(operations.measured_rounds)
    assert (found["open_rounds"]["joint"], found["overdue_seconds"]) == (0, 0)
    assert joint.see("akershus")["id"] == JOINT_ROUND


def test_visits_that_are_not_proposed_and_vandring_rounds_are_counted(innlandet: Matching) -> None:
    to_be_proposed(innlandet)
    found = innlandet.ask(operations.measured_rounds)
    assert (found["waiting_visits"], found["open_rounds"]["vandring"]) == (5, 0)
