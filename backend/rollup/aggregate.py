"""From readings to hours, days and weeks, as pure functions that give the same rows in whatever order things arrive.

hour = mean of its readings · day = mean of its hours, so a burst of photos does not dominate · week = seven days.
Keys follow the person's own zone: an hour is named by the UTC instant it starts at (so the repeated hour of a 25-hour
day is two hours), a day by its local date. `rollup.tasks` recomputes the hour and day a reading belongs to; `merge` and
`unmerge` serve bulk statistics, where floating-point agreement to 1e-9 is enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from ml.emotions import EMOTIONS

_SIZE: Final = len(EMOTIONS)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moments:
    """How many, their mean and the summed squared distance from it, for each of the ten components."""

    n: int
    mean: tuple[float, ...]
    m2: tuple[float, ...]

    @property
    def deviation(self) -> tuple[float, ...]:
        """Population standard deviation; zeros for one value or none."""
        return tuple(math.sqrt(m / self.n) if self.n else 0.0 for m in self.m2)


EMPTY: Final = Moments(0, (0.0,) * _SIZE, (0.0,) * _SIZE)


def of(vectors: Iterable[Sequence[float]]) -> Moments:
    """Moments of vectors, bit for bit the same in any order: sums are exact before they are rounded once."""
    rows = [_checked(vector) for vector in vectors]
    if not rows:
        return EMPTY
    columns = list(zip(*rows, strict=True))
    mean = tuple(math.fsum(column) / len(rows) for column in columns)
    m2 = tuple(math.fsum((v - mu) ** 2 for v in column) for column, mu in zip(columns, mean, strict=True))
    return Moments(len(rows), mean, m2)


def _checked(vector: Sequence[float]) -> Sequence[float]:
    if len(vector) != _SIZE:
        raise ValueError(f"an emotion vector has {_SIZE} numbers, got {len(vector)}")
    if not all(math.isfinite(v) for v in vector):
        raise ValueError("an emotion vector holds finite numbers only")
    return vector


def merge(a: Moments, b: Moments) -> Moments:
    """Moments of both together (Chan, Golub and LeVeque's pairwise update)."""
    if not a.n or not b.n:
        return b if not a.n else a
    n = a.n + b.n
    mean = tuple((x * a.n + y * b.n) / n for x, y in zip(a.mean, b.mean, strict=True))
    cross = a.n * b.n / n
    m2 = tuple(p + q + (x - y) ** 2 * cross for p, q, x, y in zip(a.m2, b.m2, a.mean, b.mean, strict=True))
    return Moments(n, mean, m2)


def unmerge(whole: Moments, part: Moments) -> Moments:
    """What remains of `whole` when `part`, which it contains, is taken out."""
    n = whole.n - part.n
    if n < 0:
        raise ValueError(f"cannot take {part.n} readings out of {whole.n}")
    if not n or not part.n:
        return whole if n else EMPTY
    mean = tuple((w * whole.n - p * part.n) / n for w, p in zip(whole.mean, part.mean, strict=True))
    cross = n * part.n / whole.n
    m2 = tuple(
        max(0.0, w - p - (x - y) ** 2 * cross) for w, p, x, y in zip(whole.m2, part.m2, mean, part.mean, strict=True)
    )
    return Moments(n, mean, m2)


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """From this instant on the person lives in this IANA zone."""

    since: datetime
    zone: str


def zone_at(at: datetime, changes: Sequence[ZoneChange], default: str = "UTC") -> str:
    """The zone in force at an instant: a person who moves keeps the days already lived in the old zone."""
    past = [change for change in changes if change.since <= at]
    return max(past, key=lambda change: change.since).zone if past else default


def _local(at: datetime, zone: str) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a reading's time needs a zone: naive times mean something else on every machine")
    return at.astimezone(ZoneInfo(zone))


def hour_key(at: datetime, zone: str) -> datetime:
    """The UTC instant at which the local clock hour of `at` began."""
    local = _local(at, zone)
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def day_key(at: datetime, zone: str) -> date:
    """The local date of `at`."""
    return _local(at, zone).date()


def week_key(day: date) -> date:
    """The Monday of the calendar week of `day`."""
    return day - timedelta(days=day.weekday())


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """[start, end) of a local day in UTC: 23, 24 or 25 hours, where a zone changes its clocks."""
    here = ZoneInfo(zone)
    start, end = (datetime.combine(d, time(), here).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    return start, end


def hours_of_day(day: date, zone: str) -> list[datetime]:
    """Keys of the hours of a local day, in order, for the chart of a day."""
    start, end = day_bounds(day, zone)
    steps = range(math.ceil((end - start) / _HOUR))
    return sorted({hour_key(start + i * _HOUR, zone) for i in steps})


@dataclass(frozen=True, slots=True)
class Day:
    """A day's row: the mean of its hour means, and how much stands behind it."""

    readings: int
    hours: Moments

    @property
    def mean(self) -> tuple[float, ...]:
        return self.hours.mean


def day_of(hours: Iterable[Moments]) -> Day | None:
    """A day from its hours; None when no hour holds a reading (the row is then deleted)."""
    full = [hour for hour in hours if hour.n]
    return Day(sum(hour.n for hour in full), of(hour.mean for hour in full)) if full else None


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days ending at `last`: the sequence with its gaps, and the mean of the days that have data."""

    last: date
    days: tuple[tuple[float, ...] | None, ...]
    moments: Moments


def week_of(days: Mapping[date, Sequence[float]], last: date) -> Week:
    """The seven days up to and including `last`; a gap stays a gap."""
    wanted = [last - timedelta(days=back) for back in range(6, -1, -1)]
    rows = tuple(tuple(days[day]) if day in days else None for day in wanted)
    return Week(last, rows, of(row for row in rows if row is not None))


@dataclass(frozen=True, slots=True)
class TimedVector:
    """A reading as the roll-up sees it."""

    key: str
    at: datetime
    vector: tuple[float, ...]


def roll_up(
    readings: Iterable[TimedVector], changes: Sequence[ZoneChange], default: str = "UTC"
) -> tuple[dict[datetime, Moments], dict[date, Day]]:
    """All hours and days of a person from scratch: what every incremental path must end in.

    A reading delivered twice counts once; an hour belongs to the day its own start falls on.
    """
    by_hour: dict[datetime, list[tuple[float, ...]]] = {}
    day_of_hour: dict[datetime, date] = {}
    for reading in {r.key: r for r in readings}.values():
        zone = zone_at(reading.at, changes, default)
        hour = hour_key(reading.at, zone)
        by_hour.setdefault(hour, []).append(reading.vector)
        # by the zone at the hour's start, so the day is the same whichever reading of the hour is looked at
        day_of_hour[hour] = day_key(hour, zone_at(hour, changes, default))
    hours = {hour: of(by_hour[hour]) for hour in sorted(by_hour)}
    days = {day: day_of(h for k, h in hours.items() if day_of_hour[k] == day) for day in day_of_hour.values()}
    return hours, {day: row for day, row in sorted(days.items()) if row is not None}
