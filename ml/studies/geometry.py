"""The geometry seed on our data: eight ratios, a five-layer perceptron, 90/10 split; `evenkeel study geometry`.

Split at random as in the paper, split so that near-duplicates stay together, and tested on PublicTest; each against the
original label and against what people voted. Then the same faces as series of shots, which is what the paper had.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from ml.emotions import EXPRESSIONS
from ml.expression.dataset import Faces, vote_targets
from ml.geometry.opinion import WEIGHTS
from ml.geometry.ratios import RATIOS, ratios
from ml.studies import groups
from ml.studies.measure import cached
from ml.studies.prepare import CLASSES, Floats, Ints, Mask, Measured, Rows, figures, load, matrix, measured, one_hot
from ml.studies.series import SHAKING, shots_of
from ml.train.small import SmallRecipe, fit, perceptron, predict, weights_of

# Inputs, 256 units and a bias ("257 neurons") in the second and third layer, seven outputs, five layers in all. The
# paper leaves the size of the fourth open.
LAYERS: Final = (len(RATIOS), 256, 256, 128, CLASSES)
# "When loss no longer decreased, the training ended": for eight passes.
RECIPE: Final = SmallRecipe(epochs=80, batch=128, patience=8, sigmoid=True)
SERIES_FACES: Final = 700
TEST_SHARE: Final = 0.1


def run(data: Path, cache: Path, *, quick: bool = False) -> dict[str, Any]:
    """The results file; also writes the second opinion's weights unless `quick`."""
    faces, rows = load(data, quick=quick)
    found = measured(faces, cache)
    recipe = replace(RECIPE, epochs=5) if quick else RECIPE
    usable = rows.training[found.found[rows.training]]
    group = groups.near_duplicates(found.descriptor[usable])
    public, weights = _on_public(faces, found, rows, recipe)
    if not quick:
        _keep(weights)
    return {
        "rows": len(usable),
        "no_face": round(float(1 - found.found[np.concatenate([rows.training, rows.public])].mean()), 4),
        "layers": list(LAYERS),
        "parameters": sum(a * b + b for a, b in pairwise(LAYERS)),
        "near_duplicates": _about(group),
        "splits": _splits(faces, found, usable, group, recipe),
        "public": public,
        "series": _series(faces, found, usable, group, cache, recipe, quick),
        "seed": recipe.seed,
    }


def _about(group: Ints) -> dict[str, Any]:
    size = np.bincount(group)
    at_random = groups.at_random(len(group), TEST_SHARE, np.random.default_rng(RECIPE.seed))
    return {
        "alike": groups.ALIKE,
        "groups": len(size),
        "rows_in_a_group_of_several": int(size[size > 1].sum()),
        "largest": int(size.max()),
        "test_rows_with_a_twin_in_training": round(groups.straddling(group, at_random), 4),
    }


def _splits(faces: Faces, found: Measured, usable: Ints, group: Ints, recipe: SmallRecipe) -> list[dict[str, Any]]:
    """Each way of splitting × each truth; the truth by voters leaves out rows without a majority."""
    lines = []
    for truth_name, truth in (("label", faces.label), ("ferplus", faces.majority())):
        kept = truth[usable] >= 0
        x, y, tied = found.ratios[usable][kept], truth[usable][kept], group[kept]
        for name, aside in _ways(tied):
            lines.append({"split": name, "truth": truth_name, **_tried(x, y, aside, recipe)})
    return lines


def _ways(group: Ints) -> list[tuple[str, Mask]]:
    return [
        ("random", groups.at_random(len(group), TEST_SHARE, np.random.default_rng(RECIPE.seed))),
        ("near-duplicates together", groups.by_group(group, TEST_SHARE, np.random.default_rng(RECIPE.seed))),
    ]


def _tried(x: Floats, y: Ints, aside: Mask, recipe: SmallRecipe) -> dict[str, Any]:
    """The perceptron, and the nearest training face beside it: what remembering alone is worth."""
    mean, spread = x[~aside].mean(axis=0), x[~aside].std(axis=0)
    z = (x - mean) / spread
    model = fit(lambda: perceptron(LAYERS), z[~aside], one_hot(y[~aside]), recipe)
    nearest = KNeighborsClassifier(n_neighbors=1).fit(z[~aside], y[~aside]).predict(z[aside])
    return {
        **figures(y[aside], predict(model, z[aside], sigmoid=True).argmax(axis=1)),
        "nearest_face": figures(y[aside], nearest)["accuracy"],
        "commonest": round(float((y[aside] == np.bincount(y[~aside]).argmax()).mean()), 4),
    }


def _on_public(faces: Faces, found: Measured, rows: Rows, recipe: SmallRecipe) -> tuple[dict[str, Any], dict[str, Any]]:
    """Trained on Training, reported on PublicTest once: for the label, and for the votes (the one that is served)."""
    train = rows.training[found.found[rows.training]]
    test = rows.public[found.found[rows.public]]
    mean, spread = found.ratios[train].mean(axis=0), found.ratios[train].std(axis=0)
    z = (found.ratios - mean) / spread
    by_label = fit(lambda: perceptron(LAYERS), z[train], one_hot(faces.label[train]), recipe)
    by_votes = fit(lambda: perceptron(LAYERS), z[train], vote_targets(faces.take(train))[0], recipe)
    said = predict(by_label, z[test], sigmoid=True).argmax(axis=1)
    named = test[faces.majority()[test] >= 0]
    voted = predict(by_votes, z[named], sigmoid=True).argmax(axis=1)
    truth = faces.majority()[named]
    report = {
        "label": figures(faces.label[test], said),
        "ferplus": figures(truth, voted),
        "confusion": matrix(truth, voted),
        "confusion_label": matrix(faces.label[test], said),
    }
    about = {"mean": mean, "spread": spread, "labels": np.array(EXPRESSIONS), "inputs": np.array(RATIOS)}
    return report, {**weights_of(by_votes), **about}


def _keep(weights: dict[str, Any]) -> None:
    WEIGHTS.parent.mkdir(exist_ok=True)
    np.savez_compressed(WEIGHTS, **weights)


def _series(
    faces: Faces, found: Measured, usable: Ints, group: Ints, cache: Path, recipe: SmallRecipe, quick: bool
) -> dict[str, Any]:
    """Faces with a clear majority, each shot ten times: split at random, then with all shots of a face on one side."""
    clear = usable[(faces.majority()[usable] >= 0) & _first_of(group)]
    chosen = np.random.default_rng(RECIPE.seed).permutation(clear)[: 40 if quick else SERIES_FACES]
    shots = cached(cache, "series", faces.images[chosen], shots_of)
    x = ratios(shots["points"].astype(np.float64))
    face = np.repeat(np.arange(len(chosen)), SHAKING.shots)
    ok = np.isfinite(x).all(axis=1)
    x, face, truth = x[ok], face[ok], faces.majority()[chosen][face[ok]]
    return {
        "faces": len(chosen),
        "shots": SHAKING.shots,
        "splits": [{"split": name, **_tried(x, truth, aside, recipe)} for name, aside in _ways(face)],
    }


def _first_of(group: Ints) -> Mask:
    first = np.zeros(len(group), dtype=bool)
    first[np.unique(group, return_index=True)[1]] = True
    return first
