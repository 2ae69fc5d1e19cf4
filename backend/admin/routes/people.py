"""Members: who they are, their role and department. Not how they are."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend import audit
from backend.admin import store
from backend.admin.policy import LAST_ADMIN
from backend.admin.schemas import MemberChange, MemberOut, MemberPage
from backend.deps import Admin, Session, State
from backend.errors import Conflict, NotFound
from backend.paging import Cursor
from backend.people.erase import erase_account, erase_outbox
from backend.people.sessions import end_all
from backend.people.store import lock_person
from backend.tables import Person

router = APIRouter()


class LastAdmin(Conflict):
    code, title = "last_admin", "The organisation needs an administrator"


@router.get("/members")
async def list_members(
    me: Admin, session: Session, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> MemberPage:
    """In the order in which they joined."""
    found = await store.members(session, me.organisation_id, Cursor.decode(cursor), limit)
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return MemberPage(
        items=[MemberOut.model_validate(person.model_dump()) for person in found[:limit]],
        next_cursor=Cursor(last.created_at, last.id).encode() if last else None,
    )


async def _member(session: Session, me: Person, person_id: UUID) -> Person:
    person = await store.member(session, me.organisation_id, person_id)
    if person is None:
        raise NotFound
    return person


@router.patch("/members/{person_id}")
async def change_member(person_id: UUID, change: MemberChange, me: Admin, session: Session) -> MemberOut:
    """Another role or department. A new role takes effect at once, with a new sign-in."""
    person = await _member(session, me, person_id)
    wanted = change.model_dump(exclude_unset=True)
    if (department := wanted.get("department_id")) and not await store.department(
        session, me.organisation_id, department
    ):
        raise NotFound("There is no such department.")
    if wanted.get("role") is None:
        wanted.pop("role", None)
    changed = {name: value for name, value in wanted.items() if value != getattr(person, name)}
    if "role" in changed:
        await _keep_an_admin(session, person)
        await end_all(session, person)
    for name, value in changed.items():
        setattr(person, name, value)
    session.add(person)
    if changed:
        await audit.record(session, me.organisation_id, me, "member.changed", member=person.audit_id, **changed)
    return MemberOut.model_validate(person.model_dump())


@router.delete("/members/{person_id}", status_code=204)
async def remove_member(person_id: UUID, me: Admin, state: State) -> None:
    """Closes an account when somebody leaves: everything about them is erased, as if they had done it."""
    async with state.sessions() as session, session.begin():
        await lock_person(session, person_id)  # before the row, as whoever erases their own account
        person = await _member(session, me, person_id)
        await _keep_an_admin(session, person)
        _, addresses = await erase_account(session, state.vault, person)
        # Last: a worker may read this person's clip, and until it is done nobody could write to the audit log.
        await audit.record(session, me.organisation_id, me, "member.removed", member=person.audit_id)
    await asyncio.to_thread(erase_outbox, state.config.home, addresses)


async def _keep_an_admin(session: Session, person: Person) -> None:
    """The organisation's row is locked, so that the last two cannot remove each other at once."""
    if person.role != "admin":
        return
    await store.organisation(session, person)
    if await store.count_members(session, person.organisation_id, "admin") == 1:
        raise LastAdmin(LAST_ADMIN)
