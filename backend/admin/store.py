"""The only SQL of administration. It reads no table that says how somebody feels; a test holds it to that."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, cast, delete, func, text, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import AuditEntry, Camera, Department, Invite, Organisation, Person

FAILED = text(
    """
    select q.id, q.entrypoint as step, q.attempts, q.created as created_at, q.updated as failed_at,
           (select l.traceback ->> 'exception_type' from pgqueuer_log l
            where l.job_id = q.id and l.traceback is not null order by l.created desc limit 1) as error
    from pgqueuer q
    left join person p on p.id::text = convert_from(q.payload, 'UTF8')::jsonb ->> 'person_id'
    left join camera_burst b on b.id::text = convert_from(q.payload, 'UTF8')::jsonb ->> 'burst_id'
    left join camera c on c.id = b.camera_id
    where q.status = 'failed'
      and coalesce(p.organisation_id, c.organisation_id, :organisation) = :organisation
      and (cast(:id as bigint) is null or q.id = :id)
    order by q.id desc limit 200
    """
)
AGAIN = text("select entrypoint, payload from pgqueuer where id = :id and status = 'failed' for update")
GONE = text("delete from pgqueuer where id = :id and status = 'failed'")


async def organisation(session: AsyncSession, me: Person) -> Organisation:
    """Locked: two administrators who change settings at once take turns. Not against rows that refer to it: a change of
    the policy waits for people, and some of them are writing such a row."""
    wanted = select(Organisation).where(Organisation.id == me.organisation_id)
    return (await session.exec(wanted.with_for_update(key_share=True))).one()


async def named(session: AsyncSession, name: str) -> list[Organisation]:
    return list(await session.exec(select(Organisation).where(Organisation.name == name)))


async def people(session: AsyncSession, organisation_id: UUID) -> list[Person]:
    found = await session.exec(select(Person).where(Person.organisation_id == organisation_id).order_by(col(Person.id)))
    return list(found)


async def every_organisation(session: AsyncSession) -> list[tuple[Organisation, int, int]]:
    """With the number of members, and of administrators among them."""
    found = await session.exec(
        select(Organisation, func.count(col(Person.id)), func.count(col(Person.id)).filter(col(Person.role) == "admin"))
        .outerjoin(Person, col(Person.organisation_id) == Organisation.id)
        .group_by(col(Organisation.id))
        .order_by(col(Organisation.name))
    )
    return [(organisation, members, administrators) for organisation, members, administrators in found]


async def count_members(session: AsyncSession, organisation_id: UUID, role: str | None = None) -> int:
    wanted = select(func.count()).select_from(Person).where(col(Person.organisation_id) == organisation_id)
    if role:
        wanted = wanted.where(col(Person.role) == role)
    return (await session.exec(wanted)).one()


async def departments(session: AsyncSession, organisation_id: UUID) -> list[tuple[Department, int]]:
    found = await session.exec(
        select(Department, func.count(col(Person.id)))
        .outerjoin(Person, col(Person.department_id) == Department.id)
        .where(Department.organisation_id == organisation_id)
        .group_by(col(Department.id))
        .order_by(col(Department.name))
    )
    return [(department, members) for department, members in found]


async def department(session: AsyncSession, organisation_id: UUID, department_id: UUID) -> Department | None:
    found = await session.exec(
        select(Department).where(Department.id == department_id, Department.organisation_id == organisation_id)
    )
    return found.first()


async def remove(session: AsyncSession, row: Department | Invite | Camera | Organisation) -> None:
    await session.delete(row)
    await session.flush()


async def invites(session: AsyncSession, organisation_id: UUID) -> list[Invite]:
    found = await session.exec(
        select(Invite).where(Invite.organisation_id == organisation_id).order_by(col(Invite.created_at).desc())
    )
    return list(found)


async def invite(session: AsyncSession, organisation_id: UUID, code: str) -> Invite | None:
    found = await session.exec(
        select(Invite).where(func.upper(Invite.code) == code.upper(), Invite.organisation_id == organisation_id)
    )
    return found.first()


async def members(session: AsyncSession, organisation_id: UUID, after: Cursor | None, limit: int) -> list[Person]:
    wanted = select(Person).where(Person.organisation_id == organisation_id)
    if after:
        wanted = wanted.where(tuple_(col(Person.created_at), col(Person.id)) > (after.moment, after.id))
    return list(await session.exec(wanted.order_by(col(Person.created_at), col(Person.id)).limit(limit + 1)))


async def member(session: AsyncSession, organisation_id: UUID, person_id: UUID) -> Person | None:
    """Locked, but not against rows that refer to the person: a worker that reads a photo goes on."""
    wanted = select(Person).where(Person.id == person_id, Person.organisation_id == organisation_id)
    found = await session.exec(wanted.with_for_update(key_share=True))
    return found.first()


async def everybody(session: AsyncSession, organisation_id: UUID) -> list[UUID]:
    found = await session.exec(
        select(Person.id).where(Person.organisation_id == organisation_id).order_by(col(Person.id))
    )
    return list(found)


async def everybody_at_last(session: AsyncSession, organisation_id: UUID) -> list[UUID]:
    """Whoever registers now waits until the transaction ends. Only once nobody else is waited for: what refers to the
    organisation waits too."""
    await session.exec(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    return await everybody(session, organisation_id)


async def cameras(session: AsyncSession, organisation_id: UUID) -> list[Camera]:
    found = await session.exec(
        select(Camera).where(Camera.organisation_id == organisation_id).order_by(col(Camera.created_at))
    )
    return list(found)


async def camera(session: AsyncSession, organisation_id: UUID, camera_id: UUID) -> Camera | None:
    found = await session.exec(
        select(Camera).where(Camera.id == camera_id, Camera.organisation_id == organisation_id).with_for_update()
    )
    return found.first()


async def failed_jobs(session: AsyncSession, organisation_id: UUID, job_id: int | None = None) -> list[dict[str, Any]]:
    """Of the organisation's people and cameras, and those that belong to nobody any more."""
    found = await session.exec(FAILED, params={"organisation": organisation_id, "id": job_id})  # type: ignore[call-overload]
    return [dict(row._mapping) for row in found]


async def take_failed_job(session: AsyncSession, job_id: int) -> tuple[str, bytes] | None:
    """Takes it out of the queue; who wants it tried again puts its content back as a new job."""
    found = (await session.exec(AGAIN, params={"id": job_id})).first()  # type: ignore[call-overload]
    await session.exec(GONE, params={"id": job_id})  # type: ignore[call-overload]
    return (str(found[0]), bytes(found[1])) if found else None


async def audit_page(
    session: AsyncSession, organisation_id: UUID, before: int | None, limit: int
) -> list[tuple[AuditEntry, str | None]]:
    """Newest first, with the actor's user name as far as that account exists."""
    wanted = (
        select(AuditEntry, Person.username)
        .outerjoin(Person, cast(col(Person.audit_id), String) == AuditEntry.actor)
        .where(AuditEntry.organisation_id == organisation_id)
    )
    if before is not None:
        wanted = wanted.where(col(AuditEntry.id) < before)
    found = await session.exec(wanted.order_by(col(AuditEntry.id).desc()).limit(limit + 1))
    return [(entry, name) for entry, name in found]


async def drop_expired_invites(session: AsyncSession) -> None:
    await session.exec(delete(Invite).where(col(Invite.expires_at) < datetime.now(UTC)))
