"""HR's table of cases: filtered, paged, as a file, and what it can be filtered by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response

from backend.deps import Hr, Session
from backend.errors import Invalid
from backend.escalation import store
from backend.escalation.schemas import (
    Counts,
    EscalationChoices,
    EscalationPage,
    EscalationRow,
    HrPerson,
    Level,
    SharedStatus,
    Unit,
    name_of,
    row_of,
)
from backend.escalation.store import Filters, Line
from backend.paging import Cursor
from backend.spreadsheet import csv_of, plain

router = APIRouter(tags=["hr"])

# An open table loads itself again with each change: one line in the access log a quarter of an hour.
REFRESHED = 15


def filters(
    hr: Hr,
    status: Annotated[list[SharedStatus] | None, Query(description="Several are allowed")] = None,
    level: Annotated[list[Level] | None, Query(description="Several are allowed")] = None,
    unit: Annotated[UUID | None, Query(description="A unit's id, see choices")] = None,
    assigned: Annotated[str | None, Query(description="me, nobody, or a colleague's id")] = None,
    overdue: Annotated[bool, Query(description="Only those past their date")] = False,
    start: Annotated[datetime | None, Query(alias="from", description="Shared at or after")] = None,
    end: Annotated[datetime | None, Query(alias="to", description="Shared before")] = None,
) -> Filters:
    """What both the page and the file can be narrowed by."""
    return Filters(
        status=status or (), level=level or (), unit=unit, overdue=overdue, start=_zoned(start), end=_zoned(end),
        assignee=_assignee(assigned, hr.id), unassigned=assigned == "nobody",
    )  # fmt: skip


Wanted = Annotated[Filters, Depends(filters)]


def _zoned(moment: datetime | None) -> datetime | None:
    """A time without zone in a query is UTC."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _assignee(assigned: str | None, me: UUID) -> UUID | None:
    if assigned in (None, "nobody"):
        return None
    try:
        return me if assigned == "me" else UUID(assigned)
    except ValueError as error:
        raise Invalid("`assigned` is me, nobody, or a colleague's id.", field="assigned") from error


@router.get("/hr/escalations")
async def list_escalations(
    hr: Hr,
    session: Session,
    wanted: Wanted,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EscalationPage:
    """Cases that people of your organisation share, newest first."""
    lines = await store.page_for_hr(session, hr, wanted, Cursor.decode(cursor), limit)
    shown, last = lines[:limit], lines[limit - 1] if len(lines) > limit else None
    subjects = [line.case.person_id for line in shown]
    await store.record_listed(session, hr, subjects, "case in the list of escalations", minutes=REFRESHED)
    counts = await store.counts_for_hr(session, hr)
    now = datetime.now(ZoneInfo(hr.timezone))
    return EscalationPage(
        items=[EscalationRow.model_validate(row_of(line, now)) for line in shown],
        next_cursor=Cursor(last.shared_at, last.case.id).encode() if last else None,
        counts=Counts.model_validate(counts),
    )


@router.get("/hr/escalations/choices")
async def read_choices(hr: Hr, session: Session) -> EscalationChoices:
    """Colleagues that a case can be given to, and units to filter by."""
    people = await store.hr_people(session, hr.organisation_id, hr.id)
    units = await store.units(session, hr.organisation_id)
    return EscalationChoices(
        colleagues=[HrPerson(id=one.id, name=name_of(one), open_cases=cases) for one, cases in people],
        units=[Unit(id=unit.id, name=unit.name) for unit in units],
    )


COLUMNS = ("hour", "number", "name", "unit", "level", "status", "assigned", "due", "report")


@router.get("/hr/escalations.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def download_escalations(hr: Hr, session: Session, wanted: Wanted) -> Response:
    """The table as a file, times in your own zone; each person in it sees that it was downloaded."""
    lines = await store.page_for_hr(session, hr, wanted, None, 10_000)
    subjects = [line.case.person_id for line in lines]
    await store.record_listed(session, hr, subjects, "case in a downloaded table")
    now = datetime.now(ZoneInfo(hr.timezone))
    return Response(
        csv_of([COLUMNS, *([plain(cell) for cell in _cells(line, now)] for line in lines)]),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="escalations.csv"'},
    )


def _cells(line: Line, now: datetime) -> list[object]:
    """Times as the page shows them: in the reader's zone."""
    row = row_of(line, now)
    assignee = row["assignee"]
    hour, due = (at and f"{at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" for at in (row["hour"], row["due_at"]))
    return [
        hour, row["number"], row["name"], row["unit"], row["level"], row["status"], assignee and assignee.name, due,
        row["report"],
    ]  # fmt: skip
