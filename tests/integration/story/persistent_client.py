"""A client that tries again with the same key until it gets an answer, as any good client does."""

import time
from typing import Any

from demo.client import Client, Document, NotRunning, Refused

PATIENCE_SECONDS = 120


class PersistentClient(Client):
    """Nobody home and "unknown outcome" mean: the same again in a moment."""

    def _call(self, method: str, path: str, body: Document | None, key: str = "") -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super()._call(method, path, body, key)
            except NotRunning:
                if time.monotonic() > deadline:
                    raise
            except Refused as refusal:
                if refusal.status < 500 or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)
