"""The figures of a model card, in numpy: what `evenkeel evaluate` prints and the calibration is chosen by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def confusion(truth: Ints, predicted: Ints, classes: int) -> Ints:
    """Counts with the truth in rows and the prediction in columns."""
    return np.bincount(truth * classes + predicted, minlength=classes * classes).reshape(classes, classes)


@dataclass(frozen=True)
class PerClass:
    """Precision, recall and F1 of each class; 0 where a class was never predicted or never occurs."""

    precision: Floats
    recall: Floats
    f1: Floats
    support: Ints

    @classmethod
    def of(cls, counts: Ints) -> PerClass:
        hits = np.diag(counts).astype(np.float64)
        precision = hits / np.maximum(counts.sum(axis=0), 1)
        recall = hits / np.maximum(counts.sum(axis=1), 1)
        f1 = 2 * hits / np.maximum(counts.sum(axis=0) + counts.sum(axis=1), 1)
        return cls(precision, recall, f1, counts.sum(axis=1))

    def macro(self) -> tuple[float, float, float]:
        """Means over the classes that occur: a file without a class says nothing about it."""
        present = self.support > 0
        if not present.any():
            return 0.0, 0.0, 0.0
        return tuple(float(values[present].mean()) for values in (self.precision, self.recall, self.f1))  # type: ignore[return-value]


def macro_auc(truth: Ints, probabilities: Floats) -> float | None:
    """Mean of one-against-rest areas over the classes that have both kinds of rows."""
    areas = [
        roc_auc_score(truth == k, probabilities[:, k])
        for k in range(probabilities.shape[1])
        if 0 < int((truth == k).sum()) < len(truth)
    ]
    return float(np.mean(areas)) if areas else None


@dataclass(frozen=True)
class Reliability:
    """How often the first choice is right, by how sure the model was."""

    confidence: Floats
    accuracy: Floats
    count: Ints

    @property
    def ece(self) -> float:
        return float((np.abs(self.confidence - self.accuracy) * self.count).sum() / max(int(self.count.sum()), 1))


def reliability(truth: Ints, probabilities: Floats, bins: int = 15) -> Reliability:
    """Equal-width bins of confidence, the usual fifteen."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    which = np.minimum((sure * bins).astype(int), bins - 1)
    count = np.bincount(which, minlength=bins)
    safe = np.maximum(count, 1)
    return Reliability(
        np.bincount(which, weights=sure, minlength=bins) / safe,
        np.bincount(which, weights=right.astype(float), minlength=bins) / safe,
        count,
    )


def abstention_curve(truth: Ints, probabilities: Floats, thresholds: Floats) -> list[dict[str, float]]:
    """For each threshold: the share left unnamed, and the accuracy of the rest and of the unnamed."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    return [_at(float(threshold), sure, right) for threshold in thresholds]


def _at(threshold: float, sure: Floats, right: NDArray[np.bool_]) -> dict[str, float]:
    named = sure >= threshold
    return {
        "threshold": round(threshold, 4),
        "abstained": float(1 - named.mean()),
        "accuracy_named": float(right[named].mean()) if named.any() else 0.0,
        "accuracy_unnamed": float(right[~named].mean()) if (~named).any() else 0.0,
    }
