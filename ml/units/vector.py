"""Faces to vectors of action units: what training recipes call."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ml.units.contrast import Pixels
from ml.units.grade import UnitReading
from ml.units.landmarker import Landmarker
from ml.units.measures import Floats
from ml.units.names import VECTOR_NAMES


@lru_cache(maxsize=1)
def _landmarker() -> Landmarker:
    return Landmarker()


def units_of(face: Pixels) -> UnitReading | None:
    """The action units of one upright face, grey or RGB uint8, of any size; the same picture gives the same answer.

    None where the landmarker sees no face. Raises ExtraMissing without the extra `clips`.
    """
    return _landmarker().read(face)


def unit_vectors(faces: NDArray[np.uint8]) -> Floats:
    """[n, h, w] grey faces to [n, 40] in the order of `names.VECTOR_NAMES`; rows of NaN where no face was seen."""
    rows = np.full((len(faces), len(VECTOR_NAMES)), np.nan)
    for number, face in enumerate(faces):
        if (seen := units_of(face)) is not None:
            rows[number] = seen.vector
    return rows
