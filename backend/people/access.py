"""Who looked at what of whose, when and why: written beside each look, read by the person it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import AccessLog, Person


async def record_look(session: AsyncSession, subject_id: UUID, actor: Person, what: str, why: str = "") -> None:
    """Called by every route that shows a person's data to somebody else, in the same transaction."""
    if subject_id == actor.id:
        return
    session.add(
        AccessLog(
            subject_id=subject_id, actor_id=actor.id, actor_role=actor.role, what=what[:80], why=why[:300],
            at=datetime.now(UTC),
        )
    )  # fmt: skip
    await session.flush()


async def page(
    session: AsyncSession, person_id: UUID, after: Cursor | None, limit: int
) -> list[tuple[AccessLog, Person | None]]:
    """Newest first, with who looked as far as that account still exists."""
    wanted = select(AccessLog, Person).outerjoin(Person, col(AccessLog.actor_id) == Person.id)
    wanted = wanted.where(AccessLog.subject_id == person_id)
    if after:
        wanted = wanted.where(tuple_(col(AccessLog.at), col(AccessLog.id)) < (after.moment, after.id))
    wanted = wanted.order_by(col(AccessLog.at).desc(), col(AccessLog.id).desc()).limit(limit + 1)
    return [(look, actor) for look, actor in await session.exec(wanted)]
