"""Both heads measured on any file of the FER-2013/FER+ layout: behind `evenkeel evaluate` and the model card."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS
from ml.expression.classifier import ExpressionClassifier, softmax
from ml.expression.dataset import Faces
from ml.expression.metrics import PerClass, Reliability, confusion, macro_auc, reliability


@dataclass(frozen=True)
class Result:
    """The published figures; field names are the JSON keys. None where no row allows the figure."""

    n: int
    accuracy: float | None  # the label head against the original label, every row
    precision: float | None
    recall: float | None
    macro_f1: float | None
    auc: float | None
    ferplus_n: int  # rows where one of the seven has more than half of all votes
    ferplus_accuracy: float | None  # the served head against that majority
    ferplus_macro_f1: float | None
    ece: float | None
    confusion: list[list[int]]  # label head: truth in rows, prediction in columns
    ferplus_confusion: list[list[int]]
    labels: tuple[str, ...] = EXPRESSIONS

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Measured:
    """A result with what pictures and tables of the model card need beside it."""

    result: Result
    label: PerClass
    ferplus: PerClass
    reliability: Reliability
    truth: NDArray[np.int64]  # majority of the rows that have one
    probabilities: NDArray[np.float64]  # served head on those rows


def measure(faces: Faces, classifier: ExpressionClassifier) -> Measured:
    """Run the classifier once over all rows and compare each head with its own truth."""
    votes, label = classifier.logits(faces.images)
    reported = softmax(label, classifier.model.label_temperature)
    named = faces.majority() >= 0
    truth, served = faces.majority()[named], softmax(votes, classifier.model.votes_temperature)[named]
    counts = confusion(faces.label, reported.argmax(axis=1), len(EXPRESSIONS))
    people = confusion(truth, served.argmax(axis=1), len(EXPRESSIONS))
    bins = reliability(truth, served)
    result = _result(faces, reported, counts, people, bins)
    return Measured(result, PerClass.of(counts), PerClass.of(people), bins, truth, served)


def _result(
    faces: Faces,
    reported: NDArray[np.float64],
    counts: NDArray[np.int64],
    people: NDArray[np.int64],
    bins: Reliability,
) -> Result:
    precision, recall, f1 = PerClass.of(counts).macro()
    rows, named = len(faces), int(people.sum())
    return Result(
        n=rows,
        accuracy=float(np.trace(counts)) / rows if rows else None,
        precision=precision if rows else None,
        recall=recall if rows else None,
        macro_f1=f1 if rows else None,
        auc=macro_auc(faces.label, reported),
        ferplus_n=named,
        ferplus_accuracy=float(np.trace(people)) / named if named else None,
        ferplus_macro_f1=PerClass.of(people).macro()[2] if named else None,
        ece=bins.ece if named else None,
        confusion=counts.tolist(),
        ferplus_confusion=people.tolist(),
    )
