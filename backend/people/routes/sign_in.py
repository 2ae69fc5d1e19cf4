"""Signing in and out, on this device and on all of them; passwords."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Cookie, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from backend.deps import Me, Session, State, bearer
from backend.errors import NotFound, Unauthorised
from backend.limits import SIGN_IN, address_of, by_address
from backend.people import password, sessions, store, throttle
from backend.people.passwords import password_matches
from backend.people.schemas import PasswordChange, ResetConfirmation, ResetRequest, SignIn, Token
from backend.people.tokens import AccessTokens, secret_hash
from backend.state import AppState
from backend.tables import Person

router = APIRouter(tags=["account"])

COOKIE = "evenkeel_refresh"
COOKIE_PATH = "/api/v1/auth"
# A browser is known for a year: longer than holidays, shorter than a phone's life.
DEVICE_LIFE = 365 * 86_400


@router.post("/auth/token", dependencies=[Depends(by_address(SIGN_IN))])
async def sign_in(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    request: Request,
    response: Response,
    state: State,
    evenkeel_device: Annotated[str | None, Cookie()] = None,
) -> Token:
    """OAuth2 password flow: a short access token, and a refresh token in an HttpOnly cookie."""
    person = await _checked(state, form.username, form.password, address_of(request), evenkeel_device)
    if person is None:
        raise Unauthorised("The user name or the password is not right.")
    async with state.sessions() as session, session.begin():
        secret, family = await sessions.begin(session, state.config, person, request.headers.get("user-agent", ""))
    device = throttle.Devices(state.vault).new(person.username)
    _set_cookie(state, response, throttle.DEVICE_COOKIE, device, DEVICE_LIFE)
    return _answer(state, response, person, secret, family)


async def _checked(state: AppState, username: str, given: str, place: str, device: str | None = None) -> Person | None:
    """Whose password this is. Attempts are counted in transactions of their own: the refusal undoes the request's, and
    no connection is held while the password is hashed."""
    async with state.sessions() as session, session.begin():
        person = await store.by_username(session, username)
        key = throttle.Devices(state.vault).key(person.username if person else username, place, device)
        counted = state.config.rate_limits and await throttle.admit(session, key)
    matches = await password_matches(person.password_hash if person else None, given)
    async with state.sessions() as session, session.begin():
        if matches:
            await store.forget_failures(session, key)
        elif not counted:
            await store.count_failure(session, key)
    return person if matches else None


@router.post("/auth/refresh")
async def refresh(
    request: Request,
    response: Response,
    state: State,
    evenkeel_refresh: Annotated[str | None, Cookie()] = None,
) -> Token:
    """A new access token for the refresh cookie, which is replaced; a replayed one ends the sign-in."""
    async with state.sessions() as session, session.begin():
        rotated = evenkeel_refresh and await sessions.rotate(
            session, state.config, state.vault, evenkeel_refresh, request.headers.get("user-agent", "")
        )
    if not rotated:
        raise Unauthorised("Your sign-in has ended. Please sign in again.")
    person, secret, family = rotated
    return _answer(state, response, person, secret, family)


@router.post("/auth/logout", status_code=204)
async def sign_out(
    request: Request,
    response: Response,
    state: State,
    session: Session,
    evenkeel_refresh: Annotated[str | None, Cookie()] = None,
) -> None:
    """Ends this device's sign-in, its access token included; whoever keeps no cookies sends that token."""
    if evenkeel_refresh and (token := await store.refresh_token(session, secret_hash(evenkeel_refresh))):
        await store.end_family(session, token.family_id)
    with suppress(Unauthorised):  # too old to be anybody's
        if family := AccessTokens(state.vault, state.config).read(await bearer(request) or "").get("family"):
            await store.end_family(session, UUID(family))
    response.delete_cookie(COOKIE, path=COOKIE_PATH)


@router.get("/me/sessions")
async def read_sessions(me: Me, state: State, session: Session, token: Annotated[str, Depends(bearer)]) -> list[SignIn]:
    """Where you are signed in."""
    here = AccessTokens(state.vault, state.config).read(token).get("family")
    return [
        SignIn(
            id=one.family_id,
            user_agent=one.user_agent,
            last_used_at=one.created_at,
            current=str(one.family_id) == here,
        )
        for one in await store.live_tokens(session, me.id)
    ]


@router.delete("/me/sessions", status_code=204)
async def sign_out_everywhere(me: Me, session: Session, response: Response) -> None:
    """On every device, this one included."""
    await sessions.end_all(session, me)
    response.delete_cookie(COOKIE, path=COOKIE_PATH)


@router.delete("/me/sessions/{family_id}", status_code=204)
async def end_session(family_id: UUID, me: Me, session: Session) -> None:
    """Sign one device out; it notices with its next request."""
    if family_id not in {one.family_id for one in await store.live_tokens(session, me.id)}:
        raise NotFound
    await store.end_family(session, family_id)


@router.post("/me/password", status_code=204, dependencies=[Depends(by_address(SIGN_IN))])
async def change_password(
    change: PasswordChange, me: Me, request: Request, response: Response, state: State, session: Session
) -> None:
    """Ends every sign-in; this device gets a new refresh cookie and goes on."""
    if await _checked(state, me.username, change.current_password, "change") is None:
        raise password.PasswordWrong("The current password is not right. Nothing was changed.")
    await password.change(session, me, change.new_password)
    secret, _ = await sessions.begin(session, state.config, me, request.headers.get("user-agent", ""))
    _set_cookie(state, response, COOKIE, secret, state.config.refresh_token_days * 86_400)


@router.post("/auth/password-reset", status_code=202, dependencies=[Depends(by_address(SIGN_IN))])
async def ask_for_password_reset(wanted: ResetRequest, state: State, session: Session) -> dict[str, str]:
    """Mails a code, if there is such an account with an address. The answer is the same either way."""
    await password.ask_for_reset(session, state.config, wanted.login)
    return {"detail": "If there is such an account with an e-mail address, a mail with a code is on its way."}


@router.post("/auth/password-reset/confirm", status_code=204, dependencies=[Depends(by_address(SIGN_IN))])
async def reset_password(wanted: ResetConfirmation, session: Session) -> None:
    """Sets a new password with a mailed code, and ends every sign-in."""
    await password.reset(session, wanted.token, wanted.new_password)


def _answer(state: AppState, response: Response, person: Person, secret: str, family: UUID) -> Token:
    _set_cookie(state, response, COOKIE, secret, state.config.refresh_token_days * 86_400)
    tokens = AccessTokens(state.vault, state.config)
    return Token(access_token=tokens.issue(person, str(family)), expires_in=int(tokens.life.total_seconds()))


def _set_cookie(state: AppState, response: Response, name: str, value: str, life: int) -> None:
    """No script reads it, no other site sends it, and it goes to the sign-in routes alone."""
    response.set_cookie(
        name,
        value,
        max_age=life,
        path=COOKIE_PATH,
        httponly=True,
        samesite="strict",
        secure=state.config.secure_cookies,
    )
