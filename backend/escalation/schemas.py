"""Cases as they cross the wire: to the person they are about, and to HR."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.tables import Case, CaseEvent, Department, Person

Status = Literal["asked", "declined", "new", "acknowledged", "contacted", "resolved"]
SharedStatus = Literal["new", "acknowledged", "contacted", "resolved"]


class CaseEventOut(BaseModel):
    status: Status
    note: str
    at: datetime


class MyCase(BaseModel):
    id: UUID
    number: int
    status: Status
    opened_by: Literal["policy", "person"]
    opened_at: datetime
    shared_at: datetime | None
    due_at: datetime | None
    shared: dict[str, Any] = Field(description="Exactly what HR sees, or would see if you agreed")


class OpenCaseIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"note": "I would like to talk."}})

    note: Annotated[str, Field(max_length=2000, description="In your own words, for HR")] = ""
    include_levels: bool = Field(default=False, description="Also share the levels and reasons of the last two weeks")


class EscalationRow(BaseModel):
    """One line of the table: hour, number, name, unit, level, report."""

    id: UUID
    opened_at: datetime
    number: int
    name: str
    unit: str | None
    level: str | None = Field(description="null where the policy keeps it with the person")
    status: SharedStatus
    due_at: datetime | None
    overdue: bool
    assignee_id: UUID | None


class EscalationPage(BaseModel):
    items: list[EscalationRow]
    next_cursor: str | None


class Escalation(EscalationRow):
    shared: dict[str, Any]
    history: list[CaseEventOut]


class StepIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"note": "We talk on Thursday."}})

    note: Annotated[str, Field(max_length=2000)] = ""


def my_case(case: Case) -> MyCase:
    return MyCase.model_validate(case.model_dump())


def row_of(case: Case, person: Person, department: Department | None, now: datetime) -> dict[str, Any]:
    return {
        **case.model_dump(include={"id", "opened_at", "number", "status", "due_at", "assignee_id"}),
        "name": case.shared.get("person") or person.display_name or person.username,
        "unit": department.name if department else None,
        "level": case.shared.get("level"),
        "overdue": case.status == "new" and case.due_at is not None and case.due_at < now,
    }


def history_out(events: list[CaseEvent]) -> list[CaseEventOut]:
    """HR sees what happened since it was shared; who was asked when is the person's own."""
    seen = [event for event in events if event.status not in ("asked", "declined")]
    return [CaseEventOut.model_validate(event.model_dump()) for event in seen]
