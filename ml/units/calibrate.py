"""`scale.json`: what is a neutral face and what is the most, measured on faces that people labelled.

Run by `evenkeel units calibrate --data FILE.npz` (layout of the training data); the sampled rows are fixed by a seed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.units.landmarker import Landmarker
from ml.units.measures import Floats
from ml.units.names import AUS

VERSION: Final = "1.0.0"


@dataclass(frozen=True, slots=True)
class CalibrationPolicy:
    # Faces of each expression that at least six of ten voters agree on: the 95th percentile of a thousand neutral
    # faces moves by less than a tenth of a letter between samples.
    faces: int = 1000
    votes: int = 6
    on: float = 0.95
    full: float = 0.99
    # Two thresholds never fall together, or a hair's breadth would be five letters.
    least: float = 0.05
    seed: int = 20261121


POLICY: Final = CalibrationPolicy()


def scale_of(raw: Floats, neutral: NDArray[np.bool_], policy: CalibrationPolicy = POLICY) -> dict[str, object]:
    """[faces, units, 2] raw measures to the three thresholds; both sides share one, faces are symmetric on average."""
    rest = np.median(raw[neutral], axis=(0, 2))
    on = np.quantile(raw[neutral], policy.on, axis=(0, 2))
    full = np.quantile(raw, policy.full, axis=(0, 2))
    on = np.maximum(on, rest + policy.least)
    full = np.maximum(full, on + policy.least)
    both = {"rest": rest, "on": on, "full": full}
    written = {name: np.repeat(values[:, None], 2, axis=1).round(4).tolist() for name, values in both.items()}
    return {"version": VERSION, "units": list(AUS), "faces": len(raw), "neutral": int(neutral.sum()), **written}


def calibrate(data: Path, out: Path, policy: CalibrationPolicy = POLICY) -> dict[str, object]:
    with np.load(data) as npz:
        images, votes, usage = npz["images"], npz["ferplus"], npz["usage"]
    rows, neutral = _sample(votes, usage, policy)
    raw, kept = [], []
    with Landmarker() as landmarker:
        for row, calm in zip(rows, neutral, strict=True):
            if (mesh := landmarker.mesh(images[row])) is not None:
                raw.append(mesh.raw)
                kept.append(calm)
    scale = scale_of(np.array(raw), np.array(kept), policy)
    out.write_text(json.dumps(scale, indent=1) + "\n")
    return scale


def _sample(
    votes: NDArray[np.uint8], usage: NDArray[np.uint8], policy: CalibrationPolicy
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Training rows, as many of each of the eight voted expressions as there are; which of them are neutral."""
    generator = np.random.default_rng(policy.seed)
    agreed = (votes[:, :8].max(axis=1) >= policy.votes) & (usage == 0)
    label = votes[:, :8].argmax(axis=1)
    chosen = [generator.permutation(np.flatnonzero(agreed & (label == k)))[: policy.faces] for k in range(8)]
    rows = np.concatenate(chosen)
    return rows, label[rows] == 0
