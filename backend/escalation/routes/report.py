"""The report of a case, as data for the page and as a file. Each opening is in the person's access log."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response

from backend.deps import Caller, Hr, Session, State
from backend.errors import Forbidden, NotFound
from backend.escalation import store
from backend.escalation.report import report_of
from backend.escalation.schemas import CaseReport, name_of
from backend.people.access import record_look
from backend.tables import Person

router = APIRouter(prefix="/hr/escalations", tags=["hr"])

Language = Annotated[str | None, Query(max_length=20, description="en, zh or ko; default: your own")]


@router.get("/{case_id}/report")
async def read_report(case_id: UUID, hr: Hr, session: Session, locale: Language = None) -> CaseReport:
    """What was shared, in words, with guidance for a good conversation. The person sees that you opened it."""
    return await _report(session, hr, case_id, locale, "report of case {}")


@router.get("/{case_id}/report.pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def download_report(case_id: UUID, hr: Caller, state: State, locale: Language = None) -> Response:
    """The same as a file. Setting it takes a moment of computing, for which no database connection is held."""
    if hr.role != "hr":
        raise Forbidden
    async with state.sessions() as session, session.begin():
        report = await _report(session, hr, case_id, locale, "report of case {} as a file")
    opened = datetime.now(ZoneInfo(hr.timezone))
    from backend.escalation.report_pdf import pdf_of  # late: its fonts cost each start of the API a second

    content = await asyncio.to_thread(pdf_of, report, name_of(hr), opened)
    return Response(
        content,
        media_type="application/pdf",
        headers={"content-disposition": f'inline; filename="case-{report.number}.pdf"'},
    )


async def _report(session: Session, hr: Person, case_id: UUID, locale: str | None, what: str) -> CaseReport:
    case = await store.for_hr(session, hr, case_id)
    if case is None:
        raise NotFound
    await record_look(session, case.person_id, hr, what.format(case.number))
    events = await store.history(session, [case.id])
    now = datetime.now(ZoneInfo(hr.timezone))
    return report_of(await store.line_of(session, case), events, locale or hr.locale, now)
