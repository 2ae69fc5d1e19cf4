"""What time it is, asked when it is needed: a constant of a module is the time at which the tests were collected, a
quarter of an hour and perhaps a midnight ago."""

from __future__ import annotations

from datetime import UTC, date, datetime


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return now().date()
