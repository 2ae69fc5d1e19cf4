"""Sign-ins: a rotating refresh token whose theft ends the whole family."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.people import store
from backend.people.tokens import new_secret, secret_hash
from backend.tables import Person, RefreshToken

# Two tabs that refresh in the same moment are not a theft.
GRACE = timedelta(seconds=10)


async def begin(
    session: AsyncSession, config: Settings, person: Person, user_agent: str, family_id: UUID | None = None
) -> tuple[str, UUID]:
    """A new refresh token (its secret is never stored) and the family it belongs to."""
    secret = new_secret()
    family = family_id or uuid4()
    session.add(
        RefreshToken(
            family_id=family,
            person_id=person.id,
            token_hash=secret_hash(secret),
            user_agent=user_agent[:200],
            expires_at=datetime.now(UTC) + timedelta(days=config.refresh_token_days),
        )
    )
    return secret, family


async def rotate(
    session: AsyncSession, config: Settings, secret: str, user_agent: str
) -> tuple[Person, str, UUID] | None:
    """The next token of the family, or None: unknown, ended, or stolen (then the family is ended)."""
    token = await store.refresh_token(session, secret_hash(secret))
    now = datetime.now(UTC)
    if token is None or token.revoked_at or token.expires_at < now:
        return None
    if token.used_at is not None and now - token.used_at > GRACE:
        await store.end_family(session, token.family_id)
        return None
    person = await session.get_one(Person, token.person_id)
    token.used_at = token.used_at or now
    secret, family = await begin(session, config, person, user_agent, token.family_id)
    return person, secret, family
