"""Accounts, signing in, the profile and consent."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from backend.deps import Me, Session, State
from backend.errors import Unauthorised
from backend.limits import SIGN_IN, by_address
from backend.people import consent, sessions, store
from backend.people.passwords import password_matches
from backend.people.register import register
from backend.people.schemas import (
    ConsentChange,
    ConsentState,
    Profile,
    ProfileChange,
    Purpose,
    Registration,
    Token,
)
from backend.people.tokens import AccessTokens, secret_hash
from backend.state import AppState
from backend.tables import Consent, Person

router = APIRouter()

COOKIE = "evenkeel_refresh"
COOKIE_PATH = "/api/v1/auth"


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


@router.post("/accounts", status_code=201, tags=["account"], dependencies=[Depends(by_address(SIGN_IN))])
async def create_account(wanted: Registration, session: Session) -> Profile:
    """Register with an invite code of your organisation."""
    return await profile_of(session, await register(session, wanted))


@router.post("/auth/token", tags=["account"], dependencies=[Depends(by_address(SIGN_IN))])
async def sign_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    request: Request,
    response: Response,
    state: State,
    session: Session,
) -> Token:
    """OAuth2 password flow: a short access token, and a refresh token in an HttpOnly cookie."""
    person = await store.by_username(session, form.username)
    if not await password_matches(person.password_hash if person else None, form.password) or person is None:
        raise Unauthorised("The user name or the password is not right.")
    secret, family = await sessions.begin(session, state.config, person, request.headers.get("user-agent", ""))
    return _answer(state, response, person, secret, str(family))


@router.post("/auth/refresh", tags=["account"])
async def refresh(
    request: Request,
    response: Response,
    state: State,
    evenkeel_refresh: Annotated[str | None, Cookie()] = None,
) -> Token:
    """A new access token for the refresh cookie, which is replaced; a replayed one ends the sign-in."""
    async with state.sessions() as session, session.begin():
        rotated = evenkeel_refresh and await sessions.rotate(
            session, state.config, evenkeel_refresh, request.headers.get("user-agent", "")
        )
    if not rotated:
        raise Unauthorised("Your sign-in has ended. Please sign in again.")
    person, secret, family = rotated
    return _answer(state, response, person, secret, str(family))


@router.post("/auth/logout", status_code=204, tags=["account"])
async def sign_out(
    response: Response, session: Session, evenkeel_refresh: Annotated[str | None, Cookie()] = None
) -> None:
    if evenkeel_refresh and (token := await store.refresh_token(session, secret_hash(evenkeel_refresh))):
        await store.end_family(session, token.family_id)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)


def _answer(state: AppState, response: Response, person: Person, secret: str, family: str) -> Token:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=state.config.refresh_token_days * 86_400,
        path=COOKIE_PATH,
        httponly=True,
        samesite="strict",
        secure=state.config.secure_cookies,
    )
    tokens = AccessTokens(state.vault, state.config)
    return Token(access_token=tokens.issue(person, family), expires_in=int(tokens.life.total_seconds()))


@router.get("/me", tags=["account"])
async def read_me(me: Me, session: Session) -> Profile:
    return await profile_of(session, me)


@router.patch("/me", tags=["account"])
async def change_me(change: ProfileChange, me: Me, session: Session) -> Profile:
    for name, value in change.model_dump(exclude_unset=True).items():
        if value is not None or name == "email":
            setattr(me, name, value)
    session.add(me)
    await session.flush()
    return await profile_of(session, me)


@router.get("/me/consents", tags=["consent"])
async def read_consents(me: Me, session: Session) -> list[ConsentState]:
    known = await consent.newest(session, me.id)
    return [_state(purpose, known.get(purpose)) for purpose in consent.PURPOSES]


@router.put("/me/consents/{purpose}", tags=["consent"])
async def change_consent(purpose: Purpose, change: ConsentChange, me: Me, session: Session) -> ConsentState:
    """Give or withdraw consent for one purpose; withdrawing takes effect at once."""
    saved = await consent.record(session, me.id, purpose, granted=change.granted, sharing=change.sharing)
    return _state(purpose, saved)


def _state(purpose: str, known: Consent | None) -> ConsentState:
    values: dict[str, Any] = {"purpose": purpose, "granted": consent.in_force(known)}
    values |= {"text_version": known.text_version if known else consent.TEXT_VERSION}
    values |= {"sharing": known.sharing if known else None}
    values |= {
        "changed_at": known.created_at if known else None,
        "expires_at": known.expires_at if known else None,
    }
    return ConsentState.model_validate(values)
