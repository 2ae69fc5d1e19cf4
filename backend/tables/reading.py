from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, moment, numbers, owner, primary_id

SOURCES = "source in ('phone','telegram','kiosk','camera','clip')"


class Snapshot(SQLModel, table=True):
    __table_args__ = (
        UniqueConstraint("person_id", "idempotency_key", name="snapshot_idempotency"),
        CheckConstraint(SOURCES, name="snapshot_source"),
        CheckConstraint("status in ('accepted','read','rejected')", name="snapshot_status"),
    )

    id: UUID = primary_id()
    person_id: UUID = owner(index=True)
    source: str = Field(max_length=10)
    captured_at: datetime = moment()
    received_at: datetime = created()
    status: str = Field(default="accepted", max_length=10)
    # Why a photo that was accepted could not be read after all (a stable code of the HTTP contract).
    problem: str | None = Field(default=None, max_length=40)
    idempotency_key: str = Field(max_length=200)
    # Keyed, so that a leaked database does not tell who sent a known picture.
    body_digest: str = Field(max_length=64)


class Blob(SQLModel, table=True):
    """The sealed photo or clip between acceptance and reading; gone in the transaction that stores the reading."""

    snapshot_id: UUID = Field(foreign_key="snapshot.id", ondelete="CASCADE", primary_key=True)
    sealed: bytes


class Reading(SQLModel, table=True):
    __table_args__ = (
        Index("reading_person_time", "person_id", "captured_at", "id"),
        Index("reading_person_hour", "person_id", "hour"),
        CheckConstraint(SOURCES, name="reading_source"),
        CheckConstraint("(vector is null) = (abstained is not null)", name="reading_vector_or_reason"),
        CheckConstraint("vector is null or array_length(vector, 1) = 10", name="reading_vector_length"),
    )

    id: UUID = primary_id()
    # One reading a snapshot: the unique key that makes the reading step idempotent.
    snapshot_id: UUID | None = Field(
        default=None, foreign_key="snapshot.id", ondelete="CASCADE", unique=True, nullable=True
    )
    person_id: UUID = owner()
    source: str = Field(max_length=10)
    captured_at: datetime = moment()
    # The person's local hour (its first instant) and date when it was captured: a person who moves to
    # another time zone later keeps the past as it was.
    hour: datetime = moment()
    day: date
    vector: list[float] | None = numbers(default=None, nullable=True)
    confidence: float | None = None
    abstained: str | None = Field(default=None, max_length=20)
    quality: dict[str, Any] = document(default_factory=dict, nullable=False)
    action_units: dict[str, Any] | None = document(default=None, nullable=True)
    # Both follow from what is above and are kept as they were said: weights change, a reading does not.
    subdivision: dict[str, Any] | None = document(default=None, nullable=True)
    second_opinion: dict[str, Any] | None = document(default=None, nullable=True)
    age_band: str | None = Field(default=None, max_length=10)
    gender_group: str | None = Field(default=None, max_length=10)
    model_name: str = Field(max_length=60)
    model_version: str = Field(max_length=40)
    agrees: bool | None = None
    felt: str | None = Field(default=None, max_length=10)
    created_at: datetime = created()


class Clip(SQLModel, table=True):
    """What a clip shows beside its reading: phases, what came and went, and each picture's numbers."""

    reading_id: UUID = Field(foreign_key="reading.id", ondelete="CASCADE", primary_key=True)
    seconds: float
    frames: int
    frames_read: int
    rate: float
    shows_micro: bool
    phases: list[dict[str, Any]] = document(nullable=False)
    brief: list[dict[str, Any]] = document(nullable=False)
    timeline: dict[str, Any] = document(nullable=False)
