"""Pure: which message follows from a change of the assessment, if any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LEVELS = ("none", "low", "moderate", "high")


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    key: str
    kind: str


def after_risk_change(day: date, level: str, before: str) -> PlannedNotice | None:
    """A raise is answered with support; an improvement with one kind line, and only after a real dip."""
    risen = LEVELS.index(level) > LEVELS.index(before)
    if risen and level in ("moderate", "high"):
        return PlannedNotice(f"risk:{day}:{level}", f"lower_{level}")
    if not risen and level == "none" and before in ("moderate", "high"):
        return PlannedNotice(f"risk:{day}:better", "steadier")
    return None
