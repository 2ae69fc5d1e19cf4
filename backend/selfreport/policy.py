"""Pure: how often the machine's reading matched what the person said."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot import instruments


@dataclass(frozen=True, slots=True)
class AgreementPolicy:
    # A mood tapped an hour later speaks of another moment.
    near: timedelta = timedelta(minutes=60)
    # Below ten answers a share jumps by more than it says.
    enough: int = 10
    # Readings whose balance lies in between say "neither", and so does a middle mood.
    neutral: float = 0.15


DEFAULT: Final = AgreementPolicy()


@dataclass(frozen=True, slots=True)
class Scored:
    """A reading as it is compared: when, its balance from -1 to 1, and whether the person said that it matches."""

    at: datetime
    balance: float
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Mood:
    at: datetime
    value: int  # 1 very low to 5 very good

    @property
    def level(self) -> float:
        return (self.value - 3) / 2


@dataclass(frozen=True, slots=True)
class Agreement:
    asked: int  # readings the person judged
    matched: int  # … of which they said "yes, that matches"
    compared: int  # moods with a reading close in time
    same_side: int  # … of which both lay on the same side
    enough: bool

    @property
    def share(self) -> float | None:
        total = self.asked + self.compared
        return (self.matched + self.same_side) / total if total else None


def due(instrument: str, last: datetime | None, zone: ZoneInfo, now: datetime) -> bool:
    """May it be offered? Its recall period counts the days of where the person lives."""
    answered = last.astimezone(zone).date() if last else None
    return instruments.due(instrument, answered, now.astimezone(zone).date())


def balance(vector: Sequence[float]) -> float:
    """Positive against negative expressions, from -1 to 1, of a vector in the order of `ml.emotions`."""
    happy, sad, angry, _, fear, surprise = vector[:6]
    return (happy + surprise) - (sad + angry + fear)


def side(level: float, policy: AgreementPolicy = DEFAULT) -> int:
    return 0 if abs(level) <= policy.neutral else (1 if level > 0 else -1)


def agreement(readings: Iterable[Scored], moods: Iterable[Mood], policy: AgreementPolicy = DEFAULT) -> Agreement:
    scored = sorted(readings, key=lambda reading: reading.at)
    judged = [reading for reading in scored if reading.agrees is not None]
    pairs = [(mood, near) for mood in moods if (near := _nearest(mood.at, scored, policy)) is not None]
    same = sum(side(mood.level, policy) == side(near.balance, policy) for mood, near in pairs)
    matched = sum(reading.agrees is True for reading in judged)
    return Agreement(len(judged), matched, len(pairs), same, len(judged) + len(pairs) >= policy.enough)


def _nearest(at: datetime, readings: Sequence[Scored], policy: AgreementPolicy) -> Scored | None:
    """Of readings in the order of time: a year of them is searched once a mood."""
    place = bisect_left(readings, at, key=lambda reading: reading.at)
    close = min(readings[max(place - 1, 0) : place + 1], key=lambda reading: abs(reading.at - at), default=None)
    return close if close and abs(close.at - at) <= policy.near else None


__all__ = ["DEFAULT", "Agreement", "AgreementPolicy", "Mood", "Scored", "agreement", "balance", "due", "side"]
