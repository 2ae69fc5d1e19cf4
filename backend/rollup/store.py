"""The only SQL about hours and days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.rollup.aggregate import Day, Moments
from backend.tables import DayRollup, HourRollup, Reading


async def vectors_of_hour(session: AsyncSession, person_id: UUID, hour: datetime) -> list[Sequence[float]]:
    found = await session.exec(
        select(Reading.vector).where(
            Reading.person_id == person_id, Reading.hour == hour, col(Reading.vector).is_not(None)
        )
    )
    return [vector for vector in found if vector is not None]


async def vectors_of_day(session: AsyncSession, person_id: UUID, day: date) -> dict[datetime, list[Sequence[float]]]:
    """By hour. A local day lies within a day around its date in UTC, which lets the index by hour find it."""
    start = datetime.combine(day, time(), UTC) - timedelta(days=1)
    found = await session.exec(
        select(Reading.hour, Reading.vector).where(
            Reading.person_id == person_id,
            col(Reading.hour).between(start, start + timedelta(days=3)),
            Reading.day == day,
            col(Reading.vector).is_not(None),
        )
    )
    hours: dict[datetime, list[Sequence[float]]] = {}
    for hour, vector in found:
        hours.setdefault(hour, []).append(vector or [])
    return hours


async def save_hour(session: AsyncSession, person_id: UUID, hour: datetime, day: date, moments: Moments) -> None:
    if not moments.n:
        await session.exec(
            delete(HourRollup).where(col(HourRollup.person_id) == person_id, col(HourRollup.hour) == hour)
        )
        return
    await _upsert(
        session,
        HourRollup,
        ["person_id", "hour"],
        {
            "person_id": person_id,
            "hour": hour,
            "day": day,
            "readings": moments.n,
            "mean": list(moments.mean),
            "m2": list(moments.m2),
        },
    )


async def hours_of_day(session: AsyncSession, person_id: UUID, day: date) -> list[HourRollup]:
    found = await session.exec(
        select(HourRollup)
        .where(HourRollup.person_id == person_id, HourRollup.day == day)
        .order_by(col(HourRollup.hour))
    )
    return list(found)


async def hours_since(session: AsyncSession, person_id: UUID, first: date) -> list[HourRollup]:
    found = await session.exec(
        select(HourRollup).where(HourRollup.person_id == person_id, col(HourRollup.day) >= first)
    )
    return list(found)


async def save_day(session: AsyncSession, person_id: UUID, day: date, computed: Day | None) -> None:
    if computed is None:
        await session.exec(delete(DayRollup).where(col(DayRollup.person_id) == person_id, col(DayRollup.day) == day))
        return
    await _upsert(
        session,
        DayRollup,
        ["person_id", "day"],
        {
            "person_id": person_id,
            "day": day,
            "hours": computed.hours.n,
            "readings": computed.readings,
            "mean": list(computed.hours.mean),
            "m2": list(computed.hours.m2),
        },
    )


async def days_between(session: AsyncSession, person_id: UUID, first: date, last: date) -> list[DayRollup]:
    found = await session.exec(
        select(DayRollup)
        .where(DayRollup.person_id == person_id, col(DayRollup.day).between(first, last))
        .order_by(col(DayRollup.day))
    )
    return list(found)


async def _upsert(session: AsyncSession, table: type[SQLModel], key: list[str], values: dict[str, Any]) -> None:
    row = insert(table).values(values)
    changed = {name: row.excluded[name] for name in values if name not in key}
    await session.exec(row.on_conflict_do_update(index_elements=key, set_=changed))
