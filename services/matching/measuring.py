"""What operators see of rounds: those of matching, alone and with other counties, and of vandring."""

from typing import Any

from prometheus_client import Gauge

from byttebank.messaging.service import Runtime, every
from services.matching import operations

MEASURE_SECONDS = 15
OPEN_ROUNDS = Gauge(
    "byttebank_matching_open_rounds",
    "Rounds in which something is still to happen, by kind: own, joint, vandring.",
    ["county", "kind"],
)
OLDEST_SECONDS = Gauge(
    "byttebank_matching_oldest_round_seconds",
    "How long what this node does by itself in a round has taken: gathering, computing or proposing.",
    ["county", "kind"],
)
COUNTY_GAUGES = {
    "is_running": Gauge(
        "byttebank_matching_round_running", "1 while a round of matching is computed.", ["county"]
    ),
    "seconds": Gauge(
        "byttebank_matching_round_seconds",
        "How long the computation of the running or last round has taken.",
        ["county"],
    ),
    "served_half_days": Gauge(
        "byttebank_matching_round_served_half_days",
        "Half-days that the best plan of the running or last round serves.",
        ["county"],
    ),
    "bound_half_days": Gauge(
        "byttebank_matching_round_bound_half_days",
        "Half-days that no plan of that round exceeds.",
        ["county"],
    ),
    "interrupted": Gauge(
        "byttebank_matching_interrupted_rounds",
        "Rounds whose computation was lost, and that a person may begin again.",
        ["county"],
    ),
    "overdue_seconds": Gauge(
        "byttebank_matching_joint_round_overdue_seconds",
        "How long a round has waited for another county beyond the time it had.",
        ["county"],
    ),
    "waiting_visits": Gauge(
        "byttebank_matching_waiting_visits",
        "Visits of a vandring that are to be proposed by themselves and are not yet.",
        ["county"],
    ),
}


class MeasuredRounds:
    """The gauges show the rounds as they are, the same in every copy of the service."""

    runtime: Runtime

    @every(MEASURE_SECONDS, at_start=True)
    def measure(self) -> None:
        county = self.runtime.county
        with self.runtime.reading() as work:
            figures = operations.measured_rounds(work)
        show(county, figures)


def show(county: str, figures: dict[str, Any]) -> None:
    """The gauges of the county are these figures."""
    for kind, count in figures["open_rounds"].items():
        OPEN_ROUNDS.labels(county, kind).set(count)
    for kind, seconds in figures["oldest_seconds"].items():
        OLDEST_SECONDS.labels(county, kind).set(seconds)
    for name, gauge in COUNTY_GAUGES.items():
        gauge.labels(county).set(figures[name])
