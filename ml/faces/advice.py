"""Why a face was not scored, and what the person can do about it; without models, so that the API can say it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Reason = Literal["no_face", "several_faces", "too_small", "blurred", "too_dark", "turned_away", "not_you", "uncertain"]

# The keys are the contract's; the client has these sentences in other languages.
ADVICE: Final[Mapping[str, str]] = {
    "no_face": "No face was found. Hold the phone at arm's length, with your whole face in the picture.",
    "several_faces": "There are several faces in the picture. Take one with only you in it.",
    "too_small": "Your face is too small to read. Come closer to the camera.",
    "blurred": "The picture is too blurred to read. Hold still for a moment and try again.",
    "too_dark": "It is too dark to read your face. Turn towards a window and try again.",
    "turned_away": "Your face is turned too far away. Look towards the camera.",
    "not_you": "This does not look like your enrolled face. Take a photo of yourself, or enrol again.",
    "uncertain": "The expression is not clear enough to name. Try again, or say yourself how you feel.",
}
