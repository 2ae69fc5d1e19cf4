from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, moment, primary_id


class Camera(SQLModel, table=True):
    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=80)
    place: str = Field(default="", max_length=120)
    # A tablet on a wall, or a thin device: its key opens no face templates.
    frames_only: bool = False
    key_hash: str = Field(max_length=64, unique=True)
    health: dict[str, Any] = document(default_factory=dict, nullable=False)
    last_seen_at: datetime | None = moment(default=None, nullable=True)
    revoked_at: datetime | None = moment(default=None, nullable=True)
    created_at: datetime = created()


class CameraBurst(SQLModel, table=True):
    """Frames that a camera or a kiosk sent, and how many people were recognised; nobody's name. Gone after an hour."""

    __tablename__ = "camera_burst"
    __table_args__ = (
        UniqueConstraint("camera_id", "idempotency_key", name="camera_burst_idempotency"),
        CheckConstraint("source in ('camera','kiosk')", name="camera_burst_source"),
        CheckConstraint("status in ('accepted','read','rejected')", name="camera_burst_status"),
    )

    id: UUID = primary_id()
    camera_id: UUID = Field(foreign_key="camera.id", ondelete="CASCADE", index=True)
    source: str = Field(max_length=10)
    captured_at: datetime = moment()
    received_at: datetime = created()
    status: str = Field(default="accepted", max_length=10)
    recognised: int | None = None
    accepted: int | None = None
    idempotency_key: str = Field(max_length=200)
    body_digest: str = Field(max_length=64)


class CameraFrame(SQLModel, table=True):
    """Sealed; gone in the transaction that reads it."""

    __tablename__ = "camera_frame"

    burst_id: UUID = Field(foreign_key="camera_burst.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    sealed: bytes
