"""The action units that are read: order, names as in the source paper's Table 1, and plain words for people.

Everything that stores, exports or trains on a vector of action units imports its order from here. Two units of the
paper's table are not read, rather than guessed: of AU11 (nasolabial deepener) the landmarker sees nothing, and its
output for AU13 (cheek puffer) follows smiles and open mouths instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    """As in the paper's Table 1."""
    words: str
    """What one sees, for somebody who never heard of action units."""
    sided: bool = True
    """Whether left and right are measured apart."""
    weak: bool = False
    """The landmarker hardly reacts to it: read with more doubt (docs/clips.md has the figures)."""


UNITS: Final[tuple[Unit, ...]] = (
    Unit("AU1", "Inner brow raiser", "inner ends of the brows raised", sided=False),
    Unit("AU2", "Outer brow raiser", "outer ends of the brows raised"),
    Unit("AU4", "Brow lowerer", "brows drawn down"),
    Unit("AU5", "Upper lid raiser", "eyes opened wide"),
    Unit("AU6", "Cheek raiser", "cheeks raised", weak=True),
    Unit("AU7", "Lid tightener", "eyelids tightened"),
    Unit("AU9", "Nose wrinkler", "nose wrinkled", weak=True),
    Unit("AU10", "Upper lip raiser", "upper lip raised"),
    Unit("AU12", "Lip corner puller", "corners of the mouth pulled up"),
    Unit("AU14", "Dimpler", "corners of the mouth pressed in"),
    Unit("AU15", "Lip corner depressor", "corners of the mouth drawn down"),
    Unit("AU16", "Lower lip depressor", "lower lip drawn down"),
    Unit("AU17", "Chin raiser", "chin pushed up", sided=False),
    Unit("AU20", "Lip stretcher", "lips stretched sideways"),
    Unit("AU23", "Lip tightener", "lips rolled in", sided=False),
    Unit("AU24", "Lip pressor", "lips pressed together"),
    Unit("AU25", "Lips part", "lips apart", sided=False),
    Unit("AU26", "Jaw drop", "jaw dropped", sided=False),
    Unit("AU43", "Eyes closed", "eyes closed"),
)
AUS: Final[tuple[str, ...]] = tuple(unit.code for unit in UNITS)
BY_CODE: Final[dict[str, Unit]] = {unit.code: unit for unit in UNITS}

# A vector for training: presence (0 or 1) of each unit, then intensity (0 to 5) of each.
VECTOR_NAMES: Final[tuple[str, ...]] = tuple(f"{au}_present" for au in AUS) + tuple(f"{au}_intensity" for au in AUS)
