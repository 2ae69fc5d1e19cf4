"""When a face was seen but its expression is better left unnamed: `uncertain`. Pure; the pipeline asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AbstentionPolicy:
    # Seven equal guesses are 0.14. Below this confidence fewer than half of the readings agree with the people who
    # voted, and no more than one readable face in twenty falls there (curve in docs/model_card.md).
    min_confidence: float = 0.35

    def uncertain(self, probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
        """One row or many: is even the likeliest expression too unlikely to be shown?"""
        return np.asarray(probabilities.max(axis=-1) < self.min_confidence)


DEFAULT: Final = AbstentionPolicy()
