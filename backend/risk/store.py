"""The only SQL about assessments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import Assessment, DayRollup


async def latest(session: AsyncSession, person_id: UUID) -> Assessment | None:
    found = await session.exec(
        select(Assessment).where(Assessment.person_id == person_id).order_by(col(Assessment.day).desc()).limit(1)
    )
    return found.first()


async def between(session: AsyncSession, person_id: UUID, first: date, last: date) -> list[Assessment]:
    found = await session.exec(
        select(Assessment)
        .where(Assessment.person_id == person_id, col(Assessment.day).between(first, last))
        .order_by(col(Assessment.day))
    )
    return list(found)


async def save(session: AsyncSession, rows: Iterable[Assessment]) -> None:
    values: list[dict[str, Any]] = [row.model_dump() for row in rows]
    if not values:
        return
    row = insert(Assessment).values(values)
    changed = {name: row.excluded[name] for name in values[0] if name not in ("person_id", "day")}
    await session.exec(row.on_conflict_do_update(index_elements=["person_id", "day"], set_=changed))


async def drop_days_without_data(session: AsyncSession, person_id: UUID, since: date) -> None:
    """After a deletion: a day that has no vector any more has no assessment either."""
    kept = select(col(DayRollup.day)).where(DayRollup.person_id == person_id)
    await session.exec(
        delete(Assessment).where(
            col(Assessment.person_id) == person_id,
            col(Assessment.day) >= since,
            col(Assessment.day).not_in(kept),
        )
    )
