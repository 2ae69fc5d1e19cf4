"""The figures that were measured and committed: the model's card and the risk benchmark. Nothing is computed anew here,
and the models are not loaded; `evenkeel evaluate` and `benchmarks/risk.py` make the files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from backend.quality import texts

ROOT: Final = Path(__file__).parents[2]
CARD: Final = ROOT / "docs" / "model_card.json"
WEIGHTS: Final = ROOT / "ml" / "expression" / "weights" / "keel.json"
RISK: Final = ROOT / "benchmarks" / "results" / "risk.json"

# DESIGN's budget: at most one false alert a person and year.
BUDGET: Final = 0.02
OURS: Final = "ours"
# The benchmark writes a million days for "never"; a mean over its worlds then lies far beyond any simulation.
NEVER: Final = 1000.0
WEEKS_A_MONTH: Final = 52 / 12


@cache
def _read(path: Path) -> dict[str, Any] | None:
    """Once a process: the files change with a deployment."""
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def quality_of(locale: str) -> dict[str, Any]:
    card, risk = _read(CARD), _read(RISK)
    return {
        "locale": locale,
        "model": _model(card, _read(WEIGHTS) or {}, locale) if card else None,
        "false_alerts": _false_alerts(risk, locale) if risk else None,
        "limits": list(texts.LIMITS[locale]),
    }


def _model(card: Mapping[str, Any], weights: Mapping[str, Any], locale: str) -> dict[str, Any]:
    model, public = card["model"], card["public"]
    return {
        "model": {
            "name": model["name"],
            "version": model["version"],
            "is_served": model["sha256"] == weights.get("sha256"),
        },
        "data": texts.DATA[locale],
        "labels": public["labels"],
        "people": _people(public),
        "label": _label(public),
        "abstention": {
            "min_confidence": card["abstention"]["min_confidence"],
            "curve": card["abstention"]["validation"],
        },
    }


def _people(public: Mapping[str, Any]) -> dict[str, Any]:
    metrics = {
        "n": public["ferplus_n"],
        "accuracy": public["ferplus_accuracy"],
        "macro_f1": public["ferplus_macro_f1"],
        "calibration_error": public["ece"],
    }
    confusion = public["ferplus_confusion"]
    return {"metrics": metrics, "confusion": confusion, "per_class": per_class(confusion, public["labels"])}


def _label(public: Mapping[str, Any]) -> dict[str, Any]:
    metrics = {name: public[name] for name in ("n", "accuracy", "macro_f1", "precision", "recall", "auc")}
    confusion = public["confusion"]
    return {"metrics": metrics, "confusion": confusion, "per_class": per_class(confusion, public["labels"])}


def per_class(confusion: Sequence[Sequence[int]], labels: Sequence[str]) -> list[dict[str, Any]]:
    """Precision, recall and F1 from the counts; null where there is nothing to divide by."""
    read = [sum(row[at] for row in confusion) for at in range(len(labels))]
    return [
        {
            "name": name,
            "n": sum(confusion[at]),
            "precision": _share(confusion[at][at], read[at]),
            "recall": _share(confusion[at][at], sum(confusion[at])),
            "f1": _share(2 * confusion[at][at], read[at] + sum(confusion[at])),
        }
        for at, name in enumerate(labels)
    ]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _false_alerts(risk: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """Of the worlds that the rules were not tuned on; the opening threshold was last adjusted with both in view."""
    detectors = [_detector(name, found["default"]) for name, found in risk["test"].items()]
    ours = float(risk["test"][OURS]["default"]["false_per_week"])
    return {
        "description": texts.SIMULATION[locale],
        "simulated_people": risk["people"],
        "budget_per_person_week": BUDGET,
        "weeks_between": 1 / ours if ours else None,
        "per_hundred_people_month": 100 * ours * WEEKS_A_MONTH,
        "detectors": detectors,
    }


def _detector(name: str, found: Mapping[str, float]) -> dict[str, Any]:
    return {
        "name": name,
        "ours": name == OURS,
        "false_per_person_week": found["false_per_week"],
        "strong_caught_in_7_days": found["strong_in_7"],
        "mild_caught_in_14_days": found["mild_in_14"],
        "median_days_strong": _days(found["delay_strong"]),
        "median_days_mild": _days(found["delay_mild"]),
    }


def _days(days: float) -> float | None:
    return days if days < NEVER else None
