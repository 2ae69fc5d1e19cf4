from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from backend.tables.columns import moment, numbers, owner


class HourRollup(SQLModel, table=True):
    """Mean of an hour's readings; (n, mean, m2) merge, and `day` is the person's local date at that time."""

    __tablename__ = "hour_rollup"
    __table_args__ = (CheckConstraint("readings > 0", name="hour_rollup_readings"),)

    person_id: UUID = owner(primary_key=True)
    hour: datetime = moment(primary_key=True)
    day: date
    readings: int
    mean: list[float] = numbers()
    m2: list[float] = numbers()


class DayRollup(SQLModel, table=True):
    """Mean of the day's hour means, so that a burst of photos does not dominate a day."""

    __tablename__ = "day_rollup"
    __table_args__ = (CheckConstraint("hours > 0", name="day_rollup_hours"),)

    person_id: UUID = owner(primary_key=True)
    day: date = Field(primary_key=True)
    hours: int
    readings: int
    mean: list[float] = numbers()
    m2: list[float] = numbers()
