"""The only SQL about people, sign-ins and invites."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.people.policy import one_spelling
from backend.tables import (
    Department,
    Enrolment,
    EnrolmentPhoto,
    FaceTemplate,
    Invite,
    Organisation,
    PasswordReset,
    Person,
    RefreshToken,
    RestingFace,
    SignInFailure,
    Snapshot,
)


async def by_username(session: AsyncSession, username: str) -> Person | None:
    return (await session.exec(select(Person).where(_has_name(username)))).first()


async def taken(session: AsyncSession, *, username: str, email: str | None) -> str | None:
    """Which of the two is taken, if one is."""
    if await by_username(session, username):
        return "username"
    if email and (await session.exec(select(Person.id).where(_has_address(email)))).first():
        return "email"
    return None


def _has_name(username: str) -> ColumnElement[bool]:
    """As typed. The database makes both small: Python would make another letter of a dotted capital I."""
    return func.lower(Person.username) == func.lower(one_spelling(username))


def _has_address(email: str) -> ColumnElement[bool]:
    return func.lower(Person.email) == func.lower(email.strip())


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


async def lock_person(session: AsyncSession, person_id: UUID) -> None:
    """The same lock as the steps of the road take: they wait, and what they wrote before is seen."""
    await session.exec(  # type: ignore[call-overload]
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), params={"key": str(person_id)}
    )


async def hold(session: AsyncSession, person: Person) -> None:
    """Before preferences are changed, which lie together in one column: two changes at once take turns, so that neither
    undoes the other."""
    await session.refresh(person, with_for_update={"key_share": True})


async def wait_for_reading(session: AsyncSession, person_id: UUID) -> None:
    """A worker that reads a photo right now holds its row: afterwards what it read is there to be erased too."""
    await session.exec(select(Snapshot.id).where(Snapshot.person_id == person_id).with_for_update())


async def session_epoch(session: AsyncSession, person_id: UUID) -> int | None:
    """Held until the transaction ends: what ends every sign-in comes before and is seen, or after and ends this one."""
    found = await session.exec(select(Person.session_epoch).where(Person.id == person_id).with_for_update(read=True))
    return found.first()


def _ended(family_id: UUID | Mapped[UUID] | None) -> ColumnElement[bool]:
    """By any of its tokens: one that was made while the others were ended has no mark of its own."""
    token = aliased(RefreshToken)
    return exists().where(col(token.family_id) == family_id, col(token.revoked_at).is_not(None))


async def family_ended(session: AsyncSession, family_id: UUID) -> bool:
    return bool(await session.scalar(select(_ended(family_id))))


async def signed_in(session: AsyncSession, person_id: UUID, family_id: UUID | None) -> Person | None:
    """The person behind an access token, unless its sign-in was ended meanwhile."""
    return (await session.exec(select(Person).where(Person.id == person_id, ~_ended(family_id)))).first()


async def by_login(session: AsyncSession, login: str) -> list[Person]:
    """By user name or e-mail address. Two where a user name is another's address: neither keeps the other out."""
    found = await session.exec(select(Person).where(_has_name(login) | _has_address(login)).order_by(col(Person.id)))
    return list(found)


async def live_tokens(session: AsyncSession, person_id: UUID) -> list[RefreshToken]:
    """The newest token of each sign-in that still runs."""
    found = await session.exec(
        select(RefreshToken)
        .where(
            RefreshToken.person_id == person_id,
            ~_ended(col(RefreshToken.family_id)),
            col(RefreshToken.used_at).is_(None),
            col(RefreshToken.expires_at) > datetime.now(UTC),
        )
        .order_by(col(RefreshToken.created_at).desc())
    )
    return list(found)


async def end_sign_ins(session: AsyncSession, person_id: UUID, keep: UUID | None = None) -> None:
    """All of them, but for the family to keep."""
    await session.exec(
        update(RefreshToken)
        .where(
            col(RefreshToken.person_id) == person_id,
            col(RefreshToken.family_id).is_distinct_from(keep),
            col(RefreshToken.revoked_at).is_(None),
        )
        .values(revoked_at=datetime.now(UTC))
    )


async def failures(session: AsyncSession, key: str) -> SignInFailure | None:
    """Locked: attempts that come in the same moment take turns."""
    return await session.get(SignInFailure, key, with_for_update=True)


async def count_failure(session: AsyncSession, key: str) -> None:
    row = insert(SignInFailure).values(key=key, failures=1, last_at=datetime.now(UTC))
    await session.exec(
        row.on_conflict_do_update(
            index_elements=["key"], set_={"failures": SignInFailure.failures + 1, "last_at": row.excluded.last_at}
        )
    )


async def forget_failures(session: AsyncSession, key: str) -> None:
    await session.exec(delete(SignInFailure).where(col(SignInFailure.key) == key))


async def drop_old_failures(session: AsyncSession, older: timedelta) -> None:
    await session.exec(delete(SignInFailure).where(col(SignInFailure.last_at) < datetime.now(UTC) - older))


async def redeem_reset(session: AsyncSession, token_hash: str) -> Person | None:
    """A code works once, and using it ends every other one of the same person."""
    used = await session.exec(
        delete(PasswordReset).where(col(PasswordReset.token_hash) == token_hash).returning(PasswordReset)
    )
    reset = used.scalars().first()
    if reset is None or reset.expires_at < datetime.now(UTC):
        return None
    await drop_resets(session, reset.person_id)
    return await session.get(Person, reset.person_id)


async def live_resets(session: AsyncSession, person_id: UUID) -> int:
    wanted = select(func.count()).select_from(PasswordReset).where(col(PasswordReset.person_id) == person_id)
    return (await session.exec(wanted.where(col(PasswordReset.expires_at) > datetime.now(UTC)))).one()


async def drop_resets(session: AsyncSession, person_id: UUID) -> None:
    await session.exec(delete(PasswordReset).where(col(PasswordReset.person_id) == person_id))


async def drop_old_resets(session: AsyncSession) -> None:
    await session.exec(delete(PasswordReset).where(col(PasswordReset.expires_at) < datetime.now(UTC)))


async def enrolment(session: AsyncSession, enrolment_id: UUID) -> Enrolment | None:
    """Locked: two workers with the same job take turns."""
    found = await session.exec(select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update())
    return found.first()


async def enrolment_of(session: AsyncSession, person_id: UUID, enrolment_id: UUID) -> Enrolment | None:
    found = await session.exec(select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.person_id == person_id))
    return found.first()


async def photos_of(session: AsyncSession, enrolment_id: UUID) -> list[EnrolmentPhoto]:
    found = await session.exec(
        select(EnrolmentPhoto).where(EnrolmentPhoto.enrolment_id == enrolment_id).order_by(col(EnrolmentPhoto.number))
    )
    return list(found)


async def drop_photos(session: AsyncSession, enrolment_id: UUID) -> None:
    await session.exec(delete(EnrolmentPhoto).where(col(EnrolmentPhoto.enrolment_id) == enrolment_id))


async def forgotten_enrolments(session: AsyncSession, older: timedelta) -> list[Enrolment]:
    """Those that no worker is finishing at this moment."""
    found = await session.exec(
        select(Enrolment)
        .where(Enrolment.status == "waiting", col(Enrolment.created_at) < datetime.now(UTC) - older)
        .with_for_update(skip_locked=True)
    )
    return list(found)


async def save_template(session: AsyncSession, template: FaceTemplate) -> None:
    row = insert(FaceTemplate).values(template.model_dump())
    changed = {name: row.excluded[name] for name in ("sealed", "photos", "model_version", "created_at")}
    await session.exec(row.on_conflict_do_update(index_elements=["person_id"], set_=changed))


async def save_resting(session: AsyncSession, person_id: UUID, sealed: bytes | None) -> None:
    """With every template its own: what an earlier enrolment knew of the face at rest goes."""
    await session.exec(delete(RestingFace).where(col(RestingFace.person_id) == person_id))
    if sealed is not None:
        session.add(RestingFace(person_id=person_id, sealed=sealed))


async def drop_template(session: AsyncSession, person_id: UUID) -> None:
    """With what was sent to make one: an enrolment under way ends too."""
    await session.exec(delete(Enrolment).where(col(Enrolment.person_id) == person_id))
    await session.exec(delete(FaceTemplate).where(col(FaceTemplate.person_id) == person_id))
