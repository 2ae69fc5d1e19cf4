from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from backend.tables.columns import created, owner, primary_id


class SelfReport(SQLModel, table=True):
    __tablename__ = "self_report"
    __table_args__ = (Index("self_report_person_time", "person_id", "created_at"),)

    id: UUID = primary_id()
    person_id: UUID = owner()
    instrument: str = Field(max_length=12)
    answers: list[int] = Field(sa_type=ARRAY(Integer))
    score: int
    band: str = Field(max_length=30)
    created_at: datetime = created()
