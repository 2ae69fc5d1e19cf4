"""Pure decisions of administration: how long what is kept, and between which bounds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """Days, by kind of data."""

    # Two years: a year to compare with the one before. The privacy agreement names it as the most.
    readings: int = 730
    self_reports: int = 730
    # What was said to the bot helps for a while; nobody needs last year's bad evening.
    chat: int = 365
    notices: int = 365
    # A closed case is kept as long as somebody may ask how it was handled.
    closed_cases: int = 365
    # Who looked at what: as long as what was looked at.
    access_log: int = 730

    @staticmethod
    def bounds() -> dict[str, tuple[int, int]]:
        return dict(_BOUNDS)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RetentionPolicy:
        """Unknown names and values outside the bounds are errors; absent ones keep the default."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(data) - known):
            raise ValueError(f"unknown kind of data: {', '.join(unknown)}")
        for name, days in data.items():
            low, high = _BOUNDS[name]
            if isinstance(days, bool) or not isinstance(days, int) or not low <= days <= high:
                raise ValueError(f"{name} is {days!r}, allowed are {low} to {high} days")
        return cls(**data)

    def to_json(self) -> dict[str, int]:
        return asdict(self)


_BOUNDS: Final[dict[str, tuple[int, int]]] = {
    "readings": (60, 730),  # below eight weeks nobody's own range could be learned
    "self_reports": (30, 730),
    "chat": (1, 730),
    "notices": (30, 730),
    "closed_cases": (30, 1825),
    "access_log": (365, 1825),  # a year at least: people must have the time to look
}

# Whoever has the machine would have to make an invite (`evenkeel organisation invite`).
LAST_ADMIN: Final = "This is the organisation's only administrator. Make somebody else administrator first."
