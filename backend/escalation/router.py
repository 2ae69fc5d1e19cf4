"""Cases: the person decides what is shared and sees each state; HR acts on what was shared."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Query, Response

from backend.deps import Hr, Me, Session
from backend.errors import NotFound
from backend.escalation import move, store
from backend.escalation.policy import DEFAULT
from backend.escalation.schemas import (
    Escalation,
    EscalationPage,
    EscalationRow,
    MyCase,
    OpenCaseIn,
    SharedStatus,
    StepIn,
    history_out,
    my_case,
    row_of,
)
from backend.escalation.share import shared_document
from backend.paging import Cursor
from backend.people.access import record_look
from backend.rollup.router import today
from backend.tables import Case, Department, Organisation, Person

router = APIRouter()


@router.get("/me/cases", tags=["support"])
async def list_my_cases(me: Me, session: Session) -> list[MyCase]:
    """What you share or are asked to share with HR, with its state."""
    return [my_case(case) for case in await store.of_person(session, me.id)]


@router.post("/me/cases", status_code=201, tags=["support"])
async def open_my_case(wanted: OpenCaseIn, me: Me, session: Session) -> MyCase:
    """Ask HR for a conversation yourself. Your pressing it is the consent: your name and your words, no more unless
    you say so."""
    shared: dict[str, object] = {"person": me.display_name or me.username, "note": wanted.note}
    if wanted.include_levels:
        shared = await _document(session, me, wanted.note)
    level = str(shared.get("level", "none"))
    case = await move.open_for(
        session, me, key=f"person:{uuid4()}", level=level, status="new", opened_by="person", shared=shared
    )
    if case is None:
        raise move.CaseOpenAlready("You have an open case already; its state is in your list of cases.")
    return my_case(await _refreshed(session, case.id))


@router.get("/me/cases/{case_id}", tags=["support"])
async def read_my_case(case_id: UUID, me: Me, session: Session) -> MyCase:
    """One case; while you are asked, `shared` is the exact preview of what HR would see."""
    return my_case(await _own(session, me, case_id))


@router.post("/me/cases/{case_id}/{reply}", tags=["support"])
async def answer_share_question(case_id: UUID, reply: Literal["share", "decline"], me: Me, session: Session) -> MyCase:
    """Yes, share; or no. Nothing is shared before your yes."""
    case = await _own(session, me, case_id)
    await move.answer(session, case, share=reply == "share", shared=case.shared)
    return my_case(case)


async def _document(session: Session, me: Person, note: str) -> dict[str, object]:
    organisation = await session.get_one(Organisation, me.organisation_id)
    return await shared_document(session, me, organisation.policy, today(me), DEFAULT, note)


async def _own(session: Session, me: Person, case_id: UUID) -> Case:
    case = await store.own(session, me.id, case_id)
    if case is None:
        raise NotFound
    return case


async def _refreshed(session: Session, case_id: UUID) -> Case:
    """With the number that the database gave it."""
    return await session.get_one(Case, case_id)


@router.get("/hr/escalations", tags=["hr"])
async def list_escalations(
    hr: Hr,
    session: Session,
    status: SharedStatus | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> EscalationPage:
    """Cases that people of your organisation share, newest first."""
    rows = await store.page_for_hr(session, hr.organisation_id, status, Cursor.decode(cursor), limit)
    for case, _, _ in rows[:limit]:
        await record_look(session, case.person_id, hr, "case in the list of escalations")
    last = rows[limit - 1][0] if len(rows) > limit else None
    now = datetime.now(UTC)
    return EscalationPage(
        items=[EscalationRow.model_validate(row_of(*row, now)) for row in rows[:limit]],
        next_cursor=Cursor(last.opened_at, last.id).encode() if last else None,
    )


@router.get("/hr/escalations.csv", tags=["hr"], response_class=Response)
async def download_escalations(hr: Hr, session: Session) -> Response:
    """The table as a file: hour, number, name, unit, level, status."""
    rows = await store.page_for_hr(session, hr.organisation_id, None, None, 10_000)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["hour", "number", "name", "unit", "level", "status"])
    for case, person, department in rows:
        await record_look(session, case.person_id, hr, "case in a downloaded table")
        line = row_of(case, person, department, datetime.now(UTC))
        hour = case.opened_at.strftime("%Y-%m-%d %H:00")
        cells = [line["number"], line["name"], line["unit"], line["level"], line["status"]]
        table.writerow([hour, *(_plain(cell) for cell in cells)])
    return Response(
        out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="escalations.csv"'},
    )


def _plain(cell: object) -> str:
    """A name such as "=1+1" must not become a formula in a spreadsheet."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


@router.get("/hr/escalations/{case_id}", tags=["hr"])
async def read_escalation(case_id: UUID, hr: Hr, session: Session) -> Escalation:
    """What was shared, and what happened since. The person sees that you looked."""
    case = await store.for_hr(session, hr.organisation_id, case_id)
    if case is None:
        raise NotFound
    await record_look(session, case.person_id, hr, f"case {case.number}")
    return await _escalation(session, case)


@router.post("/hr/escalations/{case_id}/{action}", tags=["hr"])
async def move_escalation(
    case_id: UUID, action: Literal["acknowledge", "contact", "resolve"], wanted: StepIn, hr: Hr, session: Session
) -> Escalation:
    """The next step of a case, with a note; the person sees the new state."""
    case = await store.for_hr(session, hr.organisation_id, case_id, lock=True)
    if case is None:
        raise NotFound
    await move.step(session, case, hr, action, wanted.note)
    await session.flush()
    return await _escalation(session, case)


async def _escalation(session: Session, case: Case) -> Escalation:
    person = await session.get_one(Person, case.person_id)
    department = await session.get(Department, person.department_id) if person.department_id else None
    history = history_out(await store.history(session, case.id))
    row = row_of(case, person, department, datetime.now(UTC))
    return Escalation.model_validate({**row, "shared": case.shared, "history": history})
