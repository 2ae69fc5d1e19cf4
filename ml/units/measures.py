"""From the landmarker's 52 blendshapes and 478 points to one raw number an action unit and side.

Raw numbers have no unit: each grows with its action unit, and `scale.py` says what of it is a neutral face. Blendshapes
are taken as log-odds, because some of them (squinting cheeks) never leave the first thousandth and still order faces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.units.names import AUS

Floats = NDArray[np.float64]

LEFT, RIGHT = 0, 1  # the person's own

# Left and right blendshape of each unit; one name where the landmarker does not tell the sides apart.
SHAPES: Final[Mapping[str, tuple[str, ...]]] = {
    "AU1": ("browInnerUp",),
    "AU2": ("browOuterUpLeft", "browOuterUpRight"),
    "AU4": ("browDownLeft", "browDownRight"),
    "AU5": ("eyeWideLeft", "eyeWideRight"),
    "AU7": ("eyeSquintLeft", "eyeSquintRight"),
    "AU10": ("mouthUpperUpLeft", "mouthUpperUpRight"),
    "AU12": ("mouthSmileLeft", "mouthSmileRight"),
    "AU14": ("mouthDimpleLeft", "mouthDimpleRight"),
    "AU15": ("mouthFrownLeft", "mouthFrownRight"),
    "AU16": ("mouthLowerDownLeft", "mouthLowerDownRight"),
    "AU17": ("mouthShrugLower",),
    "AU20": ("mouthStretchLeft", "mouthStretchRight"),
    "AU23": ("mouthRollLower",),
    "AU24": ("mouthPressLeft", "mouthPressRight"),
    "AU26": ("jawOpen",),
    "AU43": ("eyeBlinkLeft", "eyeBlinkRight"),
}

# Points of the 478: inner end of the brow, wing of the nose (left, right); inner lips; outer corners of the eyes.
_BROW: Final = (285, 55)
_WING: Final = (294, 64)
_LIPS: Final = (13, 14)
_EYES: Final = (33, 263)
# A closed mouth has no gap at all: its logarithm needs a floor, of a hundredth of the distance between the eyes.
_CLOSED: Final = 0.01
_TINY: Final = 1e-9


def measure(shapes: Mapping[str, float], points: Floats) -> Floats:
    """[units, 2] raw numbers, left and right; `points` are x, y, z in one scale."""
    raw = np.empty((len(AUS), 2))
    for row, au in enumerate(AUS):
        if au == "AU6":
            raw[row] = [_cheek_raised(shapes, side) for side in ("Left", "Right")]
        elif au == "AU9":
            raw[row] = _wrinkled(points)
        elif au == "AU25":
            raw[row] = _lips_apart(points)
        else:
            names = SHAPES[au]
            raw[row] = [_log_odds(shapes[names[side % len(names)]]) for side in (LEFT, RIGHT)]
    return raw


def _log_odds(share: float) -> float:
    share = min(max(share, _TINY), 1 - _TINY)
    return float(np.log(share / (1 - share)))


def _cheek_raised(shapes: Mapping[str, float], side: str) -> float:
    """A raised cheek squeezes the eye from below. The landmarker's cheekSquint alone rises with surprise as well: with
    half of eyeSquint added, 46 % of happy training faces show it and 7 % of the surprised (38 % and 27 % without)."""
    return _log_odds(shapes[f"cheekSquint{side}"]) + 0.5 * _log_odds(shapes[f"eyeSquint{side}"])


def _between(points: Floats, a: int, b: int) -> float:
    return float(np.linalg.norm(points[a] - points[b]))


def _wrinkled(points: Floats) -> list[float]:
    """A wrinkled nose brings its wings nearer to the brows. The landmarker's own sneer follows smiles instead."""
    eyes = _between(points, *_EYES)
    return [-float(np.log(_between(points, b, w) / eyes)) for b, w in zip(_BROW, _WING, strict=True)]


def _lips_apart(points: Floats) -> float:
    return float(np.log(_between(points, *_LIPS) / _between(points, *_EYES) + _CLOSED))
