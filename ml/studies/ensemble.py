"""Does asking action units and geometry beside the expression network help? `evenkeel study ensemble`.

The shares are multiplied, each to a power that is chosen on validation by likelihood (0: not asked); PublicTest is
asked once. Where the landmarker or the points are missing, the network stands alone, as it would when served.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np

from ml.expression.classifier import ExpressionClassifier, softmax
from ml.expression.dataset import Faces, vote_targets
from ml.studies.geometry import LAYERS
from ml.studies.geometry import RECIPE as GEOMETRY
from ml.studies.measure import cached, logits_of
from ml.studies.prepare import Floats, Ints, Rows, figures, finite, load, measured, one_hot
from ml.studies.units import ANN, sides_of
from ml.train.small import SmallRecipe, fit, perceptron, predict

POWERS: Final = tuple(np.round(np.arange(0, 1.01, 0.1), 1).tolist())
UNITS: Final = SmallRecipe(epochs=60, batch=128, patience=6)
# Which of the three are asked: the network always, it is what is served today.
MEMBERS: Final = {
    "network": ("network",),
    "network + geometry": ("network", "geometry"),
    "network + action units": ("network", "units"),
    "network + action units + geometry": ("network", "units", "geometry"),
}
DRAWS: Final = 2000  # bootstrap draws for the interval of the difference
_TINY: Final = 1e-6


@dataclass(frozen=True)
class Answers:
    """Log shares [N, 7] of each member for one truth; rows of zeros where a member sees nothing."""

    logs: dict[str, Floats]
    truth: Ints

    def mixed(self, powers: dict[str, float]) -> Floats:
        return np.asarray(sum(power * self.logs[name] for name, power in powers.items()))


def run(data: Path, cache: Path, *, quick: bool = False) -> dict[str, Any]:
    faces, rows = load(data, quick=quick)
    classifier = ExpressionClassifier()
    kept = cached(cache, f"logits-{classifier.model.sha256[:8]}", faces.images, logits_of)
    model = classifier.model
    network = {
        "label": softmax(kept["label"].astype(np.float64), model.label_temperature),
        "ferplus": softmax(kept["votes"].astype(np.float64), model.votes_temperature),
    }
    flat = sides_of(faces, cache).reshape(len(faces), -1) / 5
    numbers = measured(faces, cache).ratios
    units, geometry = (replace(UNITS, epochs=2), replace(GEOMETRY, epochs=2)) if quick else (UNITS, GEOMETRY)
    lines = []
    for name, truth in (("label", faces.label), ("ferplus", faces.majority())):
        target = one_hot(faces.label) if name == "label" else vote_targets(faces)[0]
        answers = Answers(
            {
                "network": np.log(network[name] + _TINY),
                "units": _logs(flat, target, rows.train, ANN, units),
                "geometry": _logs(numbers, target, rows.train, LAYERS, geometry),
            },
            truth,
        )
        lines += [{"truth": name, **line} for line in _table(answers, rows, faces)]
    return {
        "model": {"name": model.name, "version": model.version},
        "seen": {
            "units": _share_seen(flat, rows.public),
            "geometry": _share_seen(numbers, rows.public),
        },
        "table": lines,
        "better": all(line["low"] > 0 for line in lines if line["members"] == "network + action units + geometry"),
    }


def _share_seen(x: Floats, rows: Ints) -> float:
    return round(float(finite(x[rows]).mean()), 4)


def _logs(x: Floats, target: Floats, train: Ints, layers: tuple[int, ...], recipe: SmallRecipe) -> Floats:
    """A perceptron's log shares of every row; zeros, which change no product, where there is nothing to go by."""
    seen = finite(x)
    learnt = train[seen[train]]
    mean, spread = x[learnt].mean(axis=0), x[learnt].std(axis=0) + _TINY
    z = np.clip((x[seen] - mean) / spread, -5, 5)
    model = fit(lambda: perceptron(layers), z[np.isin(np.flatnonzero(seen), learnt)], target[learnt], recipe)
    logs = np.zeros((len(x), target.shape[1]))
    logs[seen] = np.log(predict(model, z, sigmoid=recipe.sigmoid) + _TINY)
    return logs


def _table(answers: Answers, rows: Rows, faces: Faces) -> list[dict[str, Any]]:
    chosen = rows.validation[answers.truth[rows.validation] >= 0]
    test = rows.public[answers.truth[rows.public] >= 0]
    alone = answers.mixed({"network": 1.0})[test].argmax(axis=1)
    lines = []
    for name, members in MEMBERS.items():
        powers = _powers(answers, members, chosen)
        said = answers.mixed(powers)[test].argmax(axis=1)
        low, high = _difference(answers.truth[test], alone, said)
        result = figures(answers.truth[test], said)
        lines.append({"members": name, "powers": powers, **result, "low": low, "high": high})
    for name in ("units", "geometry"):
        seen = test[np.any(answers.logs[name][test] != 0, axis=1)]
        lines.append(
            {"members": f"{name} alone", **figures(answers.truth[seen], answers.logs[name][seen].argmax(axis=1))}
        )
    return lines


def _powers(answers: Answers, members: tuple[str, ...], rows: Ints) -> dict[str, float]:
    """The network's power and the others', most likely on validation."""

    def likelihood(powers: dict[str, float]) -> float:
        shares = softmax(answers.mixed(powers)[rows])
        return float(np.log(shares[np.arange(len(rows)), answers.truth[rows]] + _TINY).mean())

    others = members[1:]
    grid = [
        {"network": network, **dict(zip(others, powers, strict=True))}
        for network in ((0.7, 0.8, 0.9, 1.0) if others else (1.0,))
        for powers in product(POWERS, repeat=len(others))
    ]
    return max(grid, key=likelihood)


def _difference(truth: Ints, before: Ints, after: Ints) -> tuple[float, float]:
    """95 % interval of the gain in accuracy, faces drawn with replacement."""
    gain = (after == truth).astype(float) - (before == truth)
    rng = np.random.default_rng(0)
    drawn = np.array([rng.choice(gain, len(gain)).mean() for _ in range(DRAWS)])
    low, high = np.quantile(drawn, (0.025, 0.975))
    return round(float(low), 4), round(float(high), 4)
