"""Frames that a thin device sent, on the server: who of the gallery is in enough of them. Called by the frame step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ml.camera.policy import BURST
from ml.faces.photo import PhotoError

if TYPE_CHECKING:
    from ml.pipeline import FacePipeline, FaceReading

# Crowds stand far from an office camera: a frame is decoded larger than a photo of oneself.
ENOUGH = 1600


def recognise(
    pipeline: FacePipeline, frames: Sequence[bytes], templates: Sequence[bytes]
) -> dict[int, list[FaceReading]]:
    """By place in `templates`. One deliberate frame decides alone; of several, four must agree, or all of fewer."""
    from ml.faces.decode import decode
    from ml.faces.identity import FaceTemplate, Gallery

    if not templates:
        return {}
    gallery = Gallery([FaceTemplate.from_bytes(one) for one in templates])
    seen: dict[int, list[FaceReading]] = {}
    readable = 0
    for frame in frames:
        try:
            found = pipeline.read_known(decode(frame, ENOUGH).rgb, gallery)
        except PhotoError:
            continue
        readable += 1
        for index, reading in once(found):
            seen.setdefault(index, []).append(reading)
    needed = min(BURST.agreeing, readable)
    return {index: readings for index, readings in seen.items() if len(readings) >= needed}


def once(found: Sequence[tuple[int, FaceReading]]) -> list[tuple[int, FaceReading]]:
    """Nobody is in a frame twice: where two faces are like one person, neither counts."""
    times = Counter(index for index, _ in found)
    return [(index, reading) for index, reading in found if times[index] == 1]
