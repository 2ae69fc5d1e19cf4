from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, owner, primary_id


class AccessLog(SQLModel, table=True):
    """Each look at a person's data by somebody else; the person can read it."""

    __tablename__ = "access_log"
    __table_args__ = (Index("access_log_subject", "subject_id", text("at desc")),)

    id: UUID = primary_id()
    subject_id: UUID = owner()
    actor_id: UUID | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    actor_role: str = Field(max_length=10)
    what: str = Field(max_length=80)
    why: str = Field(default="", max_length=300)
    at: datetime = created()


class AuditEntry(SQLModel, table=True):
    """Administrative acts in a hash chain: each entry's digest covers the one before."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(always=True),))
    organisation_id: UUID | None = Field(default=None, foreign_key="organisation.id", ondelete="SET NULL")
    actor: str = Field(default="", max_length=60)
    action: str = Field(max_length=60)
    details: dict[str, Any] = document(default_factory=dict, nullable=False)
    at: datetime = created()
    digest: str = Field(max_length=64)
