"""What a reading's `action_units` says, also where there are none: what is missing and how to add it."""

from __future__ import annotations

from typing import Any, Final

from ml.units.grade import UnitReading

EXTRA: Final = "clips"
# From our folder: on PyPI `evenkeel` is somebody else's package.
MISSING: Final = (
    "Action units need the optional extra `clips` (MediaPipe's face landmarker), which is not installed on this "
    "server. In Evenkeel's folder: .venv/bin/pip install --editable '.[clips]' (on a bare Debian also: apt install "
    "libegl1 libgles2), then restart the workers."
)
NOT_SEEN: Final = "The action units could not be made out on this face."


def answer(units: UnitReading | None, *, scored: bool, installed: bool) -> dict[str, Any] | None:
    """None where nothing was scored: what keeps an expression from being read keeps action units from it too."""
    if not scored:
        return None
    if units is not None:
        return units.as_dict()
    if not installed:
        return {"measured": False, "missing": EXTRA, "detail": MISSING}
    return {"measured": False, "missing": None, "detail": NOT_SEEN}
