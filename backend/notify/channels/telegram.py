"""Telegram, from a worker: a notice into the person's private chat with the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import PermanentError, RetryLater
from backend.notify import store
from backend.notify.policy import PROMPT
from backend.notify.say import outside
from backend.resources import Resources
from backend.tables import Notice, Person

if TYPE_CHECKING:
    from bot.telegram_out import Buttons


async def send(session: AsyncSession, person: Person, notice: Notice, resources: Resources) -> bool:
    """False when the person blocked the bot: the link is then forgotten."""
    from bot import telegram_out as telegram  # the library is heavy, and most processes never send

    chat_id = await store.telegram_chat(session, person.id)
    token = resources.config.telegram_token
    if chat_id is None or token is None:
        return False
    title, text = outside(notice, person)
    buttons = telegram.mood_buttons(person.locale, notice.id) if notice.kind == PROMPT else _rate(notice, person)
    message = f"{title}\n\n{text}"
    try:
        await telegram.send(token.get_secret_value(), resources.config.telegram_api, chat_id, message, buttons)
    except telegram.Gone:
        await store.unlink_telegram(session, person.id)
        return False
    except telegram.Busy as error:
        raise RetryLater(str(error)) from error
    except telegram.Refused as error:
        raise PermanentError(str(error)) from error
    return True


def _rate(notice: Notice, person: Person) -> Buttons:
    from bot import telegram_out as telegram

    return telegram.helpful_buttons(person.locale, notice.id)
