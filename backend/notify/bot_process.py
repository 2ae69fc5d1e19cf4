"""The bot process, `evenkeel bot run`: one poller a token, outages outlived, updates by polling or by webhook."""

from __future__ import annotations

import asyncio
import hmac
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import asyncpg
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from backend.announce import Announcements
from backend.config import Settings
from backend.db import locate, make_engine, make_sessions, transaction, wait_for_schema
from backend.errors import SetupError
from backend.keycheck import check_key, own_vault
from backend.notify.desk import TelegramDesk
from bot.telegram import build, publish_menu

log = structlog.get_logger("bot")
Bot = Application[Any, Any, Any, Any, Any, Any]

# Telegram allows one poller a token; whoever comes second waits this long before asking again.
STANDBY: Final = 5.0
# Pauses between attempts to reach Telegram: at once after a blink, seldom in a long outage.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
# Between two polls. After a failed one it grows by half, up to 30 s: fourteen attempts in a half-minute outage.
POLL_PAUSE: Final = 0.05
WEBHOOK_PATH: Final = "/telegram/webhook"
KINDS: Final = ["message", "callback_query"]
# Each update keeps its connection until it was dealt with; the most that Telegram grants, so that one person's forty
# photos leave some for others.
AT_HAND: Final = 100


async def run_bot(config: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    if config.telegram_token is None:
        raise SetupError("There is no bot to run: set TELEGRAM_BOT_TOKEN (BotFather gives you one).")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    dsn = await locate(config)
    await wait_for_schema(dsn)
    await run_until(config, dsn, stop)


async def run_until(config: Settings, dsn: str, stop: asyncio.Event) -> None:
    engine = make_engine(dsn)
    desk = TelegramDesk(make_sessions(engine), config, await own_vault(config, dsn), Announcements(dsn))
    async with transaction(desk.sessions) as session:
        await check_key(session, desk.vault)
    await desk.announcements.start()
    token = config.telegram_token.get_secret_value() if config.telegram_token else ""
    serve = by_webhook if config.telegram_webhook_secret else by_polling
    try:
        while not stop.is_set():
            await _with_the_lock(dsn, desk, token, stop, lambda lost: serve(desk, token, lost))
    finally:
        await desk.announcements.stop()
        await engine.dispose()


async def _with_the_lock(
    dsn: str, desk: TelegramDesk, token: str, stop: asyncio.Event, serve: Callable[[asyncio.Event], Awaitable[None]]
) -> None:
    """Serves while this process holds the token's lock; the lock ends with its connection."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        log.warning("database does not answer, trying again", error=type(error).__name__)
        await _pause(stop, 1.0)
        return
    try:
        key = f"telegram:{desk.vault.digest(token.encode(), 'telegram-token')}"
        if not await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", key):
            log.info("another process runs this bot, standing by")
            await _pause(stop, STANDBY)
            return
        over = asyncio.Event()
        connection.add_termination_listener(lambda _: over.set())
        watch = asyncio.create_task(_first_of(stop, over))
        await serve(over)
        watch.cancel()
    finally:
        if not connection.is_closed():
            await connection.close(timeout=5)


async def _first_of(stop: asyncio.Event, over: asyncio.Event) -> None:
    await stop.wait()
    over.set()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _reached(attempt: Callable[[], Awaitable[Any]], over: asyncio.Event, what: str) -> bool:
    """Tries until Telegram answers; False when it is time to stop."""
    pause = FIRST_PAUSE
    while not over.is_set():
        try:
            await attempt()
            return True
        except InvalidToken as error:
            raise SetupError("Telegram does not know this TELEGRAM_BOT_TOKEN.") from error
        except TelegramError as error:
            log.warning("Telegram does not answer, trying again", during=what, error=type(error).__name__)
            await _pause(over, pause)
            pause = min(pause * 2, LONGEST_PAUSE)
    return False


async def _introduced(bot: Bot, over: asyncio.Event) -> bool:
    if not await _reached(bot.initialize, over, "start"):
        return False
    return await _reached(lambda: publish_menu(bot), over, "menu")


async def by_polling(desk: TelegramDesk, token: str, over: asyncio.Event) -> None:
    bot = build(token, desk.config.telegram_api.rstrip("/"), desk, polling=True)
    if not await _introduced(bot, over) or bot.updater is None:
        await bot.shutdown()
        return
    await bot.start()
    # Outages from here on are python-telegram-bot's own to outlive, with growing pauses.
    await bot.updater.start_polling(
        poll_interval=POLL_PAUSE, bootstrap_retries=-1, allowed_updates=KINDS, error_callback=_polling_failed
    )
    log.info("the bot listens", mode="polling")
    await over.wait()
    await bot.updater.stop()
    await bot.stop()
    await bot.shutdown()


def _polling_failed(error: TelegramError) -> None:
    log.warning("Telegram does not answer, trying again", during="poll", error=type(error).__name__)


class QuietServer(uvicorn.Server):
    """Signals are the process's own business, not the web server's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def by_webhook(desk: TelegramDesk, token: str, over: asyncio.Event) -> None:
    """An update is answered with 200 once it was dealt with: what a crash interrupts, Telegram sends again."""
    config = desk.config
    secret = config.telegram_webhook_secret.get_secret_value() if config.telegram_webhook_secret else ""
    bot = build(token, config.telegram_api.rstrip("/"), desk, polling=False)

    async def receive(request: Request) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        update = Update.de_json(await request.json(), bot.bot)
        await bot.update_processor.process_update(update, bot.process_update(update))
        return Response()

    app = Starlette(routes=[Route(WEBHOOK_PATH, receive, methods=["POST"])])
    server = QuietServer(
        uvicorn.Config(
            app,
            host=config.telegram_webhook_host,
            port=config.telegram_webhook_port,
            log_config=None,
            access_log=False,
            lifespan="off",
        )
    )
    if not await _introduced(bot, over):
        await bot.shutdown()
        return
    await bot.start()
    serving = asyncio.create_task(server.serve())
    url = f"{config.origin}{WEBHOOK_PATH}"
    hook = {"secret_token": secret, "allowed_updates": KINDS, "max_connections": AT_HAND}
    await _reached(lambda: bot.bot.set_webhook(url, **hook), over, "webhook")
    log.info("the bot listens", mode="webhook")
    await over.wait()
    server.should_exit = True
    await serving
    await bot.stop()
    await bot.shutdown()
