"""A person's own patterns, from stored hours and days to what the emotion centre shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from backend.rollup.schemas import ChangeOut, PatternsOut, ProfileOut
from backend.tables import DayRollup, HourRollup
from ml.emotions import EMOTIONS, FloatArray
from ml.risk.patterns import Profile, by_hour, by_weekday, change_since_last_week

# A season: long enough for every weekday to come up a dozen times, short enough to be about now.
DAYS = 91


def patterns_of(
    hours: Sequence[HourRollup], days: Sequence[DayRollup], last: date, zone_of: Callable[[datetime], str]
) -> PatternsOut:
    """An hour counts as the one that the clock showed where the person was."""
    local_hours = np.array([row.hour.astimezone(ZoneInfo(zone_of(row.hour))).hour for row in hours], dtype=np.int64)
    weekdays = np.array([row.day.weekday() for row in days], dtype=np.int64)
    changes = change_since_last_week(_fortnight(days, last))
    return PatternsOut(
        since=last - timedelta(days=DAYS - 1),
        by_hour=_profile(by_hour(_vectors(hours), local_hours)),
        by_weekday=_profile(by_weekday(_vectors(days), weekdays)),
        since_last_week=[ChangeOut(**asdict(change)) for change in changes] if changes else None,
    )


def _vectors(rows: Sequence[HourRollup] | Sequence[DayRollup]) -> FloatArray:
    return np.array([row.mean for row in rows], dtype=np.float64).reshape(-1, len(EMOTIONS))


def _fortnight(days: Sequence[DayRollup], last: date) -> FloatArray:
    table = np.full((14, len(EMOTIONS)), np.nan)
    for row in days:
        back = (last - row.day).days
        if 0 <= back < 14:
            table[13 - back] = row.mean
    return table


def _profile(found: Profile) -> ProfileOut:
    def known(values: FloatArray) -> list[float | None]:
        return [float(value) if np.isfinite(value) else None for value in values]

    return ProfileOut(
        mean=known(found.mean), error=known(found.error), count=[int(n) for n in found.count], peak=found.peak
    )
