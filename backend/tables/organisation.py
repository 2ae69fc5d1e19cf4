from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, moment, primary_id


class Organisation(SQLModel, table=True):
    __table_args__ = (CheckConstraint("policy in ('eu-workplace','consented')", name="organisation_policy"),)

    id: UUID = primary_id()
    name: str = Field(max_length=120)
    policy: str = Field(default="consented", max_length=20)
    country: str = Field(default="", max_length=2)
    timezone: str = Field(default="UTC", max_length=64)
    settings: dict[str, Any] = document(default_factory=dict, nullable=False)
    # Consent from before this moment was given under another policy, so it is asked for again.
    policy_since: datetime = created()
    created_at: datetime = created()


class Department(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("organisation_id", "name", name="department_name"),)

    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=120)
    created_at: datetime = created()


class Invite(SQLModel, table=True):
    __table_args__ = (
        CheckConstraint("role in ('employee','hr','admin')", name="invite_role"),
        CheckConstraint("uses_left >= 0", name="invite_uses"),
    )

    code: str = Field(primary_key=True, max_length=40)
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE", index=True)
    department_id: UUID | None = Field(default=None, foreign_key="department.id", ondelete="SET NULL")
    role: str = Field(default="employee", max_length=10)
    uses_left: int = Field(default=1)
    expires_at: datetime | None = moment(default=None, nullable=True)
    created_at: datetime = created()
