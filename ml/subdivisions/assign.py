"""Which sub-division of its expression a face falls into: the nearest K-means centre of the units present, in numpy.

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
from ml.units.grade import LETTERS, UnitReading
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
    """The units that most of its faces share, as FACS writes them: AU6B, AU12C."""

    @property
    def words(self) -> str:
        """What one sees, in plain words."""
        seen = [BY_CODE[unit.rstrip(LETTERS)].words for unit in self.units]
        return ", ".join(seen) or "no movement stands out"

    def as_dict(self) -> dict[str, Any]:
        """What a reading carries as `subdivision`."""
        return {"name": self.name, "units": list(self.units), "words": self.words}


def features(units: UnitReading) -> Floats:
    """What is clustered: which units are present, a combination as the seed's Table 10 lists them."""
    return units.present.astype(np.float64)


def subdivision(expression: str, units: UnitReading) -> Subdivision | None:
    """None where the artefact knows no sub-divisions of the expression."""
    known = _load(ARTEFACT)
    if expression not in known:
        return None
    centres, shared = known[expression]
    nearest = int(np.linalg.norm(centres - features(units), axis=1).argmin())
    return Subdivision(f"{NAMES[expression]}_ME{nearest + 1}", shared[nearest])


@lru_cache(maxsize=2)
def _load(artefact: Path) -> Mapping[str, tuple[Floats, list[tuple[str, ...]]]]:
    """Centres [k, units] and what the faces of each share, by expression."""
    with np.load(artefact) as file:
        if tuple(file["units"]) != AUS:
            raise ValueError(f"{artefact.name} was made for other action units; run `evenkeel study subdivisions`")
        return {
            name: (file[name].astype(np.float64), [tuple(str(line).split()) for line in file[f"{name}_units"]])
            for name in EXPRESSIONS
            if name in file.files
        }
