"""Local outlier factor with Manhattan distance, batched over people: the gate of the acute signal.

    reach_k(p, o) = max(k-dist(o), d(p, o)) · lrd(p) = K / Σ reach_k(p, o) · LOF(p) = mean(lrd(o) / lrd(p))

`literal` is those formulas and nothing else, with the one answer they leave open (0/0 among duplicates) defined as
"ordinary", 1. `lof` adds 1e-10 to the mean reach as scikit-learn does, so both agree to 1e-9 and duplicates stay
finite. Ties at the k-th neighbour are broken by position, so exactly K neighbours count.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml.emotions import FloatArray

_SMOOTHING = 1e-10  # scikit-learn's, so that a cluster of identical days has a finite density


def manhattan(points: FloatArray) -> FloatArray:
    """Pairwise distances [..., n, n] of [..., n, c]; a missing point (NaN) is infinitely far from everyone."""
    n = points.shape[-2]
    distances = np.zeros((*points.shape[:-2], n, n))
    for component in range(points.shape[-1]):  # one component at a time keeps 100,000 people in memory
        values = points[..., component]
        distances += np.abs(values[..., :, None] - values[..., None, :])
    return np.where(np.isnan(distances), np.inf, distances)


def _neighbours(points: FloatArray, k: int) -> tuple[NDArray[np.intp], FloatArray]:
    """Indices of the k nearest others and the mean reach distance to them, both for every point."""
    distances = manhattan(points)
    diagonal = np.arange(points.shape[-2])
    distances[..., diagonal, diagonal] = np.inf
    nearest = np.argsort(distances, axis=-1, kind="stable")[..., :k]
    to_nearest = np.take_along_axis(distances, nearest, axis=-1)
    k_distance = to_nearest[..., -1]
    flat = nearest.reshape(*nearest.shape[:-2], nearest.shape[-2] * nearest.shape[-1])
    of_neighbours = np.take_along_axis(k_distance, flat, axis=-1).reshape(nearest.shape)
    return nearest, np.maximum(of_neighbours, to_nearest).mean(-1)


def _factor(nearest: NDArray[np.intp], density: FloatArray) -> FloatArray:
    flat = nearest.reshape(*nearest.shape[:-2], nearest.shape[-2] * nearest.shape[-1])
    of_neighbours = np.take_along_axis(density, flat, axis=-1).reshape(nearest.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = of_neighbours / density[..., None]
    both_infinite = np.isinf(of_neighbours) & np.isinf(density[..., None])
    factor: FloatArray = np.where(both_infinite, 1.0, ratio).mean(-1)
    return factor


def literal(points: FloatArray, k: int = 4) -> FloatArray:
    """LOF of each of [..., n, c] by the formulas as written; a point beside a pile of duplicates may be infinite."""
    nearest, reach = _neighbours(points, _usable(points, k))
    with np.errstate(divide="ignore"):
        return _factor(nearest, 1.0 / reach)


def lof(points: FloatArray, k: int = 4) -> FloatArray:
    """LOF of each of [..., n, c], equal to scikit-learn's; NaN where a point or its k neighbours are missing."""
    nearest, reach = _neighbours(points, _usable(points, k))
    density = 1.0 / (reach + _SMOOTHING)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(reach), _factor(nearest, density), np.nan)


def _usable(points: FloatArray, k: int) -> int:
    if points.shape[-2] < 2:
        raise ValueError("LOF compares a day with others: at least two points are needed")
    return min(k, int(points.shape[-2]) - 1)
