"""What every benchmark needs: to wait, to take times, to print them, and to see who used the processor."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 300.0
POLL_SECONDS = 0.005


def wait_until(question: Callable[[], bool], every_seconds: float = POLL_SECONDS) -> float:
    """Seconds until the answer was yes. Ends the benchmark when that takes minutes."""
    began = time.monotonic()
    while not question():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise SystemExit("waited too long")
        time.sleep(every_seconds)
    return time.monotonic() - began


def timed(act: Callable[[], Any]) -> float:
    """Seconds that the act takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began


def percentile(seconds: Sequence[float], share: float) -> float:
    """The time that so great a share of the times does not exceed."""
    ordered = sorted(seconds)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def print_times(what: str, seconds: Sequence[float], floor: Sequence[float] | None = None) -> None:
    """The median and the 99th percentile in milliseconds, and how many times the floor's they are."""
    p50, p99 = percentile(seconds, 0.5), percentile(seconds, 0.99)
    line = f"{what:<58} p50 {p50 * 1000:7.1f} ms  p99 {p99 * 1000:7.1f} ms"
    if floor is not None:
        line += f"  ({p50 / percentile(floor, 0.5):.1f} and {p99 / percentile(floor, 0.99):.1f} x the floor)"
    print(line)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its children that have ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def cpu_seconds_of_family(pid: int) -> float:
    """As `cpu_seconds`, with every living descendant's."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    family = [pid]
    for one in family:
        family += children.get(one, [])
    total = 0.0
    for one in family:
        try:
            total += cpu_seconds(one)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total
