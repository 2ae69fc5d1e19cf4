"""Column kinds that several table families share; used only inside `backend/tables`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DOUBLE_PRECISION, DateTime, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field


def now() -> datetime:
    return datetime.now(UTC)


def primary_id() -> Any:
    return Field(default_factory=uuid4, primary_key=True)


def moment(**kwargs: Any) -> Any:
    """A time zone aware instant, stored in UTC."""
    return Field(sa_type=DateTime(timezone=True), **kwargs)


def created() -> Any:
    return Field(
        default_factory=now,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": text("now()")},
        nullable=False,
    )


def numbers(**kwargs: Any) -> Any:
    """Exact float8[]: lists edited in place are not saved, so assign a new list."""
    return Field(sa_type=ARRAY(DOUBLE_PRECISION), **kwargs)


def document(**kwargs: Any) -> Any:
    return Field(sa_type=JSONB, **kwargs)


def owner(**kwargs: Any) -> Any:
    """The person a row is about: the row goes when the person is erased."""
    return Field(foreign_key="person.id", ondelete="CASCADE", **kwargs)


__all__ = ["UUID", "created", "document", "moment", "now", "numbers", "owner", "primary_id"]
