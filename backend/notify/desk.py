"""What the Telegram bot asks of the product, answered from the same places as the app: `bot.telegram.Desk`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.announce import Announcements
from backend.chat.context import context_of
from backend.chat.talk import talk
from backend.config import Settings
from backend.db import transaction
from backend.errors import Conflict, Problem
from backend.intake.accept import Photo, accept
from backend.notify import link, store
from backend.notify.policy import moment_for, still_asked
from backend.notify.snooze import SNOOZE, snooze
from backend.people.consent import allows
from backend.preferences import preferences_of
from backend.reading import store as readings
from backend.tables import Notice, Person, Reading, Snapshot
from backend.vault import Vault
from bot.dialogue.machine import respond
from bot.dialogue.turns import Choice, Context, DialogueState, KeepPrivate, Reply, Turn
from bot.telegram import Checked, Said
from bot.week_picture import draw
from ml.emotions import EXPRESSIONS
from ml.faces.photo import PhotoError, inspect

# Nobody looks at a chat for longer than this without wondering.
PATIENCE: Final = 20.0
# Strangers in a crisis that are remembered; only so that no flood fills the memory.
STRANGERS: Final = 10_000
# How sure a reading is, in words: the edges of "quite" and "fairly".
SURE: Final = ((0.75, "high"), (0.5, "middle"))


@dataclass(frozen=True)
class TelegramDesk:
    sessions: async_sessionmaker[AsyncSession]
    config: Settings
    vault: Vault
    announcements: Announcements
    # Where the bot stands with strangers in a crisis, so that their "yes" answers what it asked: in memory alone.
    strangers: dict[int, DialogueState] = field(default_factory=dict)

    async def _person(self, session: AsyncSession, chat_id: int) -> Person | None:
        """Linked is not enough: the consent may have ended since."""
        person = await store.person_of_chat(session, chat_id)
        return person if person and await allows(session, person.id, "telegram") else None

    async def _known(self, session: AsyncSession, chat_id: int) -> Person:
        person = await self._person(session, chat_id)
        if person is None:
            raise LookupError("this chat is not linked any more")
        return person

    async def locale_of(self, chat_id: int) -> str | None:
        async with self.sessions() as session:
            person = await self._person(session, chat_id)
            return person.locale if person else None

    async def link(self, chat_id: int, code: str) -> bool:
        async with transaction(self.sessions) as session:
            return await link.use_code(session, code, chat_id) is not None

    async def unlink(self, chat_id: int) -> None:
        async with transaction(self.sessions) as session:
            await store.unlink_telegram(session, (await self._known(session, chat_id)).id)

    async def talk(self, chat_id: int, turn: Turn) -> Said:
        async with self.sessions() as session:
            person = await self._known(session, chat_id)
        self.strangers.pop(chat_id, None)
        talked = await talk(self.sessions, self.config, person.id, turn, "telegram")
        picture = await self._week(person) if "week" in talked.cues else None
        opens = {"share": "/me/cases", "erase_account": "/me/erase"}
        page = next((opens[cue] for cue in talked.cues if cue in opens), None)
        return Said(talked.replies, picture, f"{self.config.origin}{page}" if page else None)

    async def _week(self, person: Person) -> bytes:
        async with self.sessions() as session:
            context = await context_of(session, person, self.config)
        return await asyncio.to_thread(draw, context.days, context.usual)

    async def crisis(self, chat_id: int, turn: Turn, locale: str) -> Sequence[Reply]:
        """Help is for everybody: no account is needed, and nothing is stored."""
        outcome = respond(self.strangers.pop(chat_id, DialogueState()), turn, Context(locale=locale))
        if KeepPrivate() not in outcome.actions:
            return ()
        if outcome.state.place == "crisis":
            self.strangers[chat_id] = outcome.state
            if len(self.strangers) > STRANGERS:
                del self.strangers[next(iter(self.strangers))]
        return [replace(reply, choices=_of_a_crisis(reply.choices)) for reply in outcome.replies]

    async def photo(self, chat_id: int, content: bytes, taken_at: datetime, key: str) -> Checked:
        if len(content) > self.config.max_upload_mb * 1_000_000:
            return Checked(problem="too_large")
        try:
            await asyncio.to_thread(inspect, content)
            async with transaction(self.sessions) as session:
                person = await self._known(session, chat_id)
                snapshot = await accept(session, self.vault, person, Photo(content, "telegram", taken_at, key))
        except (PhotoError, Problem) as error:
            return Checked(problem=error.code)
        return await self.announcements.look_until(
            f"snapshot:{snapshot.id}",
            PATIENCE,
            lambda: self._checked(snapshot.id),
            lambda checked: checked != Checked(),
        )

    async def _checked(self, snapshot_id: UUID) -> Checked:
        async with self.sessions() as session:
            snapshot = await session.get(Snapshot, snapshot_id)
            reading = await readings.of_snapshot(session, snapshot_id)
        if snapshot is None or snapshot.problem:
            return Checked(problem=(snapshot and snapshot.problem) or "unreadable")
        return _described(reading) if reading else Checked()

    async def match(self, chat_id: int, reading_id: UUID, agrees: bool) -> None:
        async with transaction(self.sessions) as session:
            person = await self._known(session, chat_id)
            reading = await readings.of_person(session, person.id, reading_id)
            if reading is not None:
                reading.agrees = agrees
                session.add(reading)

    async def rate(self, chat_id: int, notice_id: UUID, helpful: bool) -> None:
        async with transaction(self.sessions) as session:
            person = await self._known(session, chat_id)
            notice = await store.of_person(session, person.id, notice_id)
            if notice is not None:
                notice.helpful = helpful
                session.add(notice)

    async def snooze(self, chat_id: int, notice_id: UUID) -> bool:
        """Half an hour; False when it was put off often enough, or will not be asked any more today."""
        async with transaction(self.sessions) as session:
            person = await self._known(session, chat_id)
            notice = await store.of_person(session, person.id, notice_id)
            if notice is None or not _comes_again(notice, person, datetime.now(UTC) + SNOOZE):
                return False
            try:
                await snooze(session, notice, SNOOZE)
            except Conflict:
                return False
            return True


def _of_a_crisis(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """All else takes an account."""
    return tuple(choice for choice in choices if choice.id.startswith("crisis:"))


def _comes_again(notice: Notice, person: Person, at: datetime) -> bool:
    """On the day of the question, and neither in quiet hours nor in a pause: what is promised must happen."""
    preferences, here = preferences_of(person), ZoneInfo(person.timezone)
    if preferences.silent(at) or notice.created_at.astimezone(here).date() != at.astimezone(here).date():
        return False
    return still_asked(notice.kind, at, moment_for("telegram", preferences, person.timezone, at))


def _described(reading: Reading) -> Checked:
    if reading.vector is None:
        return Checked(problem=reading.abstained or "uncertain")
    ranked = sorted(zip(reading.vector, EXPRESSIONS, strict=False), reverse=True)
    sure = next((word for edge, word in SURE if (reading.confidence or 0) >= edge), "low")
    return Checked(reading.id, ranked[0][1], ranked[1][1], sure)
