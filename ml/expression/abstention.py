"""When a face was seen but its expression is better left unnamed: `uncertain`. Pure; the pipeline asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AbstentionPolicy:
    # Seven equal guesses are 0.14. On validation 1.7 % of all faces fall below 0.40, and only a quarter of those
    # readings are what most voters said; at 0.50 it would be 6.3 %, of which 42 % are right: too much to withhold.
    min_confidence: float = 0.40

    def uncertain(self, probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
        """One row or many: is even the likeliest expression too unlikely to be shown?"""
        return np.asarray(probabilities.max(axis=-1) < self.min_confidence)


DEFAULT: Final = AbstentionPolicy()
