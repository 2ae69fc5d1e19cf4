"""The only SQL about snapshots and the photos that wait for their reading."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import Blob, Snapshot


async def add_snapshot(session: AsyncSession, snapshot: Snapshot) -> bool:
    """False when the person used this key before; a request under way with the same key is waited for."""
    added = await session.exec(
        insert(Snapshot)
        .values(snapshot.model_dump())
        .on_conflict_do_nothing(constraint="snapshot_idempotency")
        .returning(col(Snapshot.id))
    )
    return added.first() is not None


async def by_key(session: AsyncSession, person_id: UUID, key: str) -> Snapshot | None:
    found = await session.exec(select(Snapshot).where(Snapshot.person_id == person_id, Snapshot.idempotency_key == key))
    return found.first()


async def of_person(session: AsyncSession, person_id: UUID, snapshot_id: UUID) -> Snapshot | None:
    found = await session.exec(select(Snapshot).where(Snapshot.person_id == person_id, Snapshot.id == snapshot_id))
    return found.first()


async def locked(session: AsyncSession, snapshot_id: UUID) -> Snapshot | None:
    """For the reading step: two workers with the same job take turns."""
    found = await session.exec(select(Snapshot).where(Snapshot.id == snapshot_id).with_for_update())
    return found.first()


async def drop_blob(session: AsyncSession, snapshot_id: UUID) -> None:
    await session.exec(delete(Blob).where(col(Blob.snapshot_id) == snapshot_id))


async def orphans(session: AsyncSession, older: timedelta) -> list[Snapshot]:
    """Accepted long ago and still not read, with no job left that would do it."""
    found = await session.exec(
        select(Snapshot)
        .where(
            Snapshot.status == "accepted",
            col(Snapshot.received_at) < datetime.now().astimezone() - older,
            text(
                "not exists (select 1 from pgqueuer q where q.status <> 'failed' and "
                "convert_from(q.payload, 'UTF8')::jsonb ->> 'snapshot_id' = snapshot.id::text)"
            ),
        )
        .limit(100)
    )
    return list(found)


async def drop_old_windows(session: AsyncSession, older: timedelta) -> None:
    await session.exec(  # type: ignore[call-overload]
        text("delete from rate_window where window_start < now() - cast(:older as interval)"), params={"older": older}
    )
