"""The model card, generated: `python -m ml.expression.model_card --data FILE.npz` writes docs/model_card*.

Validation figures choose and calibrate; PublicTest is measured here, once, when a model is shipped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml.emotions import EXPRESSIONS
from ml.expression.card_pictures import draw_abstention, draw_confusion, draw_reliability
from ml.expression.classifier import WEIGHTS, ExpressionClassifier
from ml.expression.dataset import Faces, load, training_parts
from ml.expression.evaluate import Measured, measure
from ml.expression.metrics import PerClass, abstention_curve

DOCS: Final = Path(__file__).parents[2] / "docs"
THRESHOLDS: Final = np.round(np.arange(0.20, 0.96, 0.05), 2)
TARGETS: Final = {"accuracy": 0.70, "ferplus_accuracy": 0.88}
CEILING: Final = {"ece": 0.03}


@dataclass(frozen=True)
class Card:
    """Everything that the page says in numbers."""

    classifier: ExpressionClassifier
    training: dict[str, Any]
    validation: Measured
    public: Measured

    def figures(self) -> dict[str, object]:
        model = self.classifier.model
        return {
            "model": {"name": model.name, "version": model.version, "sha256": model.sha256},
            "training": self.training,
            "validation": self.validation.result.as_dict(),
            "public": self.public.result.as_dict(),
            "abstention": {"min_confidence": model.abstention.min_confidence, "validation": self.curve()},
        }

    def curve(self) -> list[dict[str, float]]:
        chosen = self.classifier.model.abstention.min_confidence
        thresholds = np.unique(np.append(THRESHOLDS, chosen))
        return abstention_curve(self.validation.truth, self.validation.probabilities, thresholds)


def make_card(faces: Faces, classifier: ExpressionClassifier) -> Card:
    record = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    held_out = training_parts(faces)[1]
    public = faces.split("public")
    return Card(classifier, record.get("training", {}), measure(held_out, classifier), measure(public, classifier))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _number(value: object) -> str:
    return "–" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)


def _main_table(card: Card) -> str:
    validation, public = card.validation.result.as_dict(), card.public.result.as_dict()
    rows = [
        (f"`{key}`", _number(validation[key]), _number(public[key]), _wanted(key, public[key]))
        for key in public
        if isinstance(public[key], int | float)
    ]
    return _table(("figure", "validation", "PublicTest", "wanted"), rows)


def _wanted(key: str, value: object) -> str:
    if not isinstance(value, int | float):
        return ""
    if key in TARGETS:
        return f"≥ {TARGETS[key]}: {'met' if value >= TARGETS[key] else '**not met**'}"
    if key in CEILING:
        return f"≤ {CEILING[key]}: {'met' if value <= CEILING[key] else '**not met**'}"
    return ""


def _class_table(label: PerClass, people: PerClass) -> str:
    head = ("expression", "label n", "precision", "recall", "F1", "FER+ n", "precision", "recall", "F1")
    return _table(
        head,
        (
            (
                name,
                str(label.support[k]),
                *(f"{values[k]:.3f}" for values in (label.precision, label.recall, label.f1)),
                str(people.support[k]),
                *(f"{values[k]:.3f}" for values in (people.precision, people.recall, people.f1)),
            )
            for k, name in enumerate(EXPRESSIONS)
        ),
    )


def _abstention_table(card: Card) -> str:
    rows = (
        (
            f"{line['threshold']:.2f}",
            f"{100 * line['abstained']:.1f} %",
            f"{line['accuracy_named']:.3f}",
            f"{line['accuracy_unnamed']:.3f}",
        )
        for line in card.curve()
        if line["threshold"] <= 0.75
    )
    return _table(("least confidence", "unnamed", "accuracy of the named", "accuracy of the unnamed"), rows)


def page(card: Card) -> str:
    """The whole Markdown page."""
    template = (Path(__file__).parent / "model_card.txt").read_text(encoding="utf-8")
    model = card.classifier.model
    return template.format(
        name=model.name,
        version=model.version,
        sha256=model.sha256,
        size=f"{WEIGHTS.stat().st_size / 2**20:.1f}",
        mirror="read together with its mirror image" if model.mirror else "read once, without its mirror image",
        votes_temperature=model.votes_temperature,
        label_temperature=model.label_temperature,
        min_confidence=model.abstention.min_confidence,
        training="\n".join(f"- {key}: {value}" for key, value in card.training.items()),
        figures=_main_table(card),
        classes=_class_table(card.public.label, card.public.ferplus),
        abstention=_abstention_table(card),
    )


def write(card: Card, docs: Path) -> None:
    """Page, figures as JSON, and pictures."""
    pictures = docs / "model_card"
    pictures.mkdir(parents=True, exist_ok=True)
    (docs / "model_card.md").write_text(page(card), encoding="utf-8")
    (docs / "model_card.json").write_text(json.dumps(card.figures(), indent=1) + "\n", encoding="utf-8")
    public = card.public
    draw_confusion(public.result.confusion, pictures / "confusion_label.png", "Original label, PublicTest")
    draw_confusion(public.result.ferplus_confusion, pictures / "confusion_ferplus.png", "FER+ majority, PublicTest")
    draw_reliability(public.reliability, pictures / "reliability.png")
    draw_abstention(card.curve(), card.classifier.model.abstention.min_confidence, pictures / "abstention.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--docs", type=Path, default=DOCS)
    given = parser.parse_args()
    write(make_card(load(given.data), ExpressionClassifier()), given.docs)


if __name__ == "__main__":
    main()
