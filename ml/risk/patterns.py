"""Patterns in a person's own record: by hour of day, by weekday, and against last week.

The source paper's figure of sadness by hour (its peak near ten o'clock) for one person's or a group's hour rows; called
by the emotion centre and by HR's insights. Pure: rows in, numbers out; too little data gives None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EMOTIONS, FloatArray, index_of

_MIN_PER_SLOT: Final = 3  # fewer rows in an hour or weekday are an anecdote, not a pattern
_MIN_DAYS: Final = 3  # of seven, in each of the two weeks compared
# What a person may be told as a change comes by chance in one week of a hundred, for each component (Welch's test). Two
# standard errors had one of the ten notable in 37 to 55 of 100 weeks in which nothing had changed. Student's t for 2 to
# 12 degrees of freedom, all that three to seven days can have: SciPy would add 30 MB to every process for these.
_STUDENT: Final = (9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169, 3.106, 3.055)
_LEAST: Final = 0.01  # and nothing smaller: of days that hardly differ the last digit would be notable


@dataclass(frozen=True, slots=True)
class Profile:
    """Mean of a component in each slot (24 hours or 7 weekdays); NaN where there is too little."""

    mean: FloatArray
    error: FloatArray  # standard error of each mean
    count: NDArray[np.int64]
    peak: int | None  # the slot with the highest mean, None where fewer than two slots are known


def profile(vectors: FloatArray, slots: NDArray[np.integer], size: int, component: str = "negative") -> Profile:
    """`vectors` [N, 10] grouped by `slots` [N] in 0..size−1; rows with NaN are left out."""
    vectors, slots = np.asarray(vectors, dtype=np.float64).reshape(-1, len(EMOTIONS)), np.asarray(slots)
    if len(vectors) != len(slots):
        raise ValueError(f"{len(vectors)} vectors but {len(slots)} slots")
    if len(slots) and not (slots.min() >= 0 and slots.max() < size):
        raise ValueError(f"slots lie in 0..{size - 1}")
    values = vectors[:, index_of(component)]
    known = np.isfinite(values)
    values, slots = values[known], slots[known].astype(np.int64)
    count = np.bincount(slots, minlength=size)
    enough = count >= _MIN_PER_SLOT
    per = np.maximum(count, 1)
    mean = np.bincount(slots, values, size) / per
    variance = np.bincount(slots, np.square(values - mean[slots]), size) / np.maximum(count - 1, 1)
    peak = int(np.argmax(np.where(enough, mean, -np.inf))) if enough.sum() >= 2 else None
    error = np.where(enough, np.sqrt(variance / per), np.nan)
    return Profile(np.where(enough, mean, np.nan), error, count, peak)


def by_hour(vectors: FloatArray, local_hours: NDArray[np.integer], component: str = "negative") -> Profile:
    """Hour rows by the local hour they began at."""
    return profile(vectors, local_hours, 24, component)


def by_weekday(vectors: FloatArray, weekdays: NDArray[np.integer], component: str = "negative") -> Profile:
    """Day rows by weekday, Monday 0."""
    return profile(vectors, weekdays, 7, component)


@dataclass(frozen=True, slots=True)
class Change:
    """One component this week against last week."""

    component: str
    now: float
    before: float
    error: float  # standard error of the difference
    notable: bool


def change_since_last_week(days: FloatArray) -> tuple[Change, ...] | None:
    """`days` [14, 10], oldest first, NaN for missing; None unless both weeks have three days."""
    days = np.asarray(days, dtype=np.float64)
    if days.shape != (14, len(EMOTIONS)):
        raise ValueError(f"expected 14 days of {len(EMOTIONS)}, got shape {days.shape}")
    before, now = (week[np.isfinite(week).all(1)] for week in (days[:7], days[7:]))
    if min(len(before), len(now)) < _MIN_DAYS:
        return None
    error, needed = _welch(before, now)
    means = zip(EMOTIONS, now.mean(0), before.mean(0), error, np.maximum(needed, _LEAST), strict=True)
    return tuple(Change(n, float(a), float(b), float(e), bool(abs(a - b) > least)) for n, a, b, e, least in means)


def _welch(before: FloatArray, now: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The standard error of the difference of means, and the difference that Welch's t-test asks for."""
    parts = np.array([week.var(0, ddof=1) / len(week) for week in (before, now)])
    error = np.sqrt(parts.sum(0))
    freedom = np.array([[len(week) - 1] for week in (before, now)])
    degrees = parts.sum(0) ** 2 / np.maximum((parts**2 / freedom).sum(0), np.finfo(np.float64).tiny)
    return error, np.interp(degrees, range(2, 2 + len(_STUDENT)), _STUDENT) * error
