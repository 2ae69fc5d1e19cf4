"""What every study starts from: the faces, what was measured of them, and figures of an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS
from ml.expression import dataset
from ml.expression.dataset import Faces
from ml.expression.metrics import PerClass, confusion
from ml.geometry.ratios import ratios
from ml.studies.measure import cached, points_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

CLASSES: Final = len(EXPRESSIONS)
QUICK_ROWS: Final = 300  # of each split: enough for a test to see that a command works, too few for figures


@dataclass(frozen=True)
class Rows:
    """Which rows of the file a study may use: `train` and `validation` of Training, `public` for the one report."""

    train: Ints
    validation: Ints
    public: Ints

    @property
    def training(self) -> Ints:
        """All usable Training rows, for splits of a study's own."""
        return np.sort(np.concatenate([self.train, self.validation]))


def load(data: Path, *, quick: bool = False) -> tuple[Faces, Rows]:
    """The file and its usable rows, by the same rules as `evenkeel train`; `quick` keeps a seeded sample."""
    faces = dataset.load(data)
    if quick:
        rng = np.random.default_rng(0)
        kept = [rng.permutation(np.flatnonzero(faces.usage == split))[:QUICK_ROWS] for split in (0, 1)]
        faces = faces.take(np.sort(np.concatenate(kept)))
    number = np.arange(len(faces))
    # The rule for usable rows lives in one place and returns faces: their row numbers travel through it as labels.
    train, validation = dataset.training_parts(replace(faces, label=number))
    return faces, Rows(train.label, validation.label, number[faces.usage == dataset.SPLITS["public"]])


@dataclass(frozen=True)
class Measured:
    points: Floats  # [N, 68, 2]
    ratios: Floats  # [N, 8]
    descriptor: Floats  # [N, 128]
    found: Mask  # where there are points


def measured(faces: Faces, cache: Path) -> Measured:
    kept = cached(cache, "points", faces.images, lambda images: points_of(images, cache))
    points = kept["points"].astype(np.float64)
    numbers = ratios(points)
    return Measured(points, numbers, kept["descriptor"].astype(np.float64), finite(numbers))


def finite(x: Floats) -> Mask:
    """Rows in which everything is a number."""
    return np.asarray(np.isfinite(x.reshape(len(x), -1)).all(axis=1), dtype=bool)


def one_hot(label: Ints) -> Floats:
    return np.asarray(np.eye(CLASSES)[label])


def figures(truth: Ints, predicted: Ints) -> dict[str, Any]:
    """Count, accuracy and macro F1 of answers to a truth, as every results file carries them."""
    counts = confusion(truth, predicted, CLASSES)
    return {
        "n": len(truth),
        "accuracy": round(float(np.trace(counts)) / max(len(truth), 1), 4),
        "macro_f1": round(PerClass.of(counts).macro()[2], 4),
    }


def matrix(truth: Ints, predicted: Ints) -> list[list[int]]:
    counts: list[list[int]] = confusion(truth, predicted, CLASSES).tolist()
    return counts
