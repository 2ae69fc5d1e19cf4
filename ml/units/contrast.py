"""The face as the landmarker gets it: contrast evened out (CLAHE), grey as RGB, with room around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ContrastPolicy:
    # CLAHE as the source paper's step before action units; a stronger limit drags noise up with the contrast.
    clip: float = 2.0
    tiles: int = 8
    # A crop is enlarged to this side: below 160 pixels the detector inside the landmarker misses more faces.
    side: int = 192
    # And framed by its own edge, or a face that fills the picture is missed (0.88 of training crops found, 0.93 so).
    margin: int = 32


POLICY: Final = ContrastPolicy()


def even(picture: Pixels, policy: ContrastPolicy = POLICY) -> Pixels:
    """Grey or RGB to RGB of even contrast, same size."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    clahe = cv2.createCLAHE(policy.clip, (policy.tiles, policy.tiles))
    return np.asarray(cv2.cvtColor(clahe.apply(np.ascontiguousarray(grey)), cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def framed(face: Pixels, policy: ContrastPolicy = POLICY) -> Pixels:
    """A small tight crop (such as FER-2013's 48x48), enlarged and framed; a larger picture as it is."""
    if max(face.shape[:2]) >= policy.side:
        return face
    factor = policy.side / max(face.shape[:2])
    large = cv2.resize(face, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    m = policy.margin
    return np.asarray(cv2.copyMakeBorder(large, m, m, m, m, cv2.BORDER_REPLICATE), dtype=np.uint8)
