"""Which sub-division of its expression a face falls into: the nearest K-means centre of its action units, in numpy.

`ml.pipeline` asks once expression and action units are known. The names are the action-unit seed's (Happiness_ME1 …);
its "micro-expressions" last under half a second, which a photo cannot show: here they name combinations, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.emotions import EXPRESSIONS
from ml.units.grade import UnitReading, letter
from ml.units.names import AUS, BY_CODE

Floats = NDArray[np.float64]

ARTEFACT: Final = Path(__file__).parent / "weights" / "subdivisions.npz"

# As the seed writes them.
NAMES: Final[Mapping[str, str]] = {
    "happy": "Happiness",
    "sad": "Sadness",
    "angry": "Anger",
    "disgust": "Disgust",
    "fear": "Fear",
    "surprise": "Surprise",
    "neutral": "Neutral",
}


@dataclass(frozen=True, slots=True)
class Subdivision:
    name: str
    units: tuple[str, ...]
    """The combination that its faces share, as FACS writes it: AU6B, AUL12C."""

    @property
    def words(self) -> str:
        """What one sees, in plain words."""
        seen = [BY_CODE["AU" + "".join(filter(str.isdigit, unit))].words for unit in self.units]
        return ", ".join(seen) or "hardly any movement"

    def as_dict(self) -> dict[str, Any]:
        """What a reading carries as `subdivision`."""
        return {"name": self.name, "units": list(self.units), "words": self.words}


def features(sides: Floats) -> Floats:
    """[N, units, 2] intensities to what is clustered: both sides of each unit, 0 to 1."""
    return np.asarray(sides.reshape(len(sides), -1) / 5)


def combination(sides: Floats) -> list[str]:
    """[units, 2] mean intensities of a cluster to the units that its faces share, strongest first."""
    reading = UnitReading(sides, sides)
    rows = [int(row) for row in np.argsort(-reading.intensity, kind="stable") if reading.present[row]]
    return [f"AU{reading.side(row) or ''}{AUS[row][2:]}{letter(float(reading.intensity[row]))}" for row in rows]


def subdivision(expression: str, units: UnitReading) -> Subdivision | None:
    """None where the artefact knows no sub-divisions of the expression."""
    known = _load(ARTEFACT)
    if expression not in known:
        return None
    centres = known[expression]
    apart = np.linalg.norm(centres - features(units.sides[None]), axis=1)
    nearest = int(apart.argmin())
    sides = 5 * centres[nearest].reshape(len(AUS), 2)
    return Subdivision(f"{NAMES[expression]}_ME{nearest + 1}", tuple(combination(sides)))


@lru_cache(maxsize=2)
def _load(artefact: Path) -> Mapping[str, Floats]:
    with np.load(artefact) as file:
        if tuple(file["units"]) != AUS:
            raise ValueError(f"{artefact.name} was made for other action units; run `evenkeel study subdivisions`")
        return {name: file[name].astype(np.float64) for name in EXPRESSIONS if name in file.files}
