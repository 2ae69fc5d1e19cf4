"""The only SQL about notices and their deliveries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import Delivery, Notice


async def add(
    session: AsyncSession, person_id: UUID, key: str, kind: str, facts: dict[str, Any], due_at: datetime
) -> UUID | None:
    """None when this key was planned before."""
    notice = Notice(id=uuid4(), person_id=person_id, key=key, kind=kind, facts=facts, due_at=due_at)
    added = await session.exec(
        insert(Notice)
        .values(notice.model_dump())
        .on_conflict_do_nothing(constraint="notice_key")
        .returning(col(Notice.id))
    )
    return notice.id if added.first() else None


async def delivered(session: AsyncSession, notice_id: UUID, channel: str, status: str, detail: str = "") -> None:
    now = datetime.now(UTC)
    delivery = Delivery(
        id=uuid4(), notice_id=notice_id, channel=channel, status=status, detail=detail,
        created_at=now, sent_at=now if status == "sent" else None,
    )  # fmt: skip
    row = insert(Delivery).values(delivery.model_dump())
    changed = {name: row.excluded[name] for name in ("status", "detail", "sent_at")}
    await session.exec(row.on_conflict_do_update(constraint="delivery_channel", set_=changed))


async def page(session: AsyncSession, person_id: UUID, after: Cursor | None, limit: int) -> list[Notice]:
    """Newest first, those that are due."""
    wanted = select(Notice).where(Notice.person_id == person_id, col(Notice.due_at) <= datetime.now(UTC))
    if after:
        wanted = wanted.where(tuple_(col(Notice.created_at), col(Notice.id)) < (after.moment, after.id))
    wanted = wanted.order_by(col(Notice.created_at).desc(), col(Notice.id).desc()).limit(limit + 1)
    return list(await session.exec(wanted))


async def of_person(session: AsyncSession, person_id: UUID, notice_id: UUID) -> Notice | None:
    found = await session.exec(select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id))
    return found.first()
