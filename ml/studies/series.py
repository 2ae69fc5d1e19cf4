"""What a series of shots of one face does to a random 90/10 split: the same faces, each shot several times.

The geometry seed's samples are "a series of photographs taken by each person". FER-2013 has one picture a face; a shot
more of it is the crop moved, turned, scaled and lit a little differently, with the points located anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.studies.measure import Arrays, Images, each, enlarged


@dataclass(frozen=True)
class Shaking:
    """How far shots of a series differ: a person who sits still before a camera that is held by hand."""

    shots: int = 10
    turn: float = 4.0  # degrees
    scale: float = 0.04
    shift: float = 0.02  # of the side
    gamma: float = 0.15  # log range: somebody passes the window
    noise: float = 2.0  # grey levels


SHAKING: Final = Shaking()


def shots_of(images: Images, shaking: Shaking = SHAKING, seed: int = 1) -> Arrays:
    """`points` [N * shots, 68, 2], the shots of a face one after the other."""
    from ml.faces.detect import Detector
    from ml.faces.landmarks import Landmarks

    detector, landmarks, rng = Detector(), Landmarks(), np.random.default_rng(seed)
    points = np.full((len(images) * shaking.shots, 68, 2), np.nan, dtype=np.float32)
    for row, image in enumerate(each(np.repeat(images, shaking.shots, axis=0), "series")):
        picture = shaken(enlarged(image), shaking, rng)
        found = detector.find(picture, how="largest")
        if found:
            points[row] = landmarks.locate(picture, found[0]).points
    return {"points": points}


def shaken(picture: NDArray[np.uint8], shaking: Shaking, rng: np.random.Generator) -> NDArray[np.uint8]:
    side = picture.shape[0]
    turn, scale = rng.uniform(-1, 1, 2) * (shaking.turn, shaking.scale)
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), float(turn), 1 + float(scale))
    matrix[:, 2] += rng.uniform(-1, 1, 2) * shaking.shift * side
    moved = cv2.warpAffine(picture, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE).astype(np.float64)
    lit = 255 * (moved / 255) ** np.exp(rng.uniform(-1, 1) * shaking.gamma)
    noisy = lit + rng.normal(0, shaking.noise, lit.shape[:2])[..., None]
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)
