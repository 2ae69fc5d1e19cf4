"""The only SQL about people, sign-ins and invites."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.tables import Department, Invite, Organisation, Person, RefreshToken


async def by_username(session: AsyncSession, username: str) -> Person | None:
    found = await session.exec(select(Person).where(func.lower(Person.username) == username.lower()))
    return found.first()


async def taken(session: AsyncSession, *, username: str, email: str | None) -> str | None:
    """Which of the two is taken, if one is."""
    if await by_username(session, username):
        return "username"
    if email and (await session.exec(select(Person.id).where(func.lower(Person.email) == email.lower()))).first():
        return "email"
    return None


async def redeem_invite(session: AsyncSession, code: str) -> Invite | None:
    """Uses the invite up by one, safely when two people register at once."""
    used = await session.exec(
        update(Invite)
        .where(
            func.upper(Invite.code) == code.upper(),
            col(Invite.uses_left) > 0,
            (col(Invite.expires_at).is_(None)) | (col(Invite.expires_at) > datetime.now(UTC)),
        )
        .values(uses_left=Invite.uses_left - 1)
        .returning(Invite)
    )
    return used.scalars().first()


async def place_of(session: AsyncSession, person: Person) -> tuple[Organisation, Department | None]:
    organisation = await session.get_one(Organisation, person.organisation_id)
    department = await session.get(Department, person.department_id) if person.department_id else None
    return organisation, department


async def refresh_token(session: AsyncSession, token_hash: str) -> RefreshToken | None:
    """Locked: two tabs that refresh at once take turns."""
    found = await session.exec(select(RefreshToken).where(RefreshToken.token_hash == token_hash).with_for_update())
    return found.first()


async def end_family(session: AsyncSession, family_id: UUID) -> None:
    await session.exec(
        update(RefreshToken)
        .where(col(RefreshToken.family_id) == family_id, col(RefreshToken.revoked_at).is_(None))
        .values(revoked_at=datetime.now(UTC))
    )
