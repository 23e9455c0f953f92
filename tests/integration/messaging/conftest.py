"""Toy services over the real in-process broker and SQLite."""

import eventlet

eventlet.monkey_patch()

from collections.abc import Callable, Iterator  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import pytest  # noqa: E402
from toys import SERVICES, OpenChannels, make_tables  # noqa: E402

from byttebank.messaging.runner import EmbeddedFederation  # noqa: E402


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., EmbeddedFederation]]:
    """Starts a federation of toy services; whatever was started is stopped after the test."""
    started: list[EmbeddedFederation] = []

    def begin(*counties: str, **options: Any) -> EmbeddedFederation:
        given = {
            "services": SERVICES,
            "migrate": make_tables,
            "port": None,
            "channels": OpenChannels,
            **options,
        }
        federation = EmbeddedFederation(tmp_path / "state", counties or ("innlandet",), **given)
        started.append(federation)
        return federation.start()

    yield begin
    for federation in started:
        federation.stop()
