"""The emotion centre's charts: a day by hours, days, the week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import Ge
from fastapi import APIRouter, Query

from backend.deps import Me, Session
from backend.errors import Invalid
from backend.rollup import aggregate, store
from backend.rollup.patterns import DAYS, patterns_of
from backend.rollup.schemas import DayHours, DayOut, DayRange, HourOut, PatternsOut, WeekOut
from backend.tables import DayRollup, Person
from backend.zones import zone_of

router = APIRouter(prefix="/mood", tags=["mood"])

# Your usual range is drawn from the four weeks before the newest day, and needs this many days.
RANGE_DAYS = 28
RANGE_MINIMUM = 5
# Nobody has days before; and weeks can be counted back from here without leaving the calendar.
EARLIEST = Ge(date(1970, 1, 1))


def today(me: Person) -> date:
    return aggregate.day_key(datetime.now(UTC), me.timezone)


@router.get("/hours")
async def read_hours(me: Me, session: Session, day: Annotated[date | None, EARLIEST] = None) -> DayHours:
    """A day by the hour; today when no day is given."""
    wanted = day or today(me)
    rows = await store.hours_of_day(session, me.id, wanted)
    zone = zone_of(me, rows[0].hour) if rows else me.timezone
    hours = [HourOut(hour=row.hour, clock=_clock(me, row.hour), readings=row.readings, vector=row.mean) for row in rows]
    return DayHours(day=wanted, timezone=zone, hours=hours)


def _clock(me: Person, hour: datetime) -> int:
    """Each hour by its own zone: on the day of a move the clock jumps."""
    return hour.astimezone(ZoneInfo(zone_of(me, hour))).hour


@router.get("/days")
async def read_days(
    me: Me,
    session: Session,
    start: Annotated[date | None, Query(alias="from", description="First day; default: 30 days back"), EARLIEST] = None,
    end: Annotated[date | None, Query(alias="to", description="Last day; default: today"), EARLIEST] = None,
) -> DayRange:
    """Days between two dates, with the range that is usual for you."""
    last = end or today(me)
    first = start or last - timedelta(days=29)
    if first > last or last - first > timedelta(days=731):
        raise Invalid("`from` must not lie after `to`, and at most two years can be asked for at once.")
    rows = await store.days_between(session, me.id, first, last)
    low, high = await usual_range(session, me, last)
    return DayRange(start=first, end=last, days=[_day(row) for row in rows], usual_low=low, usual_high=high)


async def usual_range(session: Session, me: Person, last: date) -> tuple[list[float] | None, list[float] | None]:
    """Mean and one deviation either way over the four weeks before: a soft band, not a grade."""
    rows = await store.days_between(session, me.id, last - timedelta(days=RANGE_DAYS), last - timedelta(days=1))
    if len(rows) < RANGE_MINIMUM:
        return None, None
    moments = aggregate.of(row.mean for row in rows)
    pairs = list(zip(moments.mean, moments.deviation, strict=True))
    return [max(0.0, mean - dev) for mean, dev in pairs], [min(1.0, mean + dev) for mean, dev in pairs]


@router.get("/week")
async def read_week(me: Me, session: Session, last: Annotated[date | None, EARLIEST] = None) -> WeekOut:
    """The seven days up to `last` (default: today) and their mean."""
    until = last or today(me)
    rows = {row.day: row for row in await store.days_between(session, me.id, until - timedelta(days=6), until)}
    week = aggregate.week_of({day: row.mean for day, row in rows.items()}, until)
    days = [rows.get(until - timedelta(days=back)) for back in range(6, -1, -1)]
    return WeekOut(
        last=until,
        days=[_day(row) if row else None for row in days],
        mean=list(week.moments.mean) if week.moments.n else None,
    )


@router.get("/patterns")
async def read_patterns(me: Me, session: Session) -> PatternsOut:
    """When your expression tends to be lower, by hour and weekday of the last 13 weeks, and what changed since last
    week."""
    last = today(me)
    first = last - timedelta(days=DAYS - 1)
    hours = await store.hours_since(session, me.id, first)
    days = await store.days_between(session, me.id, first, last)
    return patterns_of(hours, days, last, partial(zone_of, me))


def _day(row: DayRollup) -> DayOut:
    return DayOut(day=row.day, hours=row.hours, readings=row.readings, vector=row.mean)
