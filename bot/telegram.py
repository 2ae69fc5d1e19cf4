"""The Telegram adapter: an update becomes a turn, a reply becomes a message. It decides nothing and knows no backend.

`Desk` is the port that the backend implements; `evenkeel bot run` puts the two together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from telegram import BotCommand, Document, Message, PhotoSize, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    BaseUpdateProcessor,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot import telegram_out as out
from bot.dialogue import safety
from bot.dialogue.speech import LANGUAGES
from bot.dialogue.turns import Reply, Turn

log = structlog.get_logger("bot")

# People answered at once; each person's own messages stay in their order.
AT_ONCE: Final = 32
# Messages that may wait for their turn: only so that no flood fills the memory.
WAITING: Final = 10_000
# What Telegram did not do is tried again: seconds until the next attempt, before each perhaps a time-out.
PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)

T = TypeVar("T")

# Commands that are only another way to tap a button of the dialogue.
TAPS: Final = {
    "mood": "menu:mood", "week": "menu:week", "breathe": "menu:breathe", "pause": "menu:pause",
    "privacy": "menu:privacy", "help": "menu:help",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What the bot answers: replies, and perhaps the person's own week as a picture or a link into the app."""

    replies: Sequence[Reply]
    picture: bytes | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a photo: the reading's id, or the code of what was wrong with it; neither: still waiting."""

    reading_id: UUID | None = None
    first: str = ""
    second: str = ""
    sure: str = "middle"
    problem: str | None = None


class Desk(Protocol):
    """What the bot asks of the product. A chat is known after it was linked; `locale_of` says None before."""

    async def locale_of(self, chat_id: int) -> str | None: ...
    async def link(self, chat_id: int, code: str) -> bool: ...
    async def unlink(self, chat_id: int) -> None: ...
    async def talk(self, chat_id: int, turn: Turn) -> Said: ...
    async def crisis(self, chat_id: int, turn: Turn, locale: str) -> Sequence[Reply]:
        """Replies when an unknown chat needs help now, or answers what was asked then; else nothing."""
        ...

    async def photo(self, chat_id: int, content: bytes, taken_at: datetime, key: str) -> Checked: ...
    async def match(self, chat_id: int, reading_id: UUID, agrees: bool) -> None: ...
    async def rate(self, chat_id: int, notice_id: UUID, helpful: bool) -> None: ...
    async def snooze(self, chat_id: int, notice_id: UUID) -> bool: ...


class InTurn(BaseUpdateProcessor):
    """Many people at once, each person's messages one after the other; who waits for their own takes no place."""

    def __init__(self) -> None:
        super().__init__(WAITING)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        lock = self._locks.setdefault(chat.id if chat else 0, asyncio.Lock())
        async with lock, self._places:
            await coroutine

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...


class Cry(filters.MessageFilter):
    """Words that need help now where other words are passed over: after a command, below a picture or a voice."""

    def filter(self, message: Message) -> bool:
        return safety.check(words_of(message)).crisis


def build(token: str, api: str, desk: Desk, *, polling: bool) -> Application[Any, Any, Any, Any, Any, Any]:
    """The application with its handlers; the caller initialises, starts and stops it."""
    builder = ApplicationBuilder().token(token).base_url(f"{api}/bot").base_file_url(f"{api}/file/bot")
    builder = builder.concurrent_updates(InTurn()).read_timeout(20).get_updates_read_timeout(20)
    app = (builder if polling else builder.updater(None)).build()
    adapter = Adapter(desk)
    private = filters.ChatType.PRIVATE
    app.add_handler(MessageHandler(~private, adapter.refuse_group))
    app.add_handler(MessageHandler(private & (filters.COMMAND | filters.CAPTION) & Cry(), adapter.text))
    app.add_handler(CommandHandler("start", adapter.start, private))
    app.add_handler(CommandHandler("checkin", adapter.checkin, private))
    app.add_handler(CommandHandler("unlink", adapter.unlink, private))
    app.add_handler(CommandHandler(list(TAPS), adapter.tap, private))
    app.add_handler(MessageHandler(private & (filters.PHOTO | filters.Document.IMAGE), adapter.photo))
    app.add_handler(MessageHandler(private & filters.TEXT, adapter.text))
    app.add_handler(MessageHandler(private, adapter.other))
    app.add_handler(CallbackQueryHandler(adapter.button))
    app.add_error_handler(adapter.failed)
    return app


async def publish_menu(app: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """The commands that Telegram shows, in each language; the first one is also the default."""
    for language in LANGUAGES:
        commands = [BotCommand(name, label) for name, label in out.texts(language)["menu"].items()]
        await app.bot.set_my_commands(commands, language_code=None if language == "en" else language)


class Adapter:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def refuse_group(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """In a group everybody would read along: say so once and leave."""
        message, chat = update.effective_message, update.effective_chat
        if message is None or chat is None:
            return
        language = update.effective_user.language_code if update.effective_user else None
        with suppress(TelegramError):
            await message.reply_text(out.word(language, "private_only"))
        with suppress(TelegramError):
            await chat.leave()

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/start CODE` is what the app's link sends."""
        if context.args and await self._linking(update, context.args[0]):
            return
        if locale := await self._known(update):
            await self._talk(update, Turn.start(), locale)

    async def checkin(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if locale := await self._known(update):
            await answer(update, out.word(locale, "checkin"))

    async def unlink(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if locale := await self._known(update):
            await self.desk.unlink(chat_of(update))
            await answer(update, out.word(locale, "unlinked"))

    async def tap(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        locale = await self._known(update)
        if locale is None:
            return
        command = words_of(update.effective_message).split()[0]
        name = command.lstrip("/").split("@")[0].lower()
        await self._talk(update, Turn(choice=TAPS[name]), locale)
        if name == "help":
            await answer(update, out.word(locale, "commands"))

    async def text(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Words of somebody we know are a turn; of somebody unknown perhaps a code, or a cry for help. What came with
        them, a picture say, is neither fetched nor kept."""
        said = words_of(update.effective_message)
        locale = await self.desk.locale_of(chat_of(update))
        if locale is not None:
            await self._talk(update, Turn(text=said), locale)
        else:
            await self._stranger(update, Turn(text=said))

    async def photo(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """The same road as a photo from the app; the message's number makes a repeated update harmless."""
        locale, message = await self._known(update), update.effective_message
        if locale is None or message is None:
            return
        source = message.photo[-1] if message.photo else message.document
        if source is None:
            return
        await answer(update, out.word(locale, "reading"))
        await self._result(update, await self._checked(message, source), locale)

    async def _checked(self, message: Message, source: PhotoSize | Document) -> Checked:
        try:
            content = await patiently(lambda: content_of(source))
        except BadRequest as error:  # for good: Telegram hands out nothing above 20 MB
            return Checked(problem="too_large" if "too big" in str(error).lower() else "unreadable")
        key = f"telegram:{message.chat_id}:{message.message_id}"
        return await self.desk.photo(message.chat_id, content, message.date, key)

    async def other(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if locale := await self._known(update):
            await answer(update, out.word(locale, "not_understood"))

    async def button(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None or update.effective_chat is None:
            return
        with suppress(BadRequest):  # too old to be acknowledged; still worth an answer
            await query.answer()
        if update.effective_chat.type != "private":
            return
        locale = await self.desk.locale_of(chat_of(update))
        kind, rest = query.data.split(":", 1) if ":" in query.data else (query.data, "")
        if locale is None:
            await self._stranger(update, Turn(choice=rest if kind == out.CHOICE else None))
        elif kind == out.CHOICE:
            await self._talk(update, Turn(choice=rest), locale)
        else:
            await self._rated(update, kind, rest, locale)

    async def _rated(self, update: Update, kind: str, rest: str, locale: str) -> None:
        about, _, value = rest.partition(":")
        try:
            identity = UUID(about)
        except ValueError:
            return
        chat_id = chat_of(update)
        if kind == out.RATE:
            await self.desk.rate(chat_id, identity, value == "1")
            await answer(update, out.word(locale, "rated"))
        elif kind == out.MATCH:
            await self.desk.match(chat_id, identity, value == "1")
            await answer(update, out.word(locale, "thanks"))
        elif kind == out.SNOOZE:
            again = await self.desk.snooze(chat_id, identity)
            await answer(update, out.word(locale, "snoozed" if again else "no_more"))

    async def failed(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Logged by kind only: a text may be in the error, a token in the address. Who needs help now gets it all the
        same: that takes no account and no database."""
        log.error("an update failed", error=type(context.error).__name__)
        if isinstance(update, Update) and update.effective_chat:
            locale = language_of(update)
            with suppress(Exception):
                locale = await self.desk.locale_of(chat_of(update)) or locale
            said = words_of(update.message)  # a tapped button's message is our own
            replies = await self.desk.crisis(chat_of(update), Turn(text=said), locale) if said else ()
            with suppress(TelegramError):
                await self._say(update, replies)
                if not replies:
                    await context.bot.send_message(chat_of(update), out.word(locale, "trouble"))

    async def _known(self, update: Update) -> str | None:
        """The language of a linked chat; anybody else is told how to link."""
        locale = await self.desk.locale_of(chat_of(update))
        if locale is None:
            await answer(update, out.word(language_of(update), "not_linked"))
        return locale

    async def _stranger(self, update: Update, turn: Turn) -> None:
        """Help is for everybody; for all else it takes a code."""
        language = language_of(update)
        if replies := await self.desk.crisis(chat_of(update), turn, language):
            await self._say(update, replies)
        elif turn.text and looks_like_code(turn.text):
            await self._linking(update, turn.text)
        else:
            await answer(update, out.word(language, "not_linked"))

    async def _linking(self, update: Update, code: str) -> bool:
        chat_id = chat_of(update)
        if await self.desk.link(chat_id, code):
            locale = await self.desk.locale_of(chat_id)
            await answer(update, f"{out.word(locale, 'linked')}\n\n{out.word(locale, 'commands')}")
            return True
        if await self.desk.locale_of(chat_id) is not None:
            return False  # an old code sent again by somebody who is linked
        await answer(update, out.word(language_of(update), "code_unknown"))
        return True

    async def _talk(self, update: Update, turn: Turn, locale: str) -> None:
        said = await self.desk.talk(chat_of(update), turn)
        await self._say(update, said.replies, said.picture)
        if said.link:
            await answer(update, f"{out.word(locale, 'open_app')}: {said.link}")

    async def _say(self, update: Update, replies: Sequence[Reply], picture: bytes | None = None) -> None:
        for reply in replies:
            buttons = out.choice_buttons(reply.choices)
            if reply.kind == "week" and picture:
                await answer(update, reply.text, buttons, picture)
            else:
                await answer(update, reply.text, buttons)

    async def _result(self, update: Update, checked: Checked, locale: str) -> None:
        words = out.texts(locale)
        if checked.problem:
            known = words["problems"]
            await answer(update, known.get(checked.problem, known["unreadable"]))
        elif checked.reading_id is None:
            await answer(update, words["later"])
        else:
            names, sure = words["expressions"], words["sure"][checked.sure]
            text = out.word(locale, "result", first=names[checked.first], second=names[checked.second], sure=sure)
            await answer(update, f"{text}\n\n{words['match']}", out.match_buttons(locale, checked.reading_id))


def chat_of(update: Update) -> int:
    chat = update.effective_chat
    if chat is None:
        raise ValueError("an update without a chat reached a handler of chats")
    return chat.id


def words_of(message: Message | None) -> str:
    return (message and (message.text or message.caption)) or ""


def language_of(update: Update) -> str:
    """What Telegram says of the person's own app, as long as nobody is linked."""
    return (update.effective_user.language_code if update.effective_user else None) or "en"


def looks_like_code(text: str) -> bool:
    stripped = text.strip()
    return len(stripped) == 10 and stripped.isascii() and stripped.isalnum()


async def answer(update: Update, text: str, buttons: out.Buttons = (), picture: bytes | None = None) -> None:
    """What was said is said, unless the person blocked the bot meanwhile."""
    if message := update.effective_message:
        with suppress(Forbidden):
            await patiently(lambda: _deliver(message, text, buttons, picture))


async def content_of(source: PhotoSize | Document) -> bytes:
    return bytes(await (await source.get_file()).download_as_bytearray())


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """What Telegram does not do at once is tried again for a while; what it refuses is not."""
    for pause in PAUSES:
        try:
            return await attempt()
        except BadRequest:
            raise
        except RetryAfter as error:
            wait = error.retry_after
            await asyncio.sleep(wait if isinstance(wait, int | float) else wait.total_seconds())
        except NetworkError:
            await asyncio.sleep(pause)
    return await attempt()


async def _deliver(message: Message, text: str, buttons: out.Buttons, picture: bytes | None) -> None:
    markup = out.keyboard(buttons)
    if picture is not None:
        await message.chat.send_photo(picture, caption=text[:1024], reply_markup=markup)
    else:
        await message.chat.send_message(text[: out.LONGEST], reply_markup=markup)
