"""Who a face belongs to: templates, their comparison and the thresholds behind the answer (docs/identity.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Descriptor = NDArray[np.float64]

DESCRIPTOR_MODEL: Final = "dlib-resnet-v1"
DESCRIPTOR_SIZE: Final = 128
MAX_PHOTOS: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class FaceTemplate:
    """One to five descriptors of one person, unit length. Likeness is the mean cosine with each of them."""

    descriptors: Descriptor
    model: str = DESCRIPTOR_MODEL

    def __post_init__(self) -> None:
        if self.descriptors.ndim != 2 or self.descriptors.shape[1] != DESCRIPTOR_SIZE:
            raise ValueError(f"a template holds rows of {DESCRIPTOR_SIZE} numbers")
        if not 1 <= len(self.descriptors) <= MAX_PHOTOS:
            raise ValueError(f"a template holds 1 to {MAX_PHOTOS} descriptors")

    @classmethod
    def of(cls, descriptors: Sequence[Descriptor]) -> Self:
        return cls(unit(descriptors))

    @property
    def centre(self) -> Descriptor:
        """Their mean, not scaled back to length one: that would lift everybody's likeness with every photo added."""
        return np.asarray(self.descriptors.mean(axis=0), dtype=np.float64)

    def similarity(self, descriptor: Descriptor) -> float:
        return float(unit(descriptor) @ self.centre)

    def to_bytes(self) -> bytes:
        """For storage; the caller encrypts."""
        return self.model.encode() + b"\0" + self.descriptors.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        model, _, numbers = data.partition(b"\0")
        if model.decode() != DESCRIPTOR_MODEL:
            raise ValueError(f"template made by {model.decode()!r}, this version compares {DESCRIPTOR_MODEL}")
        rows = np.frombuffer(numbers, "<f4").reshape(-1, DESCRIPTOR_SIZE)
        return cls(unit(rows.astype(np.float64)))


def unit(vectors: Descriptor | Sequence[Descriptor]) -> Descriptor:
    """Scaled to length one along the last axis."""
    rows = np.asarray(vectors, dtype=np.float64)
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class IdentityPolicy:
    """Cosine thresholds; measured rates are in docs/identity.md."""

    # 1:1 on the person's own phone: someone else is a rare accident there, being refused is a daily nuisance.
    accept: float = 0.92
    # 1:N before a camera: every passer-by is compared with everybody.
    identify: float = 0.93
    # The best must beat the second best, so that look-alikes yield nobody rather than the wrong one.
    margin: float = 0.01
    # The source paper's figure, kept for those who prefer to be refused.
    strict: float = 0.95


DEFAULT: Final = IdentityPolicy()
STRICT: Final = IdentityPolicy(accept=0.95, identify=0.95)


@dataclass(frozen=True, slots=True)
class Match:
    """The best of a gallery; `index` is None where nobody was recognised."""

    index: int | None
    similarity: float
    second: float


class Gallery:
    """Many templates at once, as one matrix; for cameras."""

    def __init__(self, templates: Sequence[FaceTemplate], policy: IdentityPolicy = DEFAULT) -> None:
        self._centres = np.stack([t.centre for t in templates]) if templates else np.empty((0, DESCRIPTOR_SIZE))
        self._policy = policy

    def __len__(self) -> int:
        return len(self._centres)

    def identify(self, descriptor: Descriptor) -> Match:
        """The person whose template is near enough and clearly nearer than anybody else's."""
        if not len(self):
            return Match(None, -1.0, -1.0)
        similarities = self._centres @ unit(descriptor)
        best = int(similarities.argmax())
        second = float(np.delete(similarities, best).max(initial=-1.0))
        found = float(similarities[best])
        clear = found >= self._policy.identify and found - second >= self._policy.margin
        return Match(best if clear else None, found, second)
