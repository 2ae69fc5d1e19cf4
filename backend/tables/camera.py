from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, moment, primary_id


class Camera(SQLModel, table=True):
    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=80)
    place: str = Field(default="", max_length=120)
    key_hash: str = Field(max_length=64, unique=True)
    health: dict[str, Any] = document(default_factory=dict, nullable=False)
    last_seen_at: datetime | None = moment(default=None, nullable=True)
    revoked_at: datetime | None = moment(default=None, nullable=True)
    created_at: datetime = created()
