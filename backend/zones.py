"""In which time zone a person lived when, as it lies in `person.preferences["zones"]`: somebody who has moved keeps the
hours and days of the place where a photo was taken, also when it comes late.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from backend.tables import Person

# As far back as anything asks: late photos come within 60 days, patterns look at 91.
KEPT: Final = timedelta(days=92)


class Lives(Protocol):
    """A person, or as much of one as a statement brought."""

    @property
    def timezone(self) -> str: ...

    @property
    def preferences(self) -> Mapping[str, Any]: ...


def move(person: Person, zone: str, now: datetime) -> None:
    """Called when the profile gets another zone: until now the person lived in the one before."""
    if zone == person.timezone:
        return
    before = [past for past in person.preferences.get("zones", []) if _until(past) > now - KEPT]
    person.preferences = {**person.preferences, "zones": [*before, [now.isoformat(), person.timezone]]}
    person.timezone = zone


def zone_of(person: Lives, at: datetime) -> str:
    """The zone that counted at that instant."""
    left = (past[1] for past in person.preferences.get("zones", []) if at < _until(past))  # oldest first
    return next(left, person.timezone)


def _until(past: list[str]) -> datetime:
    return datetime.fromisoformat(past[0])
