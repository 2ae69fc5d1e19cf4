"""K-means over the action units of each emotion, k by silhouette, as in the action-unit seed.

`evenkeel study subdivisions` writes the table and the artefact that `ml.subdivisions` assigns readings with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from ml.emotions import EXPRESSIONS
from ml.studies.prepare import Floats, Ints, finite, load
from ml.studies.units import sides_of
from ml.subdivisions.assign import ARTEFACT, NAMES, combination, features
from ml.units.grade import shipped_scale
from ml.units.names import AUS

KS: Final = tuple(range(2, 11))
# Silhouettes compare every pair: on a seeded sample of this many faces they move by less than 0.01.
SAMPLE: Final = 1500
SEED: Final = 1


def run(data: Path, cache: Path, *, quick: bool = False) -> dict[str, Any]:
    faces, rows = load(data, quick=quick)
    sides = sides_of(faces, cache)
    seen = finite(sides)
    truth = faces.majority()
    emotions, centres = [], {}
    for index, name in enumerate(EXPRESSIONS):
        chosen = rows.training[seen[rows.training] & (truth[rows.training] == index)]
        if len(chosen) <= max(KS):
            continue
        table, centre = _emotion(name, sides[chosen])
        emotions.append(table)
        centres[name] = centre
    if not quick:
        _keep(centres)
    return {"seed": SEED, "units": list(AUS), "scale": shipped_scale().version, "emotions": emotions}


def _emotion(name: str, sides: Floats) -> tuple[dict[str, Any], Floats]:
    """The table of one emotion, largest sub-division first, and its centres in that order."""
    x = features(sides)
    curve = {k: _silhouette(x, _clustered(x, k).labels_) for k in KS}
    best = max(curve, key=lambda k: curve[k])
    found = _clustered(x, best)
    order = np.argsort(-np.bincount(found.labels_, minlength=best), kind="stable")
    lines = [
        {
            "name": f"{NAMES[name]}_ME{number}",
            "units": combination(sides[found.labels_ == cluster].mean(axis=0)),
            "share": round(float((found.labels_ == cluster).mean()), 4),
        }
        for number, cluster in enumerate(order, start=1)
    ]
    return {
        "emotion": name,
        "faces": len(x),
        "k": best,
        "silhouette": round(curve[best], 4),
        "curve": {str(k): round(v, 4) for k, v in curve.items()},
        "subdivisions": lines,
    }, found.cluster_centers_[order]


def _clustered(x: Floats, k: int) -> KMeans:
    return KMeans(k, n_init=4, random_state=SEED).fit(x)


def _silhouette(x: Floats, label: Ints) -> float:
    return float(silhouette_score(x, label, sample_size=min(SAMPLE, len(x)), random_state=SEED))


def _keep(centres: dict[str, Floats]) -> None:
    arrays: dict[str, Any] = {name: values.astype(np.float32) for name, values in centres.items()}
    ARTEFACT.parent.mkdir(exist_ok=True)
    np.savez_compressed(ARTEFACT, units=np.array(AUS), scale=shipped_scale().version, **arrays)
