"""The 48x48 grey crop for the expression network, framed like the crops it was trained on.

Framing measured on 1,493 FER-2013 training crops in which RetinaFace and dlib find the face. Of the predictors of a
crop's size that were tried (box, eye distance, eye-mouth distance, jaw, brow-chin), sqrt(jaw width x brow-chin height)
varies least (11 %), and of its centre the mean of the 68 points (1.7 of 48 pixels); docs/identity.md tells more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces import align
from ml.faces.align import Points
from ml.faces.decode import RGB
from ml.faces.landmarks import Face
from ml.faces.quality import sharpness

SIDE: Final = 48


@dataclass(frozen=True, slots=True)
class Framing:
    # Side of the crop in units of sqrt(jaw width x brow-chin height). The training crops' median is 1.28 (spread 11 %);
    # the labelled photos are read best from 1.06 to 1.18, validation faces from 1.24 to 1.36 (docs/identity.md).
    side: float = 1.18
    # Where the mean of the 68 points lies in the crop, as a share of its side: medians, likewise.
    across: float = 0.5
    down: float = 0.606


@dataclass(frozen=True, slots=True)
class Crispness:
    # Median sharpness of the training crops, which were shrunk without smoothing; a photo's crop has 0.28.
    target: float = 0.7
    # Strength of the unsharp mask: raised in steps until the target is met. Beyond 2 it draws halos.
    step: float = 0.5
    most: float = 2.0


FRAMING: Final = Framing()
CRISPNESS: Final = Crispness()


def face_scale(points: Points) -> float:
    """Size of a face in pixels: sqrt(jaw width x brow-chin height); steadier than either under turning and speaking."""
    jaw = float(np.linalg.norm(points[16] - points[0]))
    brow_chin = float(np.linalg.norm(points[17:27].mean(axis=0) - points[8]))
    return float(np.sqrt(jaw * brow_chin))


def crop(rgb: RGB, face: Face, framing: Framing = FRAMING) -> RGB:
    """[48, 48] uint8: rotated by -theta, scaled and centred on the face, grey by ITU-R 601 luma."""
    scale = SIDE / (framing.side * max(1.0, face_scale(face.points)))
    target = np.array([framing.across, framing.down]) * SIDE
    matrix = align.upright(face.theta, face.points.mean(axis=0), scale, target)
    return np.asarray(cv2.cvtColor(align.cut(rgb, matrix, SIDE), cv2.COLOR_RGB2GRAY))


def sharpen(grey: RGB, crispness: Crispness = CRISPNESS) -> RGB:
    """As crisp as a training crop; what is crisp already stays as it is. `quality` is measured before this."""
    values = grey.astype(np.float32)
    detail = values - cv2.GaussianBlur(values, (0, 0), 1.0)
    amount, result = 0.0, grey
    while sharpness(result) < crispness.target and amount < crispness.most:
        amount += crispness.step
        result = np.clip(values + amount * detail, 0, 255).round().astype(np.uint8)
    return result


def stack(crops: Sequence[RGB]) -> NDArray[np.uint8]:
    return np.stack(crops) if crops else np.empty((0, SIDE, SIDE), dtype=np.uint8)
