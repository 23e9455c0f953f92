"""Two counties whose channel is open."""

from pathlib import Path

import pytest
from two_counties import County, exchange, two_counties


@pytest.fixture
def open_pair(tmp_path: Path) -> tuple[County, County]:
    """Both have answered and nothing waits."""
    one, two = two_counties(tmp_path)
    exchange(one, two)
    assert (one.state(), two.state()) == ("open", "open")
    return one, two
