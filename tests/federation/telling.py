"""The story of the demonstration, told to a federation whose gateways come in copies and may be killed."""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

from demo import parties, story
from demo.client import Client, Document, NotRunning, Refused

PATIENCE_SECONDS = 120.0
ONE_ANSWER_SECONDS = 20


class AnyGateway(Client):
    """Calls one of the county's gateways, and the next one with the same key when there is no answer."""

    gateways: Mapping[str, list[str]] = {}
    turns = count()
    failures: Counter[int] = Counter()
    """How often a gateway answered with each status from 500 up; 0 when there was no answer."""

    def __init__(self, _url: str, county: str) -> None:
        super().__init__("http://unused", county)

    def _call(self, method: str, path: str, body: Document | None, key: str = "") -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            addresses = self.gateways[self.county]
            address = addresses[next(self.turns) % len(addresses)]
            self._base = f"{address}/{self.county}/api/v1"
            try:
                return super()._call(method, path, body, key)
            except NotRunning:
                self.failures[0] += 1
                if time.monotonic() > deadline:
                    raise
            except Refused as refusal:
                if refusal.status >= 500:
                    self.failures[refusal.status] += 1
                if refusal.status < 500 or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)


@contextmanager
def told_to(gateways: Mapping[str, list[str]]) -> Iterator[None]:
    """Within the block the story is told to these gateways, and only of their counties."""
    changed: dict[tuple[Any, str], Any] = {
        (AnyGateway, "gateways"): gateways,
        (parties, "Client"): AnyGateway,
        (parties, "SHOWN"): {county: one for county, one in parties.SHOWN.items() if county in gateways},
        (story, "COUNTIES"): tuple(gateways),
        (story, "PATIENCE_SECONDS"): PATIENCE_SECONDS,
    }
    if hasattr(story, "Client"):
        changed[story, "Client"] = AnyGateway
    kept = {place: getattr(*place) for place in changed}
    for place, value in changed.items():
        setattr(*place, value)
    try:
        yield
    finally:
        for place, value in kept.items():
            setattr(*place, value)


class Telling(threading.Thread):
    """The story, told in the background by somebody who does not give up."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            story.play("http://unused")
        except BaseException as error:
            self.error = error
