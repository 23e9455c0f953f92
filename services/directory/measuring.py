"""What operators see of the directory: erasures that other counties have not confirmed."""

from prometheus_client import Gauge

from byttebank.clock import parse_time
from byttebank.messaging.service import Runtime, every
from services.directory import operations

ERASURES_WAITING = Gauge(
    "byttebank_directory_waiting_erasures",
    "Requests to other counties to erase a person that they have not confirmed.",
    ["county"],
)
ERASURES_OLDEST_SECONDS = Gauge(
    "byttebank_directory_erasures_oldest_seconds",
    "How long ago the oldest of these was asked for.",
    ["county"],
)


class MeasuredErasures:
    """The gauges show the erasures as they are."""

    runtime: Runtime

    @every(10, at_start=True)
    def measure(self) -> None:
        county = self.runtime.county
        with self.runtime.reading() as work:
            waiting, now = operations.waiting_erasures(work), work.now
        oldest_at = min((parse_time(one["asked_at"]) for one in waiting), default=now)
        age_seconds = (now - oldest_at).total_seconds()
        ERASURES_WAITING.labels(county).set(sum(one["people"] for one in waiting))
        ERASURES_OLDEST_SECONDS.labels(county).set(age_seconds)
