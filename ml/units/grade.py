"""Raw measures to presence and intensity, as FACS writes them: 0 to 5, letters A to E.

The scale is not a coder's judgement but a population's: `rest` is the median of neutral faces, `on` what only one
neutral face in twenty exceeds, `full` what one face in a hundred of all expressions exceeds (`scale.json`, computed by
`evenkeel units calibrate`). A person who enrolled is measured from their own neutral face instead of the median.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.units.measures import LEFT, RIGHT, Floats
from ml.units.names import AUS, UNITS

LETTERS: Final = "ABCDE"


@dataclass(frozen=True, slots=True)
class GradePolicy:
    # Intensity at which a unit counts as present: letter A. Below lies what neutral faces show too.
    present: float = 1.0
    # Sides that differ by less than a letter are one movement seen twice with noise.
    apart: float = 1.0
    # A person's neutral face may move the zero by at most this share of the way from rest to on where it is stiller
    # than the median, and of the way from on to full where it is livelier (low brows, a mouth that droops by itself):
    # whoever enrolled with a smile by mistake still shows one.
    stiller: float = 0.5
    livelier: float = 0.75


POLICY: Final = GradePolicy()


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """[units, 2] each."""

    rest: Floats
    on: Floats
    full: Floats
    version: str

    def shift(self, neutral: Floats, policy: GradePolicy = POLICY) -> Floats:
        """How far a person's own neutral face lies from the median one, within reason."""
        low = -policy.stiller * (self.on - self.rest)
        high = policy.livelier * (self.full - self.on)
        return np.clip(neutral - self.rest, low, high)

    def intensity(self, raw: Floats) -> Floats:
        """0 at rest, 1 at on, 5 at full; straight lines between."""
        below = (raw - self.rest) / (self.on - self.rest)
        above = 1 + 4 * (raw - self.on) / (self.full - self.on)
        return np.asarray(np.clip(np.where(raw < self.on, below, above), 0.0, 5.0))


@lru_cache
def shipped_scale() -> Scale:
    written = json.loads(resources.files("ml.units").joinpath("scale.json").read_text())
    if written["units"] != list(AUS):
        raise ValueError("scale.json was made for other action units; run `evenkeel units calibrate`")
    rest, on, full = (np.array(written[name]) for name in ("rest", "on", "full"))
    return Scale(rest, on, full, written["version"])


@dataclass(frozen=True, slots=True, eq=False)
class UnitReading:
    """One face. `sides` is [units, 2] intensity: the person's left and right, equal where they are not told apart."""

    sides: Floats
    raw: Floats
    calibrated: bool = False
    """Measured from the person's own neutral face."""

    @property
    def intensity(self) -> Floats:
        """[units]: the mean of both sides, or the stronger side where only one moves."""
        mean = self.sides.mean(axis=1)
        return np.asarray(np.where(self.one_sided, self.sides.max(axis=1), mean))

    @property
    def present(self) -> NDArray[np.bool_]:
        return np.asarray(self.intensity >= POLICY.present)

    @property
    def one_sided(self) -> NDArray[np.bool_]:
        differ = np.abs(self.sides[:, LEFT] - self.sides[:, RIGHT]) >= POLICY.apart
        only_one = (self.sides >= POLICY.present).sum(axis=1) == 1
        return np.asarray(differ & only_one)

    @property
    def vector(self) -> Floats:
        """Presence of each unit, then intensity of each, in the order of `names.VECTOR_NAMES`."""
        return np.concatenate([self.present.astype(np.float64), self.intensity])

    def side(self, row: int) -> str | None:
        """ "L" or "R" where only that side moves."""
        return None if not self.one_sided[row] else "LR"[int(self.sides[row].argmax())]

    @property
    def code(self) -> str:
        """As FACS coders write it: 6B+L12C."""
        return "+".join(self._term(int(row)) for row in np.flatnonzero(self.present))

    def _term(self, row: int) -> str:
        return f"{self.side(row) or ''}{AUS[row][2:]}{letter(float(self.intensity[row]))}"

    @property
    def in_words(self) -> str:
        """For a person at a terminal: 6B+12C (cheeks raised, corners of the mouth pulled up)."""
        words = ", ".join(UNITS[int(row)].words for row in np.flatnonzero(self.present))
        return f"{self.code} ({words})" if words else "none stands out"

    def as_dict(self) -> dict[str, Any]:
        """`action_units` of the HTTP contract: what is present in full, the intensity of everything."""
        return {
            "measured": True,
            "calibrated": self.calibrated,
            "code": self.code,
            "present": [self._present(int(row)) for row in np.flatnonzero(self.present)],
            "intensity": {au: round(float(v), 2) for au, v in zip(AUS, self.intensity, strict=True)},
        }

    def _present(self, row: int) -> dict[str, Any]:
        unit = UNITS[row]
        left, right = (round(float(v), 2) for v in self.sides[row])
        intensity = float(self.intensity[row])
        sides = {"left": left, "right": right} if unit.sided else {}
        return {
            "unit": unit.code,
            "name": unit.name,
            "words": unit.words,
            "intensity": round(intensity, 2),
            "letter": letter(intensity),
            "side": self.side(row),
            "weak": unit.weak,
            **sides,
        }


def letter(intensity: float) -> str:
    """A trace, B slight, C marked, D severe, E the most."""
    return LETTERS[min(max(int(intensity), 1), 5) - 1]


def grade(raw: Floats, neutral: Floats | None = None, scale: Scale | None = None) -> UnitReading:
    """Presence and intensity of every unit; `neutral` are the raw measures of the person's own neutral face."""
    scale = scale or shipped_scale()
    moved = raw if neutral is None else raw - scale.shift(neutral)
    return UnitReading(scale.intensity(moved), raw, neutral is not None)
