"""The geometry's second opinion on a face: eight ratios through a small perceptron, in numpy.

`ml.pipeline` asks for it beside the expression network's reading; it sees the 68 points only, never the picture, and is
right far less often (docs/seeds.md). It informs, it decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS
from ml.geometry.ratios import RATIOS, Floats, ratios

WEIGHTS: Final = Path(__file__).parent / "weights" / "perceptron.npz"


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Seven shares in the order of EXPRESSIONS and the eight ratios that they follow from."""

    shares: tuple[float, ...]
    ratios: tuple[float, ...]

    @property
    def top(self) -> str:
        return EXPRESSIONS[self.shares.index(max(self.shares))]

    def as_dict(self, first: str | None) -> dict[str, Any]:
        """What a reading carries as `second_opinion`; `first` is what the expression network named."""
        return {
            "by": "geometry",
            "expression": {name: round(share, 4) for name, share in zip(EXPRESSIONS, self.shares, strict=True)},
            "top": self.top,
            "agrees": None if first is None else self.top == first,
            "ratios": {name: round(value, 4) for name, value in zip(RATIOS, self.ratios, strict=True)},
        }


def second_opinion(points: NDArray[np.floating]) -> SecondOpinion | None:
    """Of one face's 68 points; None where they cannot be a face."""
    numbers = ratios(points)
    if not np.isfinite(numbers).all():
        return None
    return SecondOpinion(tuple(shares(numbers[None])[0].tolist()), tuple(numbers.tolist()))


def shares(numbers: Floats, weights: Path = WEIGHTS) -> Floats:
    """[N, 8] ratios to [N, 7] shares that add up to one: ReLU inside, sigmoids at the end, as in the seed."""
    arrays = _load(weights)
    values = np.clip((numbers - arrays["mean"]) / arrays["spread"], -_FAR, _FAR)
    layers = sum(name.startswith("w") for name in arrays)
    for layer in range(layers):
        values = values @ arrays[f"w{layer}"] + arrays[f"b{layer}"]
        if layer < layers - 1:
            values = np.maximum(values, 0)
    likely = 1 / (1 + np.exp(-values))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


# Standard deviations from the mean beyond which a ratio is a misplaced point, not a face; the network never saw such.
_FAR: Final = 5.0


@lru_cache(maxsize=2)
def _load(weights: Path) -> dict[str, Floats]:
    with np.load(weights) as file:
        if tuple(file["labels"]) != EXPRESSIONS or tuple(file["inputs"]) != RATIOS:
            raise ValueError(f"{weights.name} was trained for other labels or ratios than this program's")
        return {name: file[name].astype(np.float64) for name in file.files if name not in ("labels", "inputs")}
