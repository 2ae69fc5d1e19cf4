"""Pure decisions about what is let in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.errors import Problem


class CapturedAtInvalid(Problem):
    status, code, title = 422, "captured_at_invalid", "The time of the photo is not possible"


class IdempotencyKeyInvalid(Problem):
    status, code, title = 422, "idempotency_key_invalid", "The Idempotency-Key cannot be used"


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    # Clocks of phones run ahead by minutes, not by hours.
    ahead: timedelta = timedelta(minutes=10)
    # An outbox of a long holiday still counts; older photos would rewrite a settled history.
    behind: timedelta = timedelta(days=60)
    # RFC 7240 lets us wait less than asked; nobody holds a phone longer than this.
    longest_wait: float = 20.0


LIMITS = IntakeLimits()
KEY = re.compile(r"^[\x21-\x7e]{1,200}$")
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d+(?:\.\d+)?)", re.IGNORECASE)


def capture_time(given: datetime | None, zone: str, now: datetime) -> datetime:
    """In UTC; a time without zone is the person's local one, none at all is now."""
    if given is None:
        return now
    try:
        moment = (given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except OverflowError:  # the first and the last day that there are, in other zones
        raise CapturedAtInvalid("captured_at is no time that anything was captured at.") from None
    if moment > now + LIMITS.ahead:
        raise CapturedAtInvalid("captured_at lies in the future. Check the clock of the device and send it again.")
    if moment < now - LIMITS.behind:
        raise CapturedAtInvalid(
            f"captured_at lies more than {LIMITS.behind.days} days back; such photos are not counted any more."
        )
    return min(moment, now)


def checked_key(key: str | None) -> str | None:
    if key is not None and not KEY.match(key):
        raise IdempotencyKeyInvalid("An Idempotency-Key has 1 to 200 visible ASCII characters, such as a UUID.")
    return key


def wanted_wait(prefer: str | None) -> float:
    """Seconds from `Prefer: wait=N`; 0 when not asked."""
    found = WAIT.search(prefer or "")
    return min(float(found.group(1)), LIMITS.longest_wait) if found else 0.0
