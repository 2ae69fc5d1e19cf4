from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, owner


class Assessment(SQLModel, table=True):
    """What a day's vectors meant against the person's own baseline, with the reasons."""

    __table_args__ = (CheckConstraint("level in ('none','low','moderate','high')", name="assessment_level"),)

    person_id: UUID = owner(primary_key=True)
    day: date = Field(primary_key=True)
    level: str = Field(max_length=10)
    learning: bool = False
    acute: bool = False
    sustained: bool = False
    reasons: list[dict[str, Any]] = document(default_factory=list, nullable=False)
    numbers: dict[str, Any] = document(default_factory=dict, nullable=False)
    policy_version: str = Field(max_length=40)
    assessed_at: datetime = created()
