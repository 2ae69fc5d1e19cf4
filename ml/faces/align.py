"""Turning a face upright, exactly as the source paper does: rotate by minus the angle between the eyes."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.faces.decode import RGB

Points = NDArray[np.float64]
Affine = NDArray[np.float64]


def eye_angle(a: Points, b: Points) -> float:
    """theta = arctan((y_b - y_a) / (x_b - x_a)) in radians; a and b are the centres of the two eyes."""
    rise, run = float(b[1] - a[1]), float(b[0] - a[0])
    if run == 0.0:  # eyes exactly above each other: the limit of the formula
        return math.copysign(math.pi / 2, rise) if rise else 0.0
    return math.atan(rise / run)


def upright(theta: float, centre: Points, scale: float, target: Points) -> Affine:
    """The 2x3 map that rotates by -theta, scales, and moves `centre` to `target`."""
    cos, sin = scale * math.cos(theta), scale * math.sin(theta)
    linear = np.array([[cos, sin], [-sin, cos]])
    return np.column_stack([linear, np.asarray(target) - linear @ np.asarray(centre)])


def apply(matrix: Affine, points: Points) -> Points:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float64)


def invert(matrix: Affine) -> Affine:
    linear = np.linalg.inv(matrix[:, :2])
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def cut(picture: RGB, matrix: Affine, side: int) -> RGB:
    """The square `side` x `side` that `matrix` maps to; shrinks by whole areas first, so that detail does not alias."""
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    factor = max(1, math.floor(1 / scale))
    region, left, top = _region(picture, matrix, side, factor)
    matrix = _compose(matrix, np.array([[1.0, 0.0, left], [0.0, 1.0, top]]))
    if factor > 1:
        size = max(1, region.shape[1] // factor), max(1, region.shape[0] // factor)
        region = np.asarray(cv2.resize(region, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        # Pixel centres lie at half: x_before = (x_after + 0.5) * factor - 0.5.
        shift = (factor - 1) / 2
        matrix = _compose(matrix, np.array([[factor, 0.0, shift], [0.0, factor, shift]]))
    warped = cv2.warpAffine(region, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def _region(picture: RGB, matrix: Affine, side: int, factor: int) -> tuple[RGB, int, int]:
    """The part of the picture that the square needs, its sides divisible by `factor` where they can be."""
    corners = apply(invert(matrix), np.array([[0, 0], [side, 0], [0, side], [side, side]], dtype=np.float64))
    height, width = picture.shape[:2]
    low = np.floor(corners.min(axis=0)) - 2 * factor
    high = np.ceil(corners.max(axis=0)) + 2 * factor
    left, top = (int(v) for v in np.clip(low, 0, (max(0, width - factor), max(0, height - factor))))
    right, bottom = (int(v) for v in np.clip(high, (left + factor, top + factor), (width, height)))
    right -= (right - left) % factor if right - left > factor else 0
    bottom -= (bottom - top) % factor if bottom - top > factor else 0
    return picture[top:bottom, left:right], left, top


def _compose(outer: Affine, inner: Affine) -> Affine:
    """First `inner`, then `outer`."""
    return np.column_stack([outer[:, :2] @ inner[:, :2], outer[:, :2] @ inner[:, 2] + outer[:, 2]])
