"""The SQL of group figures as they are read: only what was published, never a reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import cast, exists, func, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import Department, InsightAlert, InsightQuery, InsightWeek, Person

OVERVIEW = "overview"
Published = tuple[date, dict[str, Any]]


async def weeks(
    session: AsyncSession, organisation_id: UUID, department_id: UUID | None, view: str, first: date, last: date
) -> list[Published]:
    """One view of the published weeks, oldest first."""
    found = await session.exec(
        select(InsightWeek.week, cast(col(InsightWeek.figures)[view], JSONB))  # type: ignore[call-overload]
        .where(
            InsightWeek.organisation_id == organisation_id,
            col(InsightWeek.department_id).is_not_distinct_from(department_id),
            col(InsightWeek.week).between(first, last),
        )
        .order_by(col(InsightWeek.week))
    )
    return [(week, dict(figures or {})) for week, figures in found]


async def span(session: AsyncSession, organisation_id: UUID) -> tuple[date | None, date | None]:
    """Oldest and newest published week."""
    found = await session.exec(
        select(func.min(InsightWeek.week), func.max(InsightWeek.week)).where(
            InsightWeek.organisation_id == organisation_id, col(InsightWeek.department_id).is_(None)
        )
    )
    return found.one()


async def newest(session: AsyncSession, organisation_id: UUID, week: date) -> dict[UUID | None, dict[str, Any]]:
    """Everything of one week: the organisation under None, and each department."""
    found = await session.exec(
        select(InsightWeek.department_id, InsightWeek.figures).where(
            InsightWeek.organisation_id == organisation_id, InsightWeek.week == week
        )
    )
    return {department_id: dict(figures) for department_id, figures in found}


async def departments(session: AsyncSession, organisation_id: UUID) -> list[Department]:
    found = await session.exec(
        select(Department).where(Department.organisation_id == organisation_id).order_by(col(Department.name))
    )
    return list(found)


async def department(session: AsyncSession, organisation_id: UUID, department_id: UUID) -> Department | None:
    found = await session.exec(
        select(Department).where(Department.id == department_id, Department.organisation_id == organisation_id)
    )
    return found.first()


async def alerts(session: AsyncSession, organisation_id: UUID) -> list[tuple[InsightAlert, Department | None]]:
    found = await session.exec(
        select(InsightAlert, Department)
        .outerjoin(Department, col(Department.id) == InsightAlert.department_id)
        .where(InsightAlert.organisation_id == organisation_id)
        .order_by(col(InsightAlert.created_at), col(InsightAlert.id))
    )
    return [(alert, department) for alert, department in found]


async def alert(session: AsyncSession, organisation_id: UUID, alert_id: UUID) -> InsightAlert | None:
    found = await session.exec(
        select(InsightAlert).where(InsightAlert.id == alert_id, InsightAlert.organisation_id == organisation_id)
    )
    return found.first()


async def queries(
    session: AsyncSession, organisation_id: UUID, after: Cursor | None, limit: int
) -> Sequence[tuple[InsightQuery, str | None, Department | None]]:
    """Newest first, with who asked as far as that account exists."""
    wanted = (
        select(InsightQuery, Person.username, Department)
        .outerjoin(Person, col(Person.id) == InsightQuery.actor_id)
        .outerjoin(Department, col(Department.id) == InsightQuery.department_id)
        .where(InsightQuery.organisation_id == organisation_id)
    )
    if after:
        wanted = wanted.where(tuple_(col(InsightQuery.at), col(InsightQuery.id)) < (after.moment, after.id))
    found = await session.exec(
        wanted.order_by(col(InsightQuery.at).desc(), col(InsightQuery.id).desc()).limit(limit + 1)
    )
    return [(query, name, department) for query, name, department in found]


async def hr_people(session: AsyncSession, organisation_id: UUID) -> list[Person]:
    found = await session.exec(
        select(Person)
        .where(Person.organisation_id == organisation_id, Person.role == "hr")
        .order_by(col(Person.created_at), col(Person.id))
    )
    return list(found)


async def overview_seen(session: AsyncSession, hr: Person, week: date) -> None:
    """Every page of the console loads it for its list of departments: one line a quarter of an hour."""
    lately = exists().where(
        col(InsightQuery.actor_id) == hr.id,
        col(InsightQuery.view) == OVERVIEW,
        col(InsightQuery.at) > datetime.now(UTC) - timedelta(minutes=15),
    )
    if not (await session.exec(select(lately))).one():
        asked = InsightQuery(
            organisation_id=hr.organisation_id, actor_id=hr.id, view=OVERVIEW, first_week=week, last_week=week
        )
        await put(session, asked)


async def put(session: AsyncSession, row: InsightAlert | InsightQuery) -> None:
    session.add(row)
    await session.flush()
