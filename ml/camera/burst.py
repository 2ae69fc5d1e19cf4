"""Many frames of one person to one vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.emotions import EXPRESSIONS, EmotionVector


def middle(vectors: Sequence[EmotionVector]) -> EmotionVector:
    """The median of each probability, scaled back to a sum of one: a grimace of one frame leaves no trace."""
    seven = np.median([vector.values[: len(EXPRESSIONS)] for vector in vectors], axis=0)
    # The medians can all be zero only if no expression held half of the frames: then the mean says more.
    if seven.sum() <= 0.0:
        seven = np.mean([vector.values[: len(EXPRESSIONS)] for vector in vectors], axis=0)
    return EmotionVector.from_probabilities(seven / seven.sum())


def median_quality(each: Sequence[dict[str, float] | None]) -> dict[str, float]:
    """Each number's median over the frames, and how many they were."""
    known = [quality for quality in each if quality]
    names = known[0] if known else {}
    found = {name: round(float(np.median([quality[name] for quality in known])), 4) for name in names}
    return {**found, "frames": len(each)}
