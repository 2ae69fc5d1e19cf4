"""The only SQL about readings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import Blob, FaceTemplate, Reading, RestingFace, Snapshot


async def blob_of(session: AsyncSession, snapshot_id: UUID) -> bytes | None:
    blob = await session.get(Blob, snapshot_id)
    return blob.sealed if blob else None


async def template_of(session: AsyncSession, person_id: UUID) -> bytes | None:
    template = await session.get(FaceTemplate, person_id)
    return template.sealed if template else None


async def resting_of(session: AsyncSession, person_id: UUID) -> bytes | None:
    resting = await session.get(RestingFace, person_id)
    return resting.sealed if resting else None


async def add(session: AsyncSession, reading: Reading) -> bool:
    """False when this snapshot has its reading already: the step ran twice."""
    added = await session.exec(
        insert(Reading)
        .values(reading.model_dump())
        .on_conflict_do_nothing(index_elements=["snapshot_id"])
        .returning(col(Reading.id))
    )
    return added.first() is not None


async def of_snapshot(session: AsyncSession, snapshot_id: UUID) -> Reading | None:
    return (await session.exec(select(Reading).where(Reading.snapshot_id == snapshot_id))).first()


async def of_person(session: AsyncSession, person_id: UUID, reading_id: UUID) -> Reading | None:
    found = await session.exec(select(Reading).where(Reading.id == reading_id, Reading.person_id == person_id))
    return found.first()


async def page(
    session: AsyncSession,
    person_id: UUID,
    *,
    start: datetime | None,
    end: datetime | None,
    after: Cursor | None,
    limit: int,
) -> list[Reading]:
    """Newest first; one more than asked tells whether there is a next page."""
    wanted = select(Reading).where(Reading.person_id == person_id)
    if start:
        wanted = wanted.where(col(Reading.captured_at) >= start)
    if end:
        wanted = wanted.where(col(Reading.captured_at) < end)
    if after:
        wanted = wanted.where(tuple_(col(Reading.captured_at), col(Reading.id)) < (after.moment, after.id))
    wanted = wanted.order_by(col(Reading.captured_at).desc(), col(Reading.id).desc()).limit(limit + 1)
    return list(await session.exec(wanted))


async def remove(session: AsyncSession, reading: Reading) -> None:
    """A camera may send again what it had no answer to: a snapshot stays, as of a photo, so that nothing returns."""
    if reading.snapshot_id is None:
        named = reading.model_dump(include={"id", "person_id", "source", "captured_at"})
        session.add(Snapshot(**named, status="read", idempotency_key=f"camera-{reading.id}", body_digest=""))
    await session.exec(delete(Reading).where(col(Reading.id) == reading.id))
