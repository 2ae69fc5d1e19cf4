"""A person's own neutral face as bytes: kept sealed beside their face template, read back for every check-in."""

from __future__ import annotations

from typing import Final

import numpy as np

from ml.units.measures import Floats
from ml.units.names import AUS

# A version that reads other units makes what was stored useless; it is then as if there were none.
_HEADER: Final = ",".join(AUS).encode() + b"\0"


def to_bytes(resting: Floats) -> bytes:
    """Raw measures [units, 2] for storage; the caller encrypts."""
    return _HEADER + resting.astype("<f4").tobytes()


def from_bytes(data: bytes) -> Floats | None:
    if not data.startswith(_HEADER):
        return None
    return np.frombuffer(data[len(_HEADER) :], "<f4").reshape(len(AUS), 2).astype(np.float64)
