"""Pure decisions about what a camera may add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.errors import Problem
from backend.intake.policy import capture_time
from backend.people.policy import Given
from ml.camera.policy import PACE


@dataclass(frozen=True, slots=True)
class CameraLimits:
    # A request of this many readings is about 500 kB, and a tenth of a second.
    readings: int = 1000
    # Four seconds of a camera at two frames a second.
    frames: int = 8
    # Bursts of one camera that wait to be read: half a minute of a thin one. More would be read too late for anybody.
    waiting: int = 16
    # Beside each other's readings, so that sitting near a camera does not flood the hour. A tap at a kiosk is a wish.
    apart: timedelta = timedelta(minutes=PACE.minutes)
    # Frames are read within seconds; after this nobody waits for them, and they must not stay.
    forgotten: timedelta = timedelta(minutes=5)
    # The rows that say how many were recognised are for the answer and for a repeated request.
    keep_bursts: timedelta = timedelta(hours=1)
    # A camera is called away when it has not been heard for this long: several heartbeats.
    away: timedelta = timedelta(minutes=2)


LIMITS = CameraLimits()


@dataclass(frozen=True, slots=True)
class Allowed:
    """Somebody whom cameras may know now."""

    timezone: str
    # For the zones before (`zone_of`).
    preferences: Mapping[str, Any]
    # What was seen before this was seen without consent: a buffer that comes late must not bring it in.
    since: datetime


def unbroken_since(words: Sequence[Given], policy_since: datetime) -> datetime:
    """Since when the newest of these words, a yes, has been one: neither a no, nor an end by time, nor another policy
    lies in between."""
    since = words[0].created_at
    for word in words[1:]:
        ended = word.expires_at is not None and word.expires_at < since
        if not word.granted or ended or word.created_at < policy_since:
            break
        since = word.created_at
    return since


def refusal(allowed: Allowed | None, captured_at: datetime, now: datetime) -> str | None:
    """Why a reading is not kept, as a stable code; None when it is."""
    if allowed is None or captured_at < allowed.since:
        return "not_recognised"
    try:
        capture_time(captured_at, allowed.timezone, now)
    except Problem as problem:
        return problem.code
    return None


def standing(last_seen_at: datetime | None, revoked_at: datetime | None, now: datetime) -> str:
    """What the administrator's list says of a camera."""
    if revoked_at is not None:
        return "revoked"
    if last_seen_at is None:
        return "never_seen"
    return "online" if now - last_seen_at <= LIMITS.away else "away"
