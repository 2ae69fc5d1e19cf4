from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
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


class Mail(SQLModel, table=True):
    """A mail that somebody asked for (a password reset, a summary); its text goes when it was sent."""

    __table_args__ = (CheckConstraint("status in ('planned','sent','failed')", name="mail_status"),)

    id: UUID = primary_id()
    person_id: UUID = owner(index=True)
    to: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    text: str = Field(max_length=20_000)
    status: str = Field(default="planned", max_length=10)
    detail: str = Field(default="", max_length=300)
    created_at: datetime = created()
    sent_at: datetime | None = moment(default=None, nullable=True)


class TelegramLink(SQLModel, table=True):
    """Which private chat belongs to which account; one chat, one account."""

    __tablename__ = "telegram_link"

    person_id: UUID = owner(primary_key=True)
    chat_id: int = Field(sa_type=BigInteger, unique=True)
    linked_at: datetime = created()


class TelegramCode(SQLModel, table=True):
    """A code that the app showed and the bot waits for; only its hash is kept, and the newest one counts."""

    __tablename__ = "telegram_code"

    person_id: UUID = owner(primary_key=True)
    code_hash: str = Field(max_length=64, unique=True)
    expires_at: datetime = moment()


class PushSubscription(SQLModel, table=True):
    """A browser that agreed to be woken up."""

    __tablename__ = "push_subscription"

    id: UUID = primary_id()
    person_id: UUID = owner(index=True)
    endpoint: str = Field(max_length=1000, unique=True)
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)
    created_at: datetime = created()
