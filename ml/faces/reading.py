"""What the pipeline says about one face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS, EmotionVector
from ml.faces.advice import ADVICE, Reason
from ml.geometry.opinion import second_opinion
from ml.subdivisions.assign import subdivision

if TYPE_CHECKING:
    from ml.units.grade import UnitReading


class Box(NamedTuple):
    """Left, top, right, bottom in pixels of the upright photo, clipped to it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)


class ModelId(NamedTuple):
    name: str
    version: str


@dataclass(frozen=True, slots=True, eq=False)
class FaceReading:
    """One face; either `vector` or `abstained` is set, never both. Without a face there is no box."""

    model: ModelId
    vector: EmotionVector | None = None
    abstained: Reason | None = None
    confidence: float | None = None
    box: Box | None = None
    points: NDArray[np.float64] | None = None
    """The 68 landmarks, [68, 2], in pixels of the upright photo."""
    descriptor: NDArray[np.float64] | None = None
    """dlib's 128 numbers; personal data that never leaves the process unencrypted."""
    quality: dict[str, float] | None = None
    similarity: float | None = None
    """Cosine with the enrolled template, where one was given."""
    age_band: str | None = None
    gender_group: str | None = None
    units: UnitReading | None = None
    """Action units, where they were asked for and the extra `clips` is installed."""

    def __post_init__(self) -> None:
        if (self.vector is None) == (self.abstained is None):
            raise ValueError("a reading has either a vector or a reason for having none")

    @property
    def top(self) -> str | None:
        return self.vector.top if self.vector else None

    @property
    def sentence(self) -> str | None:
        """What the person can do, where nothing was scored."""
        return ADVICE[self.abstained] if self.abstained else None

    @property
    def subdivision(self) -> dict[str, Any] | None:
        """Which sub-division of the expression its action units fall into; None without either."""
        if self.vector is None or self.units is None:
            return None
        found = subdivision(self.vector.top, self.units)
        return found.as_dict() if found else None

    @property
    def second_opinion(self) -> dict[str, Any] | None:
        """What the geometry of the 68 points says by itself; None where nothing was scored."""
        opinion = None if self.vector is None or self.points is None else second_opinion(self.points)
        return opinion.as_dict(self.top) if opinion else None

    def as_dict(self) -> dict[str, Any]:
        """The reading of the HTTP contract, less id, captured_at and source, which the backend adds."""
        return {
            "expression": dict(zip(EXPRESSIONS, self.vector.values, strict=False)) if self.vector else None,
            "vector": list(self.vector.values) if self.vector else None,
            "top": self.top,
            "confidence": self.confidence,
            "abstained": self.abstained,
            "quality": self.quality or {},
            "action_units": self.units.as_dict() if self.units else None,
            "subdivision": self.subdivision,
            "second_opinion": self.second_opinion,
            "model": {"name": self.model.name, "version": self.model.version},
        }
