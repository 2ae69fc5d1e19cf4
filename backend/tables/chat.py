from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, owner, primary_id


class ChatMessage(SQLModel, table=True):
    __tablename__ = "chat_message"
    __table_args__ = (
        Index("chat_message_person_time", "person_id", "created_at"),
        CheckConstraint("author in ('person','bot')", name="chat_message_author"),
    )

    id: UUID = primary_id()
    person_id: UUID = owner()
    author: str = Field(max_length=10)
    channel: str = Field(default="inapp", max_length=10)
    kind: str = Field(default="text", max_length=20)
    text: str = Field(max_length=4000)
    choices: list[dict[str, Any]] = document(default_factory=list, nullable=False)
    created_at: datetime = created()


class ChatState(SQLModel, table=True):
    __tablename__ = "chat_state"

    person_id: UUID = owner(primary_key=True)
    state: dict[str, Any] = document(default_factory=dict, nullable=False)
    updated_at: datetime = created()


class ExerciseResult(SQLModel, table=True):
    """Whether an exercise helped when it was last done: what did not is not offered again."""

    __tablename__ = "exercise_result"

    person_id: UUID = owner(primary_key=True)
    exercise: str = Field(max_length=30, primary_key=True)
    helpful: bool
    at: datetime = created()
