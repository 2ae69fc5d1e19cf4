"""Who waits for a row that another process writes: PostgreSQL's NOTIFY, sent in the writer's transaction."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import asyncpg
import structlog
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

CHANNEL = "evenkeel"
# A host that vanishes says nothing: whoever only listens hears nothing for ever.
ASK_EVERY, ANSWER_WITHIN = 30.0, 10.0
Found = TypeVar("Found")
log = structlog.get_logger()


async def announce(session: AsyncSession, topic: str) -> None:
    """Called beside a write; listeners hear it when the transaction commits, or never."""
    await session.exec(text("select pg_notify(:channel, :topic)"), params={"channel": CHANNEL, "topic": topic})  # type: ignore[call-overload]


class Announcements:
    """One listening connection an API process; a lost one is made again."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        # The process is about to stop: whoever waits should neither keep it nor be cut off without an answer.
        self.closing = False

    def close(self) -> None:
        """Called when a signal to stop has come, before open connections are waited for."""
        self.closing = True
        self._wake_all()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @contextmanager
    def subscribed(self, topic: str) -> Iterator[asyncio.Event]:
        """Subscribe before the write that leads to the announcement, so that none is missed."""
        event = asyncio.Event()
        self.waiting[topic].add(event)
        try:
            yield event
        finally:
            self.waiting[topic].discard(event)
            if not self.waiting[topic]:
                del self.waiting[topic]

    async def look_until(
        self, topic: str, seconds: float, look: Callable[[], Awaitable[Found]], done: Callable[[Found], bool]
    ) -> Found:
        """What `look` finds once it is `done`, the time is up or the process is to stop: at first, since it may have
        happened already, and again at each announcement."""
        deadline = asyncio.get_running_loop().time() + seconds
        with self.subscribed(topic) as announced:
            while not done(found := await look()) and not self.closing:
                if (left := deadline - asyncio.get_running_loop().time()) <= 0:
                    break
                with suppress(TimeoutError):
                    await asyncio.wait_for(announced.wait(), left)
                announced.clear()
            return found

    def _heard(self, _connection: object, _pid: int, _channel: str, topic: object) -> None:
        for event in self.waiting.get(str(topic), ()):
            event.set()

    async def _listen(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self.dsn, timeout=10, command_timeout=ANSWER_WITHIN)
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                await connection.add_listener(CHANNEL, self._heard)
                self._wake_all()
                try:
                    await _until(lost, connection)
                finally:
                    connection.terminate()  # closing would wait for an answer of a host that may be gone
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("listening failed, trying again", error=type(error).__name__)
            await asyncio.sleep(0.5)

    def _wake_all(self) -> None:
        """After a gap somebody's announcement may have been missed: everybody looks for themselves."""
        for events in self.waiting.values():
            for event in events:
                event.set()


async def _until(lost: asyncio.Event, connection: asyncpg.Connection[Any]) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(lost.wait(), ASK_EVERY)
            return
        await connection.execute("select 1")
