"""The organisation, its departments and its invites."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.exc import IntegrityError

from backend import audit
from backend.admin import store
from backend.admin.schemas import (
    DepartmentIn,
    DepartmentOut,
    InviteIn,
    InviteOut,
    OrganisationChange,
    OrganisationOut,
)
from backend.deps import Admin, Session
from backend.errors import Conflict, NotFound
from backend.people.codes import invite_code
from backend.tables import Department, Invite, Organisation

router = APIRouter()


class DepartmentTaken(Conflict):
    code, title = "already_taken", "There is a department of this name"


class OrganisationTaken(Conflict):
    code, title = "organisation_taken", "There is another organisation of this name on this installation"


@router.get("/organisation")
async def read_organisation(me: Admin, session: Session) -> OrganisationOut:
    return await _organisation_out(session, await store.organisation(session, me))


@router.patch("/organisation")
async def change_organisation(change: OrganisationChange, me: Admin, session: Session) -> OrganisationOut:
    organisation = await store.organisation(session, me)
    wanted = change.model_dump(exclude_unset=True, exclude_none=True)
    changed = {name: value for name, value in wanted.items() if value != getattr(organisation, name)}
    # The command line, which is the way back in, knows organisations by their names.
    if "name" in changed and await store.named(session, changed["name"]):
        raise OrganisationTaken(field="name")
    for name, value in changed.items():
        setattr(organisation, name, value)
    session.add(organisation)
    if changed:
        await audit.record(session, organisation.id, me, "organisation.changed", **changed)
    return await _organisation_out(session, organisation)


async def _organisation_out(session: Session, organisation: Organisation) -> OrganisationOut:
    members = await store.count_members(session, organisation.id)
    return OrganisationOut.model_validate({**organisation.model_dump(), "members": members})


@router.get("/departments")
async def list_departments(me: Admin, session: Session) -> list[DepartmentOut]:
    found = await store.departments(session, me.organisation_id)
    return [DepartmentOut(id=one.id, name=one.name, members=members) for one, members in found]


@router.post("/departments", status_code=201)
async def create_department(wanted: DepartmentIn, me: Admin, session: Session) -> DepartmentOut:
    department = Department(organisation_id=me.organisation_id, name=wanted.name)
    session.add(department)
    try:
        await session.flush()
    except IntegrityError as error:
        raise DepartmentTaken(field="name") from error
    await audit.record(session, me.organisation_id, me, "department.created", department=department.id)
    return DepartmentOut(id=department.id, name=department.name, members=0)


@router.delete("/departments/{department_id}", status_code=204)
async def delete_department(department_id: UUID, me: Admin, session: Session) -> None:
    """Its members stay, without a department."""
    department = await store.department(session, me.organisation_id, department_id)
    if department is None:
        raise NotFound
    await store.remove(session, department)
    await audit.record(session, me.organisation_id, me, "department.deleted", department=department.id)


@router.get("/invites")
async def list_invites(me: Admin, session: Session) -> list[InviteOut]:
    return [_invite_out(invite) for invite in await store.invites(session, me.organisation_id)]


@router.post("/invites", status_code=201)
async def create_invite(wanted: InviteIn, me: Admin, session: Session) -> InviteOut:
    """A code that people register with; it decides organisation, department and role."""
    if wanted.department_id and not await store.department(session, me.organisation_id, wanted.department_id):
        raise NotFound("There is no such department.")
    invite = Invite(
        code=invite_code(),
        organisation_id=me.organisation_id,
        department_id=wanted.department_id,
        role=wanted.role,
        uses_left=wanted.uses,
        expires_at=datetime.now(UTC) + timedelta(days=wanted.days),
    )
    session.add(invite)
    await session.flush()
    await audit.record(session, me.organisation_id, me, "invite.created", role=wanted.role, uses=wanted.uses)
    return _invite_out(invite)


@router.delete("/invites/{code}", status_code=204)
async def delete_invite(code: str, me: Admin, session: Session) -> None:
    invite = await store.invite(session, me.organisation_id, code)
    if invite is None:
        raise NotFound
    await store.remove(session, invite)
    await audit.record(session, me.organisation_id, me, "invite.deleted", role=invite.role)


def _invite_out(invite: Invite) -> InviteOut:
    return InviteOut.model_validate(invite.model_dump())
