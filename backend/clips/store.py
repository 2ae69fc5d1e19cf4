"""The only SQL about timelines."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import Clip, Reading


async def add(session: AsyncSession, clip: Clip) -> None:
    session.add(clip)
    await session.flush()


async def of_reading(session: AsyncSession, person_id: UUID, reading_id: UUID) -> Clip | None:
    """Only the person's own."""
    wanted = select(Clip).join(Reading, col(Reading.id) == col(Clip.reading_id))
    return (await session.exec(wanted.where(Reading.person_id == person_id, Reading.id == reading_id))).first()
