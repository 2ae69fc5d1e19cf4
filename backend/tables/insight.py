from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, document, owner, primary_id


class Circle(SQLModel, table=True):
    """At least five people who are counted in group figures together or not at all (docs/insights.md)."""

    __tablename__ = "insight_circle"
    __table_args__ = (
        Index("insight_circle_organisation", "organisation_id", "panel"),
        CheckConstraint("panel in ('expression','wellbeing')", name="insight_circle_panel"),
        CheckConstraint("size >= 5", name="insight_circle_floor"),
    )

    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE")
    panel: str = Field(max_length=12)
    # As many as it was formed of: a circle that lost somebody is never counted again.
    size: int
    formed_in: date
    dissolved_in: date | None = None


class CircleMember(SQLModel, table=True):
    __tablename__ = "insight_member"

    circle_id: UUID = Field(foreign_key="insight_circle.id", ondelete="CASCADE", primary_key=True)
    person_id: UUID = owner(primary_key=True, index=True)


class InsightWeek(SQLModel, table=True):
    """What was published about a week, of the organisation or of one department: written once, never changed."""

    __tablename__ = "insight_week"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id", "department_id", "week", name="insight_week_once", postgresql_nulls_not_distinct=True
        ),
    )

    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE")
    department_id: UUID | None = Field(default=None, foreign_key="department.id", ondelete="CASCADE")
    week: date
    # View → figures after protection; what they were before is stored nowhere.
    figures: dict[str, Any] = document(default_factory=dict, nullable=False)
    published_at: datetime = created()


class InsightAlert(SQLModel, table=True):
    """What HR wants to be told about published figures."""

    __tablename__ = "insight_alert"
    __table_args__ = (
        CheckConstraint("measure in ('balance','negative','high','who5')", name="insight_alert_measure"),
        CheckConstraint("weeks between 2 and 8", name="insight_alert_weeks"),
        CheckConstraint("change > 0", name="insight_alert_change"),
    )

    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE", index=True)
    department_id: UUID | None = Field(default=None, foreign_key="department.id", ondelete="CASCADE")
    actor_id: UUID | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    measure: str = Field(max_length=10)
    weeks: int
    change: float
    created_at: datetime = created()
    # The newest published week for which it was met, and the figures that it was met by.
    met_in: date | None = None
    before: dict[str, Any] | None = document(default=None, nullable=True)
    after: dict[str, Any] | None = document(default=None, nullable=True)


class InsightQuery(SQLModel, table=True):
    """Who in HR asked for which figures; HR and the works council can read it."""

    __tablename__ = "insight_query"
    __table_args__ = (Index("insight_query_time", "organisation_id", text("at desc")),)

    id: UUID = primary_id()
    organisation_id: UUID = Field(foreign_key="organisation.id", ondelete="CASCADE")
    actor_id: UUID | None = Field(default=None, foreign_key="person.id", ondelete="SET NULL")
    view: str = Field(max_length=20)
    department_id: UUID | None = Field(default=None, foreign_key="department.id", ondelete="SET NULL")
    first_week: date
    last_week: date
    file: bool = False
    at: datetime = created()
