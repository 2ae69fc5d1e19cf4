"""What goes out over Telegram: words, buttons, and one message sent from a process that runs no bot (a worker)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.dialogue import speech
from bot.dialogue.turns import Choice

# Telegram's limits: bytes of a button's data, characters of a message.
DATA_BYTES: Final = 64
LONGEST: Final = 4096
# Labels longer than this get a row of their own; shorter ones share it, two by two.
SHORT: Final = 18

# What a button sends back: a choice of the dialogue, a rating of a notice, a snooze, a word on a reading.
CHOICE, RATE, SNOOZE, MATCH = "c", "n", "s", "r"

Button = tuple[str, str]
Buttons = tuple[Button, ...]


class Gone(Exception):
    """The person blocked the bot or deleted the chat."""


class Busy(Exception):
    """Telegram cannot be reached or asks us to wait."""


class Refused(Exception):
    """Telegram does not take this message, now or ever."""


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((files("bot") / "telegram.toml").read_text("utf-8"))


def texts(locale: str | None) -> dict[str, Any]:
    chosen: dict[str, Any] = _texts()[speech.language_of(locale)]
    return chosen


def word(locale: str | None, key: str, **slots: object) -> str:
    return str(texts(locale)[key]).format(**slots)


def choice_buttons(choices: Sequence[Choice]) -> Buttons:
    """Ids that do not fit would be refused by Telegram; the dialogue keeps them short."""
    return tuple(
        (choice.label, f"{CHOICE}:{choice.id}")
        for choice in choices
        if len(f"{CHOICE}:{choice.id}".encode()) <= DATA_BYTES
    )


def mood_buttons(locale: str, notice_id: UUID) -> Buttons:
    spoken = speech.load(speech.language_of(locale))
    moods = tuple((spoken.label(f"mood:{value}"), f"{CHOICE}:mood:{value}") for value in range(5, 0, -1))
    return (*moods, (word(locale, "snooze"), f"{SNOOZE}:{notice_id}"))


def helpful_buttons(locale: str, notice_id: UUID) -> Buttons:
    return (word(locale, "helpful"), f"{RATE}:{notice_id}:1"), (word(locale, "not_helpful"), f"{RATE}:{notice_id}:0")


def match_buttons(locale: str, reading_id: UUID) -> Buttons:
    return (word(locale, "yes"), f"{MATCH}:{reading_id}:1"), (word(locale, "no"), f"{MATCH}:{reading_id}:0")


def keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    """Two short labels a row, long ones alone."""
    rows: list[list[InlineKeyboardButton]] = []
    for label, data in buttons:
        button = InlineKeyboardButton(label, callback_data=data)
        fits = rows and len(label) <= SHORT and len(rows[-1]) == 1 and len(rows[-1][0].text) <= SHORT
        if fits:
            rows[-1].append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(rows) if rows else None


async def send(token: str, api: str, chat_id: int, text: str, buttons: Buttons = ()) -> None:
    """Called by workers. The errors say what to do: forget the chat, try later, give up."""
    try:
        async with Bot(token, base_url=f"{api}/bot", base_file_url=f"{api}/file/bot") as bot:
            await bot.send_message(chat_id, text[:LONGEST], reply_markup=keyboard(buttons))
    except Forbidden as error:
        raise Gone from error
    except BadRequest as error:
        raise (Gone if "chat not found" in str(error).lower() else Refused)(type(error).__name__) from error
    except (NetworkError, RetryAfter) as error:
        raise Busy(f"Telegram cannot be reached now: {type(error).__name__}") from error
    except TelegramError as error:
        raise Refused(type(error).__name__) from error
