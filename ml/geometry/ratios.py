"""Eight numbers of a face from its 68 points: brows, eyes, mouth and chin in units of the face's width.

The geometry seed names the parts and prints values, but no formulas. Its printed columns fit "pixels by the width of
the face box" (mouth width, opening of the inner lips, mean height of the brows, mean gap between them, mean opening of
the lids); for the other three we chose what such points can show: the tilt of the brows, the curve of the mouth and how
far the chin drops.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATIOS: Final = (
    "mouth_width",
    "mouth_opening",
    "brow_height",
    "brow_gap",
    "eye_opening",
    "brow_tilt",
    "mouth_curve",
    "chin_drop",
)
POINTS: Final = 68


def ratios(points: NDArray[np.floating]) -> Floats:
    """[..., 68, 2] in any scale, place and tilt to [..., 8]; not finite where the points are not a face."""
    p = _upright(np.asarray(points, dtype=np.float64))
    x, y = p[..., 0], p[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_lengths(x, y) / (x[..., 16] - x[..., 0])[..., None])


def _upright(points: Floats) -> Floats:
    """Turned so that the line between the eyes is level: a tilted head has the same ratios."""
    if points.shape[-2:] != (POINTS, 2):
        raise ValueError(f"expected [..., {POINTS}, 2] points, got {list(points.shape)}")
    eyes = points[..., 42:48, :].mean(axis=-2) - points[..., 36:42, :].mean(axis=-2)
    theta = np.arctan2(eyes[..., 1], eyes[..., 0])
    cos, sin = np.cos(theta), np.sin(theta)
    turn = np.stack([np.stack([cos, -sin], axis=-1), np.stack([sin, cos], axis=-1)], axis=-2)
    return np.asarray(points @ turn)


def _lengths(x: Floats, y: Floats) -> Floats:
    """The eight in pixels; y grows downwards, so "higher" is smaller."""
    eye_line = y[..., 36:48].mean(axis=-1)
    lids = y[..., [41, 40, 47, 46]] - y[..., [37, 38, 43, 44]]
    return np.stack(
        [
            x[..., 54] - x[..., 48],
            y[..., [65, 66, 67]].mean(axis=-1) - y[..., [61, 62, 63]].mean(axis=-1),
            eye_line - y[..., 17:27].mean(axis=-1),
            (x[..., 22:27] - x[..., 21:16:-1]).mean(axis=-1),
            lids.mean(axis=-1),
            # Inner ends above outer ends count positive, as in sorrow; lowered inner ends, as in anger, negative.
            y[..., [17, 26]].mean(axis=-1) - y[..., [21, 22]].mean(axis=-1),
            # Corners above the middle of the lips count positive, as in a smile.
            y[..., [51, 57]].mean(axis=-1) - y[..., [48, 54]].mean(axis=-1),
            y[..., 8] - y[..., 33],
        ],
        axis=-1,
    )
