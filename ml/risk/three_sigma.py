"""The source paper's 3σ count R: how many components left their own range, in the unfavourable direction.

R grows by one for each negative or complex component above u + 3σ and each positive one below u − 3σ, where u and
σ (population) are the mean and deviation of the past week. `literal_count` keeps the examined day inside its own
window as the paper writes it; with seven days that can never fire: |e_i − u| / σ is at most √(n − 1) = 2.45 (with
the sample σ (n − 1) / √n = 2.27). `count` keeps the day outside its baseline and is what the acute signal uses.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EMOTIONS, POSITIVE, FloatArray

# +1: bad when high (negative and complex components), −1: bad when low (positive ones).
DIRECTIONS: Final[FloatArray] = np.array([-1.0 if name in POSITIVE else 1.0 for name in EMOTIONS])


def exceeds(day: FloatArray, mean: FloatArray, sigma: FloatArray, factor: float = 3.0) -> NDArray[np.bool_]:
    """Which components lie outside mean ± factor·sigma on their unfavourable side (missing: never)."""
    return DIRECTIONS * (day - mean) > factor * sigma


def literal_count(week: FloatArray, index: int, factor: float = 3.0) -> NDArray[np.int64]:
    """R as written: `week` is [..., n, 10] and day `index` is part of the window it is compared with."""
    return np.asarray(exceeds(week[..., index, :], week.mean(-2), week.std(-2), factor).sum(-1), dtype=np.int64)


def baseline_of(window: FloatArray, sigma_floor: float) -> tuple[FloatArray, FloatArray]:
    """Mean and floored population deviation over axis −2, missing days (NaN) left out; no day at all: NaN."""
    present = np.isfinite(window[..., :1])
    days = present.sum(-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(present, window, 0.0).sum(-2) / days
        gap = np.where(present, window - mean[..., None, :], 0.0)
        sigma = np.sqrt(np.square(gap).sum(-2) / days)
    return mean, np.maximum(sigma, sigma_floor)


def count(today: FloatArray, window: FloatArray, factor: float = 3.0, sigma_floor: float = 0.0) -> NDArray[np.int64]:
    """R with today outside: `today` [..., 10] against `window` [..., n, 10], the days before it."""
    mean, sigma = baseline_of(window, sigma_floor)
    return np.asarray(exceeds(today, mean, sigma, factor).sum(-1), dtype=np.int64)
