"""Registering and the profile."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from sqlalchemy.exc import IntegrityError

from backend.deps import Me, Session
from backend.limits import SIGN_IN, by_address
from backend.people import store
from backend.people.register import NameTaken, register
from backend.people.schemas import Profile, ProfileChange, Registration
from backend.tables import Person

router = APIRouter(tags=["account"])


async def profile_of(session: Session, person: Person) -> Profile:
    organisation, department = await store.place_of(session, person)
    return Profile.model_validate(
        {
            **person.model_dump(),
            "organisation": organisation.name,
            "policy": organisation.policy,
            "department": department.name if department else None,
        }
    )


@router.post("/accounts", status_code=201, dependencies=[Depends(by_address(SIGN_IN))])
async def create_account(wanted: Registration, session: Session) -> Profile:
    """Register with an invite code of your organisation."""
    return await profile_of(session, await register(session, wanted))


@router.get("/me")
async def read_me(me: Me, session: Session) -> Profile:
    return await profile_of(session, me)


@router.patch("/me")
async def change_me(change: ProfileChange, me: Me, session: Session) -> Profile:
    """Correct what is known about you."""
    for name, value in change.model_dump(exclude_unset=True).items():
        if value is not None or name == "email":
            setattr(me, name, value)
    session.add(me)
    try:
        await session.flush()
    except IntegrityError as error:
        raise NameTaken("This e-mail address belongs to another account.", field="email") from error
    return await profile_of(session, me)
