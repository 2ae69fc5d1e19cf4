"""Making an account from an invite. Called by the route and by the demo."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Conflict, Problem
from backend.people import store
from backend.people.passwords import hash_password
from backend.people.schemas import Registration
from backend.tables import Person


class InviteUnknown(Problem):
    status, code, title = 422, "invite_unknown", "This invite code cannot be used"


class NameTaken(Conflict):
    code, title = "already_taken", "Somebody has this already"


async def register(session: AsyncSession, wanted: Registration) -> Person:
    invite = await store.redeem_invite(session, wanted.invite_code)
    if invite is None:
        raise InviteUnknown(
            "This invite code is unknown, used up or expired. Ask your administrator for a new one.",
            field="invite_code",
        )
    # Only who holds an invite learns which names exist; the refusal gives the use of the invite back.
    if which := await store.taken(session, username=wanted.username, email=wanted.email):
        raise NameTaken(f"This {'user name' if which == 'username' else 'e-mail address'} is taken.", field=which)
    person = Person(
        organisation_id=invite.organisation_id,
        department_id=invite.department_id,
        role=invite.role,
        password_hash=await hash_password(wanted.password),
        **wanted.model_dump(exclude={"password", "invite_code"}),
    )
    session.add(person)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken("Somebody just took this user name or e-mail address.") from error
    return person
