"""Cases as they cross the wire: to the person they are about, and to HR."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.escalation.policy import overdue
from backend.escalation.share import presented
from backend.escalation.store import Happened, Line
from backend.tables import Case, CaseEvent, Person

Status = Literal["asked", "declined", "new", "acknowledged", "contacted", "resolved"]
SharedStatus = Literal["new", "acknowledged", "contacted", "resolved"]
Level = Literal["none", "low", "moderate", "high"]
Because = Literal["", "high", "lasting", "unanswered", "person"]
Action = Literal[
    "opened", "shared", "declined", "expired",
    "acknowledge", "contact", "resolve", "assign", "unassign", "note", "remind",
]  # fmt: skip


class CaseState(BaseModel):
    """One state that a case came to, as the person sees it."""

    status: Status
    at: datetime


class MyCase(BaseModel):
    id: UUID
    number: int
    status: Status
    opened_by: Literal["policy", "person"]
    opened_at: datetime
    shared_at: datetime | None
    due_at: datetime | None = Field(description="By when HR takes the next step")
    shared: dict[str, Any] = Field(
        description="Exactly what HR sees, or would see if you agreed: person, unit, note; and, unless the policy "
        "keeps it with you or you left it out: because, because_text; and, once your usual range is known and there "
        "are check-ins: level, days, reasons, support, action_units"
    )
    history: list[CaseState]


class OpenCaseIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"note": "I would like to talk."}})

    note: Annotated[str, Field(max_length=2000, description="In your own words, for HR")] = ""
    include_levels: bool = Field(
        default=False, description="Also share levels, reasons, support and action units of the last two weeks"
    )


class CasePreview(BaseModel):
    shared: dict[str, Any] = Field(description="Exactly what HR would see")


class Colleague(BaseModel):
    """Somebody of HR."""

    id: UUID
    name: str


class EscalationRow(BaseModel):
    """One line of the table: hour, number, name, unit, level, report; and where the case stands."""

    id: UUID
    hour: datetime = Field(description="Hour in which the case was shared")
    number: int
    name: str
    unit: str | None
    level: Level | None = Field(
        description="null where the policy keeps it with the person, or it was not shared or not known"
    )
    report: str = Field(description="Address of the report; .pdf is the same as a file")
    status: SharedStatus
    because: Because = Field(description="Which rule opened it; empty where that was not shared")
    opened_by: Literal["policy", "person"]
    opened_at: datetime = Field(description="When it was opened to HR; when the person was asked is their own")
    shared_at: datetime | None
    due_at: datetime | None = Field(description="By when the next step is to be taken")
    overdue: bool
    assignee: Colleague | None
    reminders: int = Field(description="How often HR was reminded since the last step")
    version: int = Field(description="Send it with a step: if somebody was faster the answer is 409 `case_moved`")


class Counts(BaseModel):
    """Of all cases that HR may see, whatever is filtered."""

    new: int
    acknowledged: int
    contacted: int
    resolved: int
    overdue: int


class EscalationPage(BaseModel):
    items: list[EscalationRow]
    next_cursor: str | None
    counts: Counts


class CaseEventOut(BaseModel):
    action: Action
    status: Status
    at: datetime
    actor: str | None = Field(
        description="Who did it: the person or a colleague. null: Evenkeel, where it opened or reminded; else an "
        "account that was deleted"
    )
    assignee: Colleague | None = Field(
        description="Who had the case afterwards; null for nobody, or an account that was deleted"
    )
    note: str


class Escalation(EscalationRow):
    shared: dict[str, Any]
    history: list[CaseEventOut]


class HrPerson(Colleague):
    open_cases: int


class Unit(BaseModel):
    id: UUID
    name: str


class EscalationChoices(BaseModel):
    """What can be filtered by and assigned to."""

    colleagues: list[HrPerson]
    units: list[Unit]
    levels: list[Level] = ["none", "low", "moderate", "high"]
    states: list[SharedStatus] = ["new", "acknowledged", "contacted", "resolved"]


class ChangeIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Field(max_length=2000, description="The person can read it in their export")] = ""
    version: int | None = Field(default=None, description="The `version` that you saw; 409 if the case moved since")


class StepIn(ChangeIn):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"note": "We talk on Thursday.", "version": 2}}
    )

    due_at: datetime | None = Field(default=None, description="Next step by; default: the organisation's rule")


class AssignIn(ChangeIn):
    assignee_id: UUID | None = Field(description="Somebody of HR; null gives the case back to everybody")


class NoteIn(StepIn):
    note: Annotated[str, Field(min_length=1, max_length=2000)]


class LevelDay(BaseModel):
    day: date
    level: Level | None = Field(description="null: no check-in on this day")


class SupportOffered(BaseModel):
    day: date
    kind: str
    text: str
    helpful: bool | None = Field(description="null: the person did not say")


class ActionUnitShare(BaseModel):
    unit: str
    name: str
    share: float = Field(description="Of the readings that measured action units")


class GuidancePart(BaseModel):
    title: str
    lines: list[str]


class CaseReport(EscalationRow):
    """All that was shared, in words, for preparing a conversation."""

    locale: str
    because_text: str
    note: str
    days: list[LevelDay] = Field(description="Every day of the shared weeks, oldest first; empty where not shared")
    reasons: list[str]
    support: list[SupportOffered]
    action_units: list[ActionUnitShare]
    guidance: list[GuidancePart]
    limits: str = Field(description="Empty where nothing that was read from a face is shown")
    history: list[CaseEventOut]


def name_of(person: Person) -> str:
    return person.display_name or person.username


def colleague(person: Person | None) -> Colleague | None:
    return Colleague(id=person.id, name=name_of(person)) if person else None


def my_case(case: Case, events: Iterable[CaseEvent], locale: str) -> MyCase:
    states = [event for event in events if event.action not in ("assign", "unassign", "note", "remind")]
    return MyCase.model_validate(
        {
            **case.model_dump(exclude={"shared"}),
            "shared": presented(case.shared, locale),
            "history": [{"status": event.status, "at": event.at} for event in states],
        }
    )


def row_of(line: Line, now: datetime) -> dict[str, Any]:
    """Everything about the person comes from what they shared, nothing from their account. `now` is said in the zone of
    whoever reads: an hour in India begins at half past of one in UTC."""
    case, shared = line.case, line.shared
    kept = {"id", "number", "status", "opened_by", "shared_at", "due_at", "reminders", "version"}
    return {
        **case.model_dump(include=kept),
        "opened_at": line.shared_at,
        "hour": line.shared_at.astimezone(now.tzinfo).replace(minute=0, second=0, microsecond=0),
        "name": shared.get("person", ""),
        "unit": shared.get("unit"),
        "level": shared.get("level"),
        "because": shared.get("because", ""),
        "report": f"/api/v1/hr/escalations/{case.id}/report",
        "overdue": overdue(case.status, case.due_at, now),
        "assignee": colleague(line.assignee),
    }


def history_out(events: Iterable[Happened], subject: str) -> list[CaseEventOut]:
    """HR sees what happened since it was shared; when the person was asked is the person's own."""
    return [
        CaseEventOut.model_validate(
            {
                **event.model_dump(include={"action", "status", "at", "note"}),
                "actor": _actor(event, actor, subject),
                "assignee": colleague(assignee),
            }
        )
        for event, actor, assignee in events
        if event.status not in ("asked", "declined")
    ]


def _actor(event: CaseEvent, actor: Person | None, subject: str) -> str | None:
    """The person under the name that they shared, a colleague under theirs."""
    if actor is None:
        return None
    return subject if event.action in ("opened", "shared") else name_of(actor)
