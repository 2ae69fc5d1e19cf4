"""The only SQL about self-reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import Reading, SelfReport


async def add(
    session: AsyncSession, person_id: UUID, instrument: str, answers: tuple[int, ...], score: int, band: str
) -> SelfReport:
    report = SelfReport(
        id=uuid4(),
        person_id=person_id,
        instrument=instrument,
        answers=list(answers),
        score=score,
        band=band,
        created_at=datetime.now(UTC),
    )
    session.add(report)
    await session.flush()
    return report


async def page(
    session: AsyncSession, person_id: UUID, instrument: str | None, after: Cursor | None, limit: int
) -> list[SelfReport]:
    """Newest first."""
    wanted = select(SelfReport).where(SelfReport.person_id == person_id)
    if instrument:
        wanted = wanted.where(SelfReport.instrument == instrument)
    if after:
        wanted = wanted.where(tuple_(col(SelfReport.created_at), col(SelfReport.id)) < (after.moment, after.id))
    wanted = wanted.order_by(col(SelfReport.created_at).desc(), col(SelfReport.id).desc()).limit(limit + 1)
    return list(await session.exec(wanted))


async def of_person(session: AsyncSession, person_id: UUID, report_id: UUID) -> SelfReport | None:
    found = await session.exec(select(SelfReport).where(SelfReport.id == report_id, SelfReport.person_id == person_id))
    return found.first()


async def last_by_instrument(session: AsyncSession, person_id: UUID) -> dict[str, datetime]:
    rows = await session.exec(
        select(SelfReport.instrument, func.max(SelfReport.created_at))
        .where(SelfReport.person_id == person_id)
        .group_by(col(SelfReport.instrument))
    )
    return dict(rows.all())


async def moods_since(session: AsyncSession, person_id: UUID, since: datetime) -> list[SelfReport]:
    found = await session.exec(
        select(SelfReport)
        .where(SelfReport.person_id == person_id, SelfReport.instrument == "mood", col(SelfReport.created_at) >= since)
        .order_by(col(SelfReport.created_at))
    )
    return list(found)


async def scored_since(
    session: AsyncSession, person_id: UUID, since: datetime
) -> list[tuple[datetime, Sequence[float], bool | None]]:
    """When, the vector, and the person's own word, of readings that say something; a year may hold thousands."""
    found = await session.exec(
        select(Reading.captured_at, Reading.vector, Reading.agrees).where(
            Reading.person_id == person_id, col(Reading.captured_at) >= since, col(Reading.vector).is_not(None)
        )
    )
    return [(at, vector or [], agrees) for at, vector, agrees in found]
