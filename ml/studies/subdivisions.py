"""K-means over the action units of each emotion, k by silhouette, as in the action-unit seed.

`evenkeel study subdivisions` writes the table and the artefact that `ml.subdivisions` assigns readings with.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from ml.emotions import EXPRESSIONS
from ml.expression.dataset import Faces
from ml.studies.prepare import Floats, Ints, finite, load
from ml.studies.units import sides_of
from ml.subdivisions.assign import ARTEFACT, NAMES, features
from ml.units.grade import UnitReading, letter, shipped_scale
from ml.units.names import AUS


@dataclass(frozen=True)
class Dividing:
    # So many of ten voters, and more than for any other expression: a majority leaves 42 faces of disgust.
    votes: int = 4
    # The silhouette is computed from two on; chosen is from four, the fewest that the seed lists for an emotion: two
    # halves, mouth open or shut, would tell a reader nothing.
    curve: tuple[int, ...] = tuple(range(2, 11))
    least: int = 4
    # A sub-division of fewer faces than this is a few odd pictures.
    faces: int = 8
    # A unit belongs to a sub-division when this share of its faces shows it.
    shared: float = 0.5
    # Silhouettes compare every pair: on so many faces they move by less than 0.01.
    sample: int = 1500
    seed: int = 1


DIVIDING: Final = Dividing()


def run(data: Path, cache: Path, *, quick: bool = False) -> dict[str, Any]:
    faces, rows = load(data, quick=quick)
    sides = sides_of(faces, cache)
    seen = rows.training[finite(sides)[rows.training]]
    agreed = agreed_on(faces)
    emotions: list[dict[str, Any]] = []
    kept: dict[str, Any] = {}
    for index, name in enumerate(EXPRESSIONS):
        chosen = seen[agreed[seen] == index]
        if len(chosen) >= DIVIDING.faces * DIVIDING.least:
            table, centres = _emotion(name, [UnitReading(one, one) for one in sides[chosen]])
            emotions.append(table)
            kept[name] = centres
            kept[f"{name}_units"] = np.array([" ".join(line["units"]) for line in table["subdivisions"]])
    if not quick:
        ARTEFACT.parent.mkdir(exist_ok=True)
        np.savez_compressed(ARTEFACT, units=np.array(AUS), scale=shipped_scale().version, **kept)
    return {"seed": DIVIDING.seed, "units": list(AUS), "scale": shipped_scale().version, "emotions": emotions}


def agreed_on(faces: Faces) -> Ints:
    """The expression that most voters chose, where they are enough and no other has as many; else -1."""
    ranked = np.sort(faces.votes, axis=1)
    clear = (ranked[:, -1] >= DIVIDING.votes) & (ranked[:, -1] > ranked[:, -2])
    return np.where(clear, faces.votes.argmax(axis=1), -1).astype(np.int64)


def _emotion(name: str, readings: list[UnitReading]) -> tuple[dict[str, Any], Floats]:
    """The table of one emotion, largest sub-division first, and its centres in that order."""
    x = np.stack([features(reading) for reading in readings])
    intensity = np.stack([reading.intensity for reading in readings])
    found = {k: KMeans(k, n_init=4, random_state=DIVIDING.seed).fit(x) for k in DIVIDING.curve}
    curve = {k: _silhouette(x, clusters.labels_) for k, clusters in found.items()}
    large = [k for k in curve if k >= DIVIDING.least and np.bincount(found[k].labels_).min() >= DIVIDING.faces]
    best = max(large or [DIVIDING.least], key=lambda k: curve[k])
    label, centres = found[best].labels_, found[best].cluster_centers_
    order = np.argsort(-np.bincount(label, minlength=best), kind="stable")
    lines = [
        {
            "name": f"{NAMES[name]}_ME{number}",
            "units": _shared(x[label == cluster], intensity[label == cluster]),
            "share": round(float((label == cluster).mean()), 4),
        }
        for number, cluster in enumerate(order, start=1)
    ]
    about = {"emotion": name, "faces": len(x), "k": best, "silhouette": round(curve[best], 4)}
    drawn = {str(k): round(v, 4) for k, v in curve.items()}
    return {**about, "curve": drawn, "subdivisions": lines}, centres[order].astype(np.float32)


def _shared(present: Floats, intensity: Floats) -> list[str]:
    """Units that most faces show, commonest first, each with the letter of its mean intensity where it is shown."""
    share = present.mean(axis=0)
    rows = [int(row) for row in np.argsort(-share, kind="stable") if share[row] >= DIVIDING.shared]
    return [f"{AUS[row]}{letter(float(intensity[present[:, row] > 0, row].mean()))}" for row in rows]


def _silhouette(x: Floats, label: Ints) -> float:
    return float(silhouette_score(x, label, sample_size=min(DIVIDING.sample, len(x)), random_state=DIVIDING.seed))
