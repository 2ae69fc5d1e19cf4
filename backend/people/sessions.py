"""Sign-ins: a rotating refresh token whose theft ends the whole family.

A chain, never a tree: the successor of a token is computed from it, so two tabs that refresh in the same moment get
the same one, and a thief who is quick gets no branch of his own. docs/decisions/0010 says why.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.errors import Unauthorised
from backend.people import store
from backend.people.tokens import new_secret, secret_hash
from backend.tables import Person, RefreshToken
from backend.vault import Vault

# Two tabs that refresh in the same moment, or an answer that the network lost, are not a theft.
GRACE = timedelta(seconds=10)


async def begin(session: AsyncSession, config: Settings, person: Person, user_agent: str) -> tuple[str, UUID]:
    """A first refresh token (its secret is never stored) and the family it begins; `person` as their password was
    looked at: whoever knew one that was changed meanwhile stays out."""
    if await store.session_epoch(session, person.id) != person.session_epoch:
        raise Unauthorised("Every sign-in was ended in this moment. Please sign in again.")
    secret, family = new_secret(), uuid4()
    session.add(_token(config, person, user_agent, secret, family))
    await session.flush()
    return secret, family


async def rotate(
    session: AsyncSession, config: Settings, vault: Vault, secret: str, user_agent: str
) -> tuple[Person, str, UUID] | None:
    """The next token of the family, or None: unknown, ended, or stolen (then the family is ended)."""
    token = await store.refresh_token(session, secret_hash(secret))
    now = datetime.now(UTC)
    if token is None or token.expires_at < now or await store.family_ended(session, token.family_id):
        return None
    person = await session.get_one(Person, token.person_id)
    following = vault.digest(secret.encode(), "refresh-successor")
    if token.used_at is None:
        token.used_at = now
        session.add(_token(config, person, user_agent, following, token.family_id))
    elif not await _is_the_same_moment(session, token, following, now):
        await store.end_family(session, token.family_id)
        return None
    await session.flush()
    return person, following, token.family_id


async def _is_the_same_moment(session: AsyncSession, token: RefreshToken, following: str, now: datetime) -> bool:
    """Used twice, but just now, and nobody has gone on from there yet."""
    successor = await store.refresh_token(session, secret_hash(following))
    fresh = successor is not None and successor.used_at is None and successor.revoked_at is None
    return fresh and token.used_at is not None and now - token.used_at <= GRACE


def _token(config: Settings, person: Person, user_agent: str, secret: str, family: UUID) -> RefreshToken:
    return RefreshToken(
        family_id=family,
        person_id=person.id,
        token_hash=secret_hash(secret),
        user_agent=user_agent[:200],
        expires_at=datetime.now(UTC) + timedelta(days=config.refresh_token_days),
    )


async def end_all(session: AsyncSession, person: Person) -> None:
    """Everywhere, this device included: access tokens that are out stop working with the next request."""
    person.session_epoch += 1
    session.add(person)
    await store.end_sign_ins(session, person.id)
