"""Whether a face can be read at all: measured numbers and thresholds with their reasons."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.advice import Reason
from ml.faces.align import Points


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured on one face; stored with its reading, so that a refusal can be explained in numbers."""

    face_px: float
    """Square root of jaw width times brow-chin height, in pixels that were really decoded."""
    sharpness: float
    """Energy of the 48x48 crop's second derivative relative to its variance."""
    brightness: float
    """Mean grey of the crop, 0-255."""
    contrast: float
    """Standard deviation of the crop's grey."""
    yaw: float
    pitch: float
    roll: float
    """Degrees; 0 looks into the camera."""
    detection: float
    """RetinaFace's score."""
    disagreement: float
    """Mean distance between RetinaFace's five points and dlib's, relative to the face: lost landmarks."""
    covered: float
    """Share of the face without any texture (a mask, a hand before the lens, a burnt-out half) or, where that is more,
    beyond the picture's edge. A hint."""

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class QualityPolicy:
    """Measured on people/ (68 readable photos) and odd/; docs/identity.md has the table."""

    # The crop takes 37 of them; half that is a face of which every second pixel is made up (tiny_24px: 19).
    min_face_px: float = 22.0
    # quality_blurred: 0.06; the least sharp of people/: 0.12. Blurred step by step, these are read as well at 0.06 to
    # 0.08 as before (86 %), below 0.06 at 80 %.
    min_sharpness: float = 0.065
    # quality_dark: 10; the darkest of people/: 54.
    min_brightness: float = 25.0
    # quality_dark: 4; the flattest of people/: 20.
    min_contrast: float = 8.0
    # people/ reach 42 degrees, occluded_half 52 to 60.
    max_yaw: float = 52.0
    # people/ stay within 20 degrees.
    max_pitch: float = 40.0
    # tilted_35deg is read without loss; beyond this the head hangs, lies or stands upside down.
    max_roll: float = 60.0
    # upside_down: 0.42; people/: at most 0.10.
    max_disagreement: float = 0.13
    # occluded_mask: 0.41, quality_overexposed: 0.38, cut_by_edge: 0.47, people/: at most 0.19. Of people photos without
    # the lower half of the face two in five were read right.
    max_covered: float = 0.30


DEFAULT: Final = QualityPolicy()


def judge(quality: Quality, policy: QualityPolicy = DEFAULT) -> Reason | None:
    """The first reason not to read this face, in the order in which a person can mend it."""
    if quality.face_px < policy.min_face_px:
        return "too_small"
    if quality.brightness < policy.min_brightness or quality.contrast < policy.min_contrast:
        return "too_dark"
    if quality.sharpness < policy.min_sharpness:
        return "blurred"
    if any(
        abs(value) > most
        for value, most in (
            (quality.yaw, policy.max_yaw),
            (quality.pitch, policy.max_pitch),
            (quality.roll, policy.max_roll),
            (quality.disagreement, policy.max_disagreement),
        )
    ):
        return "turned_away"
    if quality.covered > policy.max_covered:
        return "uncertain"
    return None


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Laplacian variance over variance: blur lowers it, light and contrast do not change it."""
    variance = _variance(grey)
    return _variance(cv2.Laplacian(grey, cv2.CV_32F)) / variance if variance > 1.0 else 0.0


def _variance(values: NDArray[np.integer[Any] | np.floating[Any]]) -> float:
    _, deviation = cv2.meanStdDev(values)
    return float(deviation[0, 0]) ** 2


def covered(grey: NDArray[np.uint8]) -> float:
    """Share of 4x4 blocks in the middle of a 48x48 crop whose grey hardly varies, relative to the whole."""
    middle = grey[8:48, 8:40].astype(np.float32)
    blocks = middle.reshape(10, 4, 8, 4).std(axis=(1, 3))
    return float((blocks < 0.02 * max(1.0, float(grey.std()))).mean())


# Nose tip, chin, outer corners of the eyes, corners of the mouth on an average head, in millimetres.
_HEAD_MM: Final = np.array(
    [
        (0.0, 0.0, 0.0),
        (0.0, 63.6, 12.5),
        (-43.3, -32.7, 26.0),
        (43.3, -32.7, 26.0),
        (-28.9, 28.9, 24.1),
        (28.9, 28.9, 24.1),
    ]
)
_HEAD_POINTS: Final = [30, 8, 36, 45, 48, 54]


def head_pose(points: Points, patch_side: int) -> tuple[float, float]:
    """Yaw and pitch in degrees from the 68 points of an upright patch."""
    middle = patch_side / 2
    camera = np.array([[2.0 * patch_side, 0, middle], [0, 2.0 * patch_side, middle], [0, 0, 1.0]])
    found, rotation, _ = cv2.solvePnP(_HEAD_MM, points[_HEAD_POINTS], camera, None, flags=cv2.SOLVEPNP_SQPNP)
    if not found:
        return 90.0, 90.0
    matrix, _ = cv2.Rodrigues(rotation)
    x, y, z = (-matrix[:, 2]).tolist()  # where the nose points to
    return math.degrees(math.atan2(x, -z)), math.degrees(math.atan2(-y, math.hypot(x, z)))
