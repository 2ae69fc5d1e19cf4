"""The four levels of an assessment, and which of them are a dip."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final


class Level(IntEnum):
    NONE = 0
    LOW = 1
    MODERATE = 2
    HIGH = 3

    @property
    def label(self) -> str:
        return self.name.lower()


LEVELS: Final = tuple(level.label for level in Level)
RAISED: Final = (Level.MODERATE.label, Level.HIGH.label)


def dip_at_the_end(levels: Sequence[str]) -> int:
    """Where the raised days begin that the last day ends; the number of days where it is not raised."""
    start = len(levels)
    while start and levels[start - 1] in RAISED:
        start -= 1
    return start
