"""Linking a Telegram chat: the app shows a code, the person sends it to the bot, and both know each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.notify import store
from backend.people.codes import letters
from backend.people.tokens import secret_hash

# Long enough to pick up another phone.
LIFE: Final = timedelta(minutes=15)


async def new_code(session: AsyncSession, person_id: UUID) -> tuple[str, datetime]:
    """The newest code of a person counts; the one before stops working."""
    code = letters(10)  # 2^50: nobody guesses one in a quarter of an hour
    expires_at = datetime.now(UTC) + LIFE
    await store.set_telegram_code(session, person_id, secret_hash(code), expires_at)
    return code, expires_at


async def use_code(session: AsyncSession, code: str, chat_id: int) -> UUID | None:
    """Whose chat this now is; None for a code that is unknown, used or too old."""
    person_id = await store.use_telegram_code(session, secret_hash(code.strip().upper()))
    if person_id is not None:
        await store.link_telegram(session, person_id, chat_id)
    return person_id


def bot_url(config: Settings, code: str) -> str | None:
    return f"https://t.me/{config.telegram_bot_name}?start={code}" if config.telegram_bot_name else None
