"""Which message, and bringing it there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import CaseChanged, NoticeDue, RiskChanged
from backend.jobs import emit
from backend.notify import store
from backend.notify.policy import after_risk_change
from backend.resources import Resources
from backend.tables import Notice


async def plan_notices(session: AsyncSession, event: RiskChanged, _: Resources) -> None:
    """Step after RiskChanged."""
    planned = after_risk_change(event.day, event.level, event.before)
    if planned:
        await _plan(session, event.person_id, planned.key, planned.kind, {"day": str(event.day)})


async def tell_about_case(session: AsyncSession, event: CaseChanged, _: Resources) -> None:
    """Step after CaseChanged: the person is asked, and learns each state."""
    kind = "share_question" if event.status == "asked" else "case_status"
    facts = {"case_id": str(event.case_id), "status": event.status}
    await _plan(session, event.person_id, f"case:{event.case_id}:{event.status}", kind, facts)


async def _plan(session: AsyncSession, person_id: UUID, key: str, kind: str, facts: dict[str, Any]) -> None:
    notice_id = await store.add(session, person_id, key, kind, facts, datetime.now(UTC))
    if notice_id is not None:
        await emit(session, NoticeDue(person_id=person_id, notice_id=notice_id))


async def deliver(session: AsyncSession, event: NoticeDue, _: Resources) -> None:
    """Step after NoticeDue: inside the app a notice is delivered by being there."""
    if await session.get(Notice, event.notice_id) is not None:
        await store.delivered(session, event.notice_id, "inapp", "sent")
