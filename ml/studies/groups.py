"""Near-duplicates among faces without names: who looks so alike that they must not stand on both sides of a split.

FER-2013 names nobody. dlib's descriptor of a 48-pixel face is too coarse to tell persons apart for certain, but copies,
other crops and neighbouring shots of one scene lie far closer together than strangers do.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Cosine of two descriptors. Photos of one person are accepted at 0.92 (docs/identity.md), but chains of such pairs tie
# strangers together: the largest group has 25 of 28,000 faces at 0.98, 123 at 0.975, 652 at 0.97, 9,425 at 0.95.
ALIKE: Final = 0.975
_BLOCK: Final = 2048


def near_duplicates(descriptors: Floats, alike: float = ALIKE) -> Ints:
    """A group's number for each row: rows tied by any chain of pairs at least `alike`; without a descriptor, alone."""
    unit = np.nan_to_num(descriptors / np.linalg.norm(descriptors, axis=1, keepdims=True)).astype(np.float32)
    pairs = [_pairs(unit, start, alike) for start in range(0, len(unit), _BLOCK)]
    left, right = (np.concatenate(side) for side in zip(*pairs, strict=True))
    ties = coo_matrix((np.ones(len(left), dtype=bool), (left, right)), shape=(len(unit), len(unit)))
    return np.asarray(connected_components(ties, directed=False)[1], dtype=np.int64)


def _pairs(unit: NDArray[np.float32], start: int, alike: float) -> tuple[Ints, Ints]:
    left, right = np.nonzero(unit[start : start + _BLOCK] @ unit.T >= alike)
    return left + start, right


def by_group(group: Ints, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Rows put aside for testing: whole groups, in random order, until `share` of the rows is reached."""
    order = rng.permutation(np.unique(group))
    size = np.bincount(group, minlength=int(group.max()) + 1)
    before = np.cumsum(size[order]) - size[order]
    return np.isin(group, order[before < share * len(group)])


def at_random(rows: int, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The same share, row by row, as in the paper."""
    aside = np.zeros(rows, dtype=bool)
    aside[rng.permutation(rows)[: round(share * rows)]] = True
    return aside


def straddling(group: Ints, aside: NDArray[np.bool_]) -> float:
    """Share of the rows put aside that have a near-duplicate among the others."""
    return float(np.isin(group[aside], group[~aside]).mean())
