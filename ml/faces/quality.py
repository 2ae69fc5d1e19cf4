"""Whether a face can be read at all: measured numbers, thresholds with their reasons, and words for a refusal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

Reason = Literal[
    "no_face", "several_faces", "too_small", "blurred", "too_dark", "turned_away", "not_you", "uncertain"
]

# What the person can do about it. The keys are the contract's; other languages translate these sentences.
REASONS: Final[dict[Reason, str]] = {
    "no_face": "We could not find a face. Hold the phone at arm's length with your whole face in the picture.",
    "several_faces": "There are several faces in the picture. Please take one with only you in it.",
    "too_small": "Your face is too small to read. Please come closer to the camera.",
    "blurred": "The picture is too blurred. Wipe the lens, hold still and try again.",
    "too_dark": "It is too dark to read your face. Turn towards a window or a lamp and try again.",
    "turned_away": "Your face is turned away. Please look straight into the camera.",
    "not_you": "This does not look like the person who enrolled. Is it you? Then enrol again in better light.",
    "uncertain": "The expression is not clear enough to name. You can try again, or tell us how you feel.",
}


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured on one face; stored with its reading, so that a refusal can be explained in numbers."""

    face_px: float
    sharpness: float
    brightness: float
    contrast: float
    yaw: float
    pitch: float
    roll: float
    detection: float
    occlusion: float

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 4) for name, value in asdict(self).items()}
