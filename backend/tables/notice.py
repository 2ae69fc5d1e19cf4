from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, moment, owner, primary_id


class Notice(SQLModel, table=True):
    """A message to a person; `key` makes planning it idempotent. Its text is rendered from kind and facts."""

    __table_args__ = (
        UniqueConstraint("person_id", "key", name="notice_key"),
        Index("notice_person_time", "person_id", text("created_at desc")),
    )

    id: UUID = primary_id()
    person_id: UUID = owner()
    key: str = Field(max_length=120)
    kind: str = Field(max_length=40)
    variant: str = Field(default="", max_length=40)
    facts: dict[str, Any] = document(default_factory=dict, nullable=False)
    due_at: datetime = moment()
    created_at: datetime = created()
    read_at: datetime | None = moment(default=None, nullable=True)
    helpful: bool | None = None


class Delivery(SQLModel, table=True):
    """One channel's attempt to bring a notice to the person."""

    __table_args__ = (
        UniqueConstraint("notice_id", "channel", name="delivery_channel"),
        CheckConstraint("channel in ('inapp','email','telegram','webpush')", name="delivery_channel_known"),
        CheckConstraint("status in ('planned','sent','failed','withheld')", name="delivery_status"),
    )

    id: UUID = primary_id()
    notice_id: UUID = Field(foreign_key="notice.id", ondelete="CASCADE", index=True)
    channel: str = Field(max_length=10)
    status: str = Field(default="planned", max_length=10)
    detail: str = Field(default="", max_length=300)
    created_at: datetime = created()
    sent_at: datetime | None = moment(default=None, nullable=True)
