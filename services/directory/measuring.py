"""What operators see of the directory: erasures that other counties have not confirmed."""

from prometheus_client import Gauge

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
            waiting, oldest_at = operations.waiting_erasures(work)
            now = work.now
        age_seconds = (now - oldest_at).total_seconds() if oldest_at else 0
        ERASURES_WAITING.labels(county).set(waiting)
        ERASURES_OLDEST_SECONDS.labels(county).set(age_seconds)
