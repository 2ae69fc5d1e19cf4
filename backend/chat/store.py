"""The only SQL about the conversation with the bot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.paging import Cursor
from backend.tables import ChatMessage, ChatState, ExerciseResult


async def state_of(session: AsyncSession, person_id: UUID) -> dict[str, Any]:
    found = await session.get(ChatState, person_id)
    return found.state if found else {}


async def spoke_at(session: AsyncSession, person_id: UUID) -> datetime | None:
    """When the person last said something."""
    found = await session.get(ChatState, person_id)
    return found.updated_at if found else None


async def save_state(session: AsyncSession, person_id: UUID, state: dict[str, Any]) -> None:
    row = insert(ChatState).values(person_id=person_id, state=state, updated_at=datetime.now(UTC))
    changed = {name: row.excluded[name] for name in ("state", "updated_at")}
    await session.exec(row.on_conflict_do_update(index_elements=["person_id"], set_=changed))


async def page(session: AsyncSession, person_id: UUID, before: Cursor | None, limit: int) -> list[ChatMessage]:
    """Newest first."""
    wanted = select(ChatMessage).where(ChatMessage.person_id == person_id)
    if before:
        wanted = wanted.where(tuple_(col(ChatMessage.created_at), col(ChatMessage.id)) < (before.moment, before.id))
    wanted = wanted.order_by(col(ChatMessage.created_at).desc(), col(ChatMessage.id).desc()).limit(limit + 1)
    return list(await session.exec(wanted))


async def label_of(session: AsyncSession, person_id: UUID, choice: str) -> str | None:
    """What a button said when it was last offered."""
    found = await session.exec(
        select(ChatMessage.choices)
        .where(ChatMessage.person_id == person_id, col(ChatMessage.choices).contains([{"id": choice}]))
        .order_by(col(ChatMessage.created_at).desc(), col(ChatMessage.id).desc())
        .limit(1)
    )
    return next((one["label"] for choices in found for one in choices if one["id"] == choice), None)


async def forget_conversation(session: AsyncSession, person_id: UUID) -> None:
    """When the person last spoke stays, so that nobody is told that support was never answered; nothing of what."""
    await session.exec(delete(ChatMessage).where(col(ChatMessage.person_id) == person_id))
    await session.exec(update(ChatState).where(col(ChatState.person_id) == person_id).values(state={}))


async def remember_result(session: AsyncSession, person_id: UUID, exercise: str, helpful: bool) -> None:
    row = insert(ExerciseResult).values(
        person_id=person_id, exercise=exercise, helpful=helpful, at=datetime.now(UTC)
    )  # fmt: skip
    changed = {name: row.excluded[name] for name in ("helpful", "at")}
    await session.exec(row.on_conflict_do_update(index_elements=["person_id", "exercise"], set_=changed))


async def exercise_results(session: AsyncSession, person_id: UUID) -> list[ExerciseResult]:
    """Latest first."""
    found = await session.exec(
        select(ExerciseResult)
        .where(ExerciseResult.person_id == person_id)
        .order_by(col(ExerciseResult.at).desc(), col(ExerciseResult.exercise))
    )
    return list(found)


async def helpful_exercises(session: AsyncSession, person_id: UUID) -> list[str]:
    return [row.exercise for row in await exercise_results(session, person_id) if row.helpful]
