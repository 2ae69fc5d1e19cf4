"""Why a clip could not be read, in the words of `ml.clips.container`: the same before and after the queue."""

from __future__ import annotations

from ml.clips.container import ERRORS

UNREADABLE = "The clip could not be read. Nothing was kept; please record another one."


def clip_status(code: str) -> int:
    return ERRORS[code].status if code in ERRORS else 422


def clip_sentence(code: str) -> str:
    return ERRORS[code].sentence if code in ERRORS else UNREADABLE
