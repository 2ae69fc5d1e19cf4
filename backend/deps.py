"""What routes ask for: the transaction, the person who is signed in, the page they want."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Forbidden, Unauthorised
from backend.people import store
from backend.people.tokens import AccessTokens
from backend.state import AppState
from backend.tables import Person

bearer = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)


def get_state(request: Request) -> AppState:
    state: AppState = request.app.state.evenkeel
    return state


State = Annotated[AppState, Depends(get_state)]


async def get_session(state: State) -> AsyncIterator[AsyncSession]:
    async with state.sessions() as session, session.begin():
        yield session


# scope="function" commits before the answer leaves; the default would answer first, and a failing
# commit would still say 200.
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]


async def _person_of(token: str | None, state: AppState, session: AsyncSession) -> Person:
    if not token:
        raise Unauthorised
    claims = AccessTokens(state.vault, state.config).read(token)
    family = claims.get("family")
    person = await store.signed_in(session, UUID(claims["sub"]), UUID(family) if family else None)
    if person is None or person.session_epoch != claims["epoch"]:
        raise Unauthorised("This sign-in has ended. Please sign in again.")
    return person


async def get_person(state: State, session: Session, token: Annotated[str | None, Depends(bearer)]) -> Person:
    return await _person_of(token, state, session)


Me = Annotated[Person, Depends(get_person)]


async def get_caller(state: State, token: Annotated[str | None, Depends(bearer)]) -> Person:
    async with state.sessions() as session, session.begin():
        return await _person_of(token, state, session)


# For routes that wait for something: who is asking, without holding a database connection meanwhile.
Caller = Annotated[Person, Depends(get_caller)]


def requires(*roles: str) -> Callable[[Person], Coroutine[Any, Any, Person]]:
    """The one place where a role opens or closes a route."""

    async def check(person: Me) -> Person:
        if person.role not in roles:
            raise Forbidden
        return person

    return check


Hr = Annotated[Person, Depends(requires("hr"))]
Admin = Annotated[Person, Depends(requires("admin"))]
