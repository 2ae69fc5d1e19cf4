"""Action units as a picture: each unit drawn where it acts on a face, for a network that convolves.

Three channels keep apart units that act in the same place: what opens and lifts, what presses and lowers, the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.units.names import AUS

Floats = NDArray[np.float64]

SIDE: Final = 24
SPREAD: Final = 1.3  # pixels; neighbouring units touch and do not cover each other

# Channel, across (from the middle line outwards, 0.5 is the edge) and down, in shares of the map.
PLACES: Final[Mapping[str, tuple[int, float, float]]] = {
    "AU1": (0, 0.08, 0.22),
    "AU2": (0, 0.30, 0.22),
    "AU4": (1, 0.14, 0.26),
    "AU5": (0, 0.20, 0.36),
    "AU6": (0, 0.26, 0.54),
    "AU7": (1, 0.20, 0.40),
    "AU9": (1, 0.06, 0.50),
    "AU10": (0, 0.10, 0.66),
    "AU12": (0, 0.24, 0.72),
    "AU14": (1, 0.26, 0.72),
    "AU15": (2, 0.22, 0.82),
    "AU16": (0, 0.10, 0.84),
    "AU17": (1, 0.00, 0.92),
    "AU20": (1, 0.24, 0.82),
    "AU23": (2, 0.00, 0.78),
    "AU24": (1, 0.06, 0.76),
    "AU25": (2, 0.00, 0.72),
    "AU26": (0, 0.00, 0.94),
    "AU43": (2, 0.20, 0.38),
}


def _stamps() -> Floats:
    """[units, 2, 3, SIDE, SIDE]: what one unit adds on the person's left (right in the picture) and on their right."""
    stamps = np.zeros((len(AUS), 2, 3, SIDE, SIDE))
    grid = np.arange(SIDE) + 0.5
    for row, unit in enumerate(AUS):
        channel, across, down = PLACES[unit]
        for side, sign in enumerate((1, -1)):
            x, y = (0.5 + sign * across) * SIDE, down * SIDE
            bump = np.exp(-((grid[None] - x) ** 2 + (grid[:, None] - y) ** 2) / (2 * SPREAD**2))
            stamps[row, side, channel] = bump
    return stamps


def unit_map(sides: Floats) -> NDArray[np.float32]:
    """[N, units, 2] intensities of 0 to 5 to [N, 3, SIDE, SIDE]."""
    drawn = np.tensordot(sides / 5, _stamps(), axes=([1, 2], [0, 1]))
    return np.asarray(drawn, dtype=np.float32)
