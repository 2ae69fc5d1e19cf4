"""Changing a password, and setting a new one with a code that was mailed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.errors import Problem
from backend.mail import request_mail
from backend.people import sessions, store
from backend.people.mails import reset_mail
from backend.people.passwords import hash_password
from backend.people.tokens import new_secret, secret_hash
from backend.tables import PasswordReset, Person

# Long enough to find the mail on another device, short enough that an old mailbox opens nothing.
CODE_LIFE = timedelta(hours=1)
# Whoever asks again has not seen the mail yet; more at once would only fill somebody's mailbox.
MOST_CODES = 3


class PasswordWrong(Problem):
    status, code, title = 403, "password_wrong", "The current password is not right"


class ResetCodeInvalid(Problem):
    status, code, title = 410, "reset_code_invalid", "This code does not work any more"


async def change(session: AsyncSession, person: Person, new: str) -> None:
    """Ends every sign-in: whoever knew the old password is out. The caller has checked the current one."""
    await _set(session, person, new)


async def ask_for_reset(session: AsyncSession, config: Settings, login: str) -> None:
    """Says nothing about whether the account exists; the mail does, to its owner."""
    for person in await store.by_login(session, login):
        await _mail_code(session, config, person)


async def _mail_code(session: AsyncSession, config: Settings, person: Person) -> None:
    await store.lock_person(session, person.id)
    if not person.email or await store.live_resets(session, person.id) >= MOST_CODES:
        return
    secret = new_secret()
    session.add(
        PasswordReset(token_hash=secret_hash(secret), person_id=person.id, expires_at=datetime.now(UTC) + CODE_LIFE)
    )
    subject, text = reset_mail(person, config.origin, secret)
    await request_mail(session, person, subject, text)


async def reset(session: AsyncSession, secret: str, new: str) -> None:
    person = await store.redeem_reset(session, secret_hash(secret))
    if person is None:
        raise ResetCodeInvalid("This code was used before or is too old. Ask for a new one.")
    person.confirmed_email = person.email  # whoever has the code reads this mailbox
    await _set(session, person, new)


async def _set(session: AsyncSession, person: Person, new: str) -> None:
    person.password_hash = await hash_password(new)
    await sessions.end_all(session, person)
    await session.flush()
