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
    (x, y), (to_x, to_y) = (float(v) for v in centre), (float(v) for v in target)
    return np.array([[cos, sin, to_x - cos * x - sin * y], [-sin, cos, to_y + sin * x - cos * y]])


def apply(matrix: Affine, points: Points) -> Points:
    # Not `points @ matrix`: between the networks, BLAS for so little is code that no cache holds any more.
    return np.asarray(points[..., :1] * matrix[:, 0] + points[..., 1:] * matrix[:, 1] + matrix[:, 2], dtype=np.float64)


def invert(matrix: Affine) -> Affine:
    (a, b, x), (c, d, y) = matrix.tolist()
    area = a * d - b * c
    a, b, c, d = d / area, -b / area, -c / area, a / area
    return np.array([[a, b, -a * x - b * y], [c, d, -c * x - d * y]])


def cut(picture: RGB, matrix: Affine, side: int) -> RGB:
    """The square `side` x `side` that `matrix` maps to; shrinks by whole areas first, so that detail does not alias."""
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    factor = max(1, math.floor(1 / scale))
    region, left, top = _region(picture, matrix, side, factor)
    matrix = _before(matrix, 1, left, top)
    if factor > 1:
        size = max(1, region.shape[1] // factor), max(1, region.shape[0] // factor)
        region = np.asarray(cv2.resize(region, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        # Pixel centres lie at half: x_before = (x_after + 0.5) * factor - 0.5.
        shift = (factor - 1) / 2
        matrix = _before(matrix, factor, shift, shift)
    return warp(region, matrix, side)


def warp(region: RGB, matrix: Affine, side: int, flags: int = cv2.INTER_LINEAR) -> RGB:
    """Bilinear, by way of a fourth channel: the same pixels in half the time, three do not fit the vector unit."""
    four = cv2.cvtColor(region, cv2.COLOR_RGB2RGBA)
    four = cv2.warpAffine(four, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(four, cv2.COLOR_RGBA2RGB), dtype=np.uint8)


def _region(picture: RGB, matrix: Affine, side: int, factor: int) -> tuple[RGB, int, int]:
    """The part of the picture that the square needs, its sides divisible by `factor` where they can be."""
    corners = apply(invert(matrix), np.array([[0, 0], [side, 0], [0, side], [side, side]], dtype=np.float64))
    left, right = _span(corners[:, 0].tolist(), picture.shape[1], factor)
    top, bottom = _span(corners[:, 1].tolist(), picture.shape[0], factor)
    return picture[top:bottom, left:right], left, top


def _span(corners: list[float], end: int, factor: int) -> tuple[int, int]:
    """From where to where the corners reach along one axis, with a margin, inside the picture."""
    low = min(max(0, math.floor(min(corners)) - 2 * factor), max(0, end - factor))
    high = max(min(end, math.ceil(max(corners)) + 2 * factor), min(end, low + factor))
    return low, high - ((high - low) % factor if high - low > factor else 0)


def _before(matrix: Affine, factor: float, x: float, y: float) -> Affine:
    """First enlarge by `factor` and move by x and y, then `matrix`."""
    (a, b, to_x), (c, d, to_y) = matrix.tolist()
    return np.array([[a * factor, b * factor, a * x + b * y + to_x], [c * factor, d * factor, c * x + d * y + to_y]])
