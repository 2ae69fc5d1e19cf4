from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, moment, owner, primary_id


class Case(SQLModel, table=True):
    """An escalation. While it is 'asked' only the person sees it; HR sees it once the person agreed to share."""

    __tablename__ = "escalation_case"
    __table_args__ = (
        UniqueConstraint("person_id", "key", name="case_key"),
        Index("case_organisation", "organisation_id", "status", text("opened_at desc")),
        Index(
            "case_one_open",
            "person_id",
            unique=True,
            postgresql_where=text("status in ('asked','new','acknowledged','contacted')"),
        ),
        CheckConstraint(
            "status in ('asked','declined','new','acknowledged','contacted','resolved')", name="case_status"
        ),
    )

    id: UUID = primary_id()
    # What HR people call the case by; the database numbers it.
    number: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), nullable=False, unique=True))
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE")
    person_id: UUID = owner()
    key: str = Field(max_length=120)
    level: str = Field(max_length=10)
    status: str = Field(default="asked", max_length=15)
    opened_by: str = Field(default="policy", max_length=10)
    # Exactly what HR may see of the person: fixed when it is shared, and previewed by the person before.
    shared: dict[str, Any] = document(default_factory=dict, nullable=False)
    assignee_id: UUID | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    opened_at: datetime = created()
    shared_at: datetime | None = moment(default=None, nullable=True)
    due_at: datetime | None = moment(default=None, nullable=True)
    closed_at: datetime | None = moment(default=None, nullable=True)
    # How often, and when last, somebody in HR was reminded since the case last moved.
    reminders: int = Field(default=0)
    reminded_at: datetime | None = moment(default=None, nullable=True)
    # Raised by each change: who acts on an older one is told.
    version: int = Field(default=1)


class CaseEvent(SQLModel, table=True):
    """What happened to a case, in order; never changed."""

    __tablename__ = "case_event"
    __table_args__ = (
        CheckConstraint(
            "action in ('opened','shared','declined','expired',"
            "'acknowledge','contact','resolve','assign','unassign','note','remind')",
            name="case_event_action",
        ),
    )

    id: UUID = primary_id()
    case_id: UUID = Field(foreign_key="escalation_case.id", ondelete="CASCADE", index=True)
    actor_id: UUID | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    action: str = Field(max_length=12)
    status: str = Field(max_length=15)
    assignee_id: UUID | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    note: str = Field(default="", max_length=2000)
    at: datetime = created()
