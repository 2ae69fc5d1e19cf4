"""Pure: how a person's days look to the bot, against their own usual range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, pstdev
from typing import Final

from bot.dialogue.turns import DayMood, OwnRange


@dataclass(frozen=True, slots=True)
class MemoryPolicy:
    # What the bot speaks of as "these last days".
    days: int = 7
    # The usual range: the four weeks before those days, and at least so many of them with data.
    usual_days: int = 28
    usual_minimum: int = 5
    # A person whose days are all alike still has a range, not a line.
    least_width: float = 0.1
    # Who comes back after so long answers no question of then: an older button confirms no deletion any more.
    pending: timedelta = timedelta(days=1)


DEFAULT: Final = MemoryPolicy()


def levels(expressions: Mapping[date, float], moods: Mapping[date, Sequence[float]]) -> dict[date, float]:
    """One level a day from -1 to 1. What the person said counts before what was read."""
    said = {day: fmean(values) for day, values in moods.items() if values}
    return {**expressions, **said}


def last_days(found: Mapping[date, float], today: date, policy: MemoryPolicy = DEFAULT) -> tuple[DayMood, ...]:
    """Oldest first; a day without data is a gap."""
    wanted = (today - timedelta(days=back) for back in range(policy.days - 1, -1, -1))
    return tuple(DayMood(day, found.get(day)) for day in wanted)


def usual_range(found: Mapping[date, float], today: date, policy: MemoryPolicy = DEFAULT) -> OwnRange | None:
    """Mean and one deviation either way; None while too little is known."""
    end = today - timedelta(days=policy.days)
    begin = end - timedelta(days=policy.usual_days)
    before = [level for day, level in found.items() if begin < day <= end]
    if len(before) < policy.usual_minimum:
        return None
    middle, width = fmean(before), max(pstdev(before), policy.least_width)
    return OwnRange(middle - width, middle + width)
