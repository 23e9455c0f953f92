"""The balance over time as steps: level between two days of work, never a slope."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor

WIDTH, HEIGHT = 420, 232
LEFT, RIGHT, TOP, BOTTOM = 46, 402, 36, 184
MAX_TICKS = 6
MONTHS_SHOWN = 4
SHORTEST = timedelta(days=28)


@dataclass(frozen=True)
class Point:
    """The balance after everything of a day."""

    day: date
    half_days: int


@dataclass(frozen=True)
class Tick:
    """A level with its line; `half_days` is what it stands for."""

    y: float
    half_days: int


@dataclass(frozen=True)
class MonthMark:
    """Where a month stands on the axis."""

    x: float
    month: int


@dataclass(frozen=True)
class Below:
    """A stretch below zero, hatched."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class StepChart:
    """The picture. `ends` are the level on each last day of a month, and now: the table behind it."""

    path: str
    end_x: float
    end_y: float
    zero_y: float
    ticks: tuple[Tick, ...]
    months: tuple[MonthMark, ...]
    below: tuple[Below, ...]
    ends: tuple[Point, ...]
    first: Point
    last: Point
    lowest: Point
    highest: Point


def step_chart(points: Sequence[Point], before_half_days: int, first_day: date, today: date) -> StepChart:
    """The chart from `first_day` to today; `points` in order of day, `before_half_days` ahead of them."""
    first_day = min(first_day, today - SHORTEST)
    inside = [point for point in points if first_day <= point.day]
    earlier = [point for point in points if point.day < first_day]
    start = Point(first_day, earlier[-1].half_days if earlier else before_half_days)
    steps = _last_of_each_day([start, *inside])
    last_day = max(today, steps[-1].day)
    scale = _Scale(first_day, last_day, [point.half_days for point in steps])
    path = f"M{scale.x(start.day)} {scale.y(start.half_days)}"
    path += "".join(f"H{scale.x(point.day)}V{scale.y(point.half_days)}" for point in steps[1:])
    path += f"H{scale.x(last_day)}"
    now = Point(last_day, steps[-1].half_days)
    return StepChart(
        path=path,
        end_x=scale.x(last_day),
        end_y=scale.y(now.half_days),
        zero_y=scale.y(0),
        ticks=tuple(Tick(scale.y(level), level) for level in scale.levels()),
        months=_months(scale, first_day, last_day),
        below=_below(scale, steps, last_day),
        ends=_month_ends(steps, first_day, last_day),
        first=start,
        last=now,
        lowest=min(steps, key=lambda point: point.half_days),
        highest=max(steps, key=lambda point: point.half_days),
    )


class _Scale:
    """Days to the right, half-days upwards; always shows zero and at least one day."""

    def __init__(self, first: date, last: date, levels: Sequence[int]) -> None:
        self._first = first
        self._days = max((last - first).days, 1)
        self._low = 2 * floor(min(0, *levels) / 2) if levels else 0
        self._high = max(2, 2 * ceil(max(0, *levels) / 2))

    def x(self, day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - self._first).days / self._days, 1)

    def y(self, half_days: int) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (half_days - self._low) / (self._high - self._low), 1)

    def levels(self) -> list[int]:
        step = 2 * max(1, ceil((self._high - self._low) / 2 / (MAX_TICKS - 1)))
        return [
            level for level in range(self._low - self._low % step, self._high + 1, step) if level >= self._low
        ]


def _last_of_each_day(points: Sequence[Point]) -> list[Point]:
    by_day = {point.day: point for point in points}
    return [by_day[day] for day in sorted(by_day)]


def _months(scale: _Scale, first: date, last: date) -> tuple[MonthMark, ...]:
    """A few months, evenly spread, each named in its middle."""
    middles = [month.replace(day=15) for month in _months_between(first, last)]
    inside = [day for day in middles if first <= day <= last] or [last]
    every = max(1, ceil(len(inside) / MONTHS_SHOWN))
    chosen = inside[::-1][::every][::-1]
    return tuple(MonthMark(scale.x(day), day.month) for day in chosen)


def _months_between(first: date, last: date) -> list[date]:
    month, found = first.replace(day=1), []
    while month <= last:
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _month_ends(steps: Sequence[Point], first: date, last: date) -> tuple[Point, ...]:
    ends = []
    for month in _months_between(first, last):
        end = min((month + timedelta(days=32)).replace(day=1) - timedelta(days=1), last)
        level = [point.half_days for point in steps if point.day <= end]
        if level:
            ends.append(Point(end, level[-1]))
    return tuple(ends)


def _below(scale: _Scale, steps: Sequence[Point], last: date) -> tuple[Below, ...]:
    until = [*[point.day for point in steps[1:]], last]
    return tuple(
        Below(
            x=scale.x(point.day),
            y=scale.y(0),
            width=round(scale.x(end) - scale.x(point.day), 1),
            height=round(scale.y(point.half_days) - scale.y(0), 1),
        )
        for point, end in zip(steps, until, strict=True)
        if point.half_days < 0
    )
