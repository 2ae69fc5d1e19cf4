"""What the assessments say, to the person alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from backend.deps import Me, Session
from backend.risk import store
from backend.risk.schemas import NOT_A_DIAGNOSIS, AssessmentOut, CurrentRisk, assessment_out
from backend.rollup.router import EARLIEST, today

router = APIRouter(prefix="/risk", tags=["support"])


@router.get("/current")
async def read_current(me: Me, session: Session) -> CurrentRisk:
    """Your newest assessment, with its reasons."""
    row = await store.latest(session, me.id)
    return CurrentRisk(
        assessment=assessment_out(row, me.locale) if row else None,
        not_a_diagnosis=NOT_A_DIAGNOSIS.get(me.locale, NOT_A_DIAGNOSIS["en"]),
    )


@router.get("/history")
async def read_history(
    me: Me,
    session: Session,
    start: Annotated[date | None, Query(alias="from"), EARLIEST] = None,
    end: Annotated[date | None, Query(alias="to"), EARLIEST] = None,
) -> list[AssessmentOut]:
    """Your assessments between two days; by default the last 90."""
    last = end or today(me)
    rows = await store.between(session, me.id, start or last - timedelta(days=89), last)
    return [assessment_out(row, me.locale) for row in rows]
