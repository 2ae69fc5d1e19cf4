"""The one truth about the ten-dimensional emotion vector: order, groups and how it follows from seven.

Everything that stores, exports, trains or draws a vector imports its order from here; exported models carry it
in their metadata and refuse to load when it differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

EXPRESSIONS: Final = ("happy", "sad", "angry", "disgust", "fear", "surprise", "neutral")
GROUPS: Final = ("positive", "negative", "complex")
EMOTIONS: Final = EXPRESSIONS + GROUPS

# Which expressions make a group, by the source paper: p8 = (p1+p6)/2, p9 = (p2+p3+p5)/3, p10 = (p4+p7)/2.
GROUP_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "positive": ("happy", "surprise"),
    "negative": ("sad", "angry", "fear"),
    "complex": ("disgust", "neutral"),
}

POSITIVE: Final = ("happy", "surprise", "positive")
NEGATIVE: Final = ("sad", "angry", "fear", "negative")
COMPLEX: Final = ("disgust", "neutral", "complex")


def index_of(name: str) -> int:
    """Position of a component in a ten-dimensional vector."""
    return EMOTIONS.index(name)


def _group_matrix() -> FloatArray:
    weights = np.zeros((len(EXPRESSIONS), len(GROUPS)))
    for column, group in enumerate(GROUPS):
        members = GROUP_MEMBERS[group]
        for member in members:
            weights[EXPRESSIONS.index(member), column] = 1.0 / len(members)
    return weights


_GROUP_WEIGHTS: Final = _group_matrix()


def expand(probabilities: NDArray[np.floating] | Sequence[float]) -> FloatArray:
    """Seven probabilities (last axis) to the ten-dimensional vector; works on one row or on any batch."""
    seven = np.asarray(probabilities, dtype=np.float64)
    if seven.shape[-1] != len(EXPRESSIONS):
        raise ValueError(f"expected {len(EXPRESSIONS)} probabilities, got {seven.shape[-1]}")
    return np.concatenate([seven, seven @ _GROUP_WEIGHTS], axis=-1)


@dataclass(frozen=True, slots=True)
class EmotionVector:
    """One immutable ten-dimensional vector; what a reading, an hour and a day carry."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) != len(EMOTIONS):
            raise ValueError(f"an emotion vector has {len(EMOTIONS)} numbers, got {len(self.values)}")
        if not all(0.0 <= v <= 1.0 + 1e-9 for v in self.values):
            raise ValueError("every component lies between 0 and 1")

    @classmethod
    def from_probabilities(cls, probabilities: NDArray[np.floating] | Sequence[float]) -> EmotionVector:
        seven = np.asarray(probabilities, dtype=np.float64)
        if seven.shape != (len(EXPRESSIONS),):
            raise ValueError(f"expected {len(EXPRESSIONS)} probabilities, got shape {seven.shape}")
        if abs(float(seven.sum()) - 1.0) > 1e-4:
            raise ValueError(f"probabilities add up to {float(seven.sum()):.4f}, not to 1")
        return cls(tuple(float(v) for v in np.clip(expand(seven), 0.0, 1.0)))

    @property
    def expression(self) -> dict[str, float]:
        return dict(zip(EXPRESSIONS, self.values, strict=False))

    @property
    def groups(self) -> dict[str, float]:
        return dict(zip(GROUPS, self.values[len(EXPRESSIONS) :], strict=True))

    @property
    def top(self) -> str:
        seven = self.values[: len(EXPRESSIONS)]
        return EXPRESSIONS[seven.index(max(seven))]

    def __getitem__(self, name: str) -> float:
        return self.values[index_of(name)]
