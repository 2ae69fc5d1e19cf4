"""The only SQL about cases."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import Case

OPEN = ("asked", "new", "acknowledged", "contacted")
SHARED = ("new", "acknowledged", "contacted", "resolved")


async def open_case(session: AsyncSession, case: Case) -> bool:
    """False when the person has an open case, or this assessment opened one before."""
    added = await session.exec(
        insert(Case).values(case.model_dump(exclude={"number"})).on_conflict_do_nothing().returning(col(Case.id))
    )
    return added.first() is not None


async def shared_with(session: AsyncSession, organisation_id: UUID) -> list[Case]:
    """What HR of an organisation may see: cases that were shared, newest first."""
    found = await session.exec(
        select(Case)
        .where(Case.organisation_id == organisation_id, col(Case.status).in_(SHARED))
        .order_by(col(Case.opened_at).desc())
    )
    return list(found)
