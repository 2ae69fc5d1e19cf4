"""The only SQL about cases."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import Case, CaseEvent, Department, Person

OPEN = ("asked", "new", "acknowledged", "contacted")
# What HR may know of: a case that is asked about or was declined does not exist for HR.
SHARED = ("new", "acknowledged", "contacted", "resolved")


async def open_case(session: AsyncSession, case: Case) -> bool:
    """False when the person has an open case, or this assessment opened one before."""
    added = await session.exec(
        insert(Case).values(case.model_dump(exclude={"number"})).on_conflict_do_nothing().returning(col(Case.id))
    )
    return added.first() is not None


async def page_for_hr(
    session: AsyncSession, organisation_id: UUID, status: str | None, after: Cursor | None, limit: int
) -> list[tuple[Case, Person, Department | None]]:
    """Newest first, with whom each case is about."""
    wanted = (
        select(Case, Person, Department)
        .join(Person, col(Case.person_id) == Person.id)
        .outerjoin(Department, col(Person.department_id) == Department.id)
        .where(Case.organisation_id == organisation_id, col(Case.status).in_([status] if status else SHARED))
    )
    if after:
        wanted = wanted.where(tuple_(col(Case.opened_at), col(Case.id)) < (after.moment, after.id))
    wanted = wanted.order_by(col(Case.opened_at).desc(), col(Case.id).desc()).limit(limit + 1)
    return [(case, person, department) for case, person, department in await session.exec(wanted)]


async def for_hr(session: AsyncSession, organisation_id: UUID, case_id: UUID, *, lock: bool = False) -> Case | None:
    wanted = select(Case).where(
        Case.id == case_id, Case.organisation_id == organisation_id, col(Case.status).in_(SHARED)
    )
    return (await session.exec(wanted.with_for_update() if lock else wanted)).first()


async def of_person(session: AsyncSession, person_id: UUID) -> list[Case]:
    found = await session.exec(select(Case).where(Case.person_id == person_id).order_by(col(Case.opened_at).desc()))
    return list(found)


async def own(session: AsyncSession, person_id: UUID, case_id: UUID) -> Case | None:
    """Locked: the person's answer and a worker must not cross."""
    found = await session.exec(select(Case).where(Case.id == case_id, Case.person_id == person_id).with_for_update())
    return found.first()


async def history(session: AsyncSession, case_id: UUID) -> list[CaseEvent]:
    found = await session.exec(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(col(CaseEvent.at)))
    return list(found)
