"""The sustained signal: a lasting shift of a person's days away from their own baseline.

One number a day, the log-odds of negative against positive expression, is compared with a personal baseline of up to
28 days and accumulated by a one-sided CUSUM; the baseline is frozen while the CUSUM is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import FloatArray, index_of
from ml.risk.policy import RiskPolicy

_NEGATIVE: Final = [index_of(name) for name in ("sad", "angry", "fear")]
_POSITIVE: Final = [index_of(name) for name in ("happy", "surprise")]
_EPSILON: Final = 0.02


@dataclass(frozen=True, slots=True)
class DriftTrace:
    """One value for each person and day, [P, D]."""

    value: FloatArray  # the accumulated evidence
    open: NDArray[np.bool_]  # an episode is open
    days_open: NDArray[np.int64]  # calendar days since it opened, 1 on the first
    observed: NDArray[np.int64]  # days with data so far, today included
    usual_until: NDArray[np.int64]  # how many of those belong to the person's usual self


def log_odds(days: FloatArray) -> FloatArray:
    """log of negative against positive expression, [..., 10] → [...]."""
    negative = days[..., _NEGATIVE].sum(-1) + _EPSILON
    result: FloatArray = np.log(negative / (days[..., _POSITIVE].sum(-1) + _EPSILON))
    return result


def trace(history: FloatArray, policy: RiskPolicy, weekday_of_first: NDArray[np.int64]) -> DriftTrace:
    """Walk through the days once for everybody together; called by `assess` and `replay`."""
    x = log_odds(history)
    people, days = x.shape
    value = np.zeros((people, days))
    is_open = np.zeros((people, days), dtype=bool)
    days_open = np.zeros((people, days), dtype=np.int64)
    n, mean, m2 = np.zeros(people), np.zeros(people), np.zeros(people)
    s, opened, age = np.zeros(people), np.zeros(people, dtype=bool), np.zeros(people, dtype=np.int64)
    for day in range(days):
        seen = np.isfinite(x[:, day])
        ready = seen & (n >= policy.learning_days)
        sigma = np.sqrt((m2 + 8 * 0.25) / (n + 8))
        z = np.clip(np.where(ready, (x[:, day] - mean) / sigma, 0.0), -3, 3)
        s = np.where(ready, np.maximum(0, s + z - policy.allowance), s)
        opened = np.where(opened, s >= policy.clear_at, s >= policy.moderate_at)
        age = np.where(opened, age + 1, 0)
        learn = seen & ~opened & (s < policy.low_at)
        n = np.where(learn, np.minimum(n + 1, policy.baseline_days), n)
        gap = np.where(learn, x[:, day] - mean, 0.0)
        mean = mean + gap / np.maximum(n, 1)
        m2 = m2 * (1 - learn / np.maximum(n, 1)) * 1.0 + gap**2
        value[:, day], is_open[:, day], days_open[:, day] = s, opened, age
    observed = np.isfinite(x).cumsum(1)
    return DriftTrace(value, is_open, days_open, observed, np.maximum(observed - 5, 0))
