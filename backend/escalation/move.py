"""A case changes: opened, shared, declined, or moved on by HR. Each change is written down and announced."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Conflict
from backend.escalation import store
from backend.escalation.policy import AFTER, DEFAULT, EscalationPolicy, may_follow
from backend.events import CaseChanged
from backend.jobs import emit
from backend.tables import Case, CaseEvent, Person


class CaseMoved(Conflict):
    code, title = "case_moved", "Somebody else was faster"


class CaseOpenAlready(Conflict):
    code, title = "case_open", "There is an open case already"


async def open_for(
    session: AsyncSession,
    person: Person,
    *,
    key: str,
    level: str,
    status: str,
    opened_by: str,
    shared: dict[str, Any],
    policy: EscalationPolicy = DEFAULT,
) -> Case | None:
    """The new case, or None when the person has an open one or this was opened before."""
    now = datetime.now(UTC)
    case = Case(
        id=uuid4(), organisation_id=person.organisation_id, person_id=person.id, key=key, level=level,
        status=status, opened_by=opened_by, shared=shared, opened_at=now,
    )  # fmt: skip
    if status == "new":
        case.shared_at, case.due_at = now, now + policy.answer_within
    if not await store.open_case(session, case):
        return None
    await _write_down(session, case, actor_id=person.id if opened_by == "person" else None)
    return case


async def answer(session: AsyncSession, case: Case, *, share: bool, shared: dict[str, Any]) -> None:
    """The person says yes or no to sharing."""
    if case.status != "asked":
        raise CaseMoved("This question was answered already.")
    now = datetime.now(UTC)
    case.status = "new" if share else "declined"
    if share:
        case.shared, case.shared_at, case.due_at = shared, now, now + DEFAULT.answer_within
    else:
        case.shared, case.closed_at = {}, now
    await _save(session, case, actor_id=case.person_id)


async def step(session: AsyncSession, case: Case, actor: Person, action: str, note: str) -> None:
    """HR acknowledges, contacts or resolves; of two who press at once the second is told."""
    if not may_follow(case.status, action):
        raise CaseMoved(f"This case is {case.status} now; load it again to see who did what.", case_status=case.status)
    case.status = AFTER[action]
    case.assignee_id = case.assignee_id or actor.id
    if case.status == "resolved":
        case.closed_at = datetime.now(UTC)
    await _save(session, case, actor_id=actor.id, note=note)


async def _save(session: AsyncSession, case: Case, actor_id: UUID, note: str = "") -> None:
    case.version += 1
    session.add(case)
    await _write_down(session, case, actor_id=actor_id, note=note)


async def _write_down(session: AsyncSession, case: Case, *, actor_id: UUID | None, note: str = "") -> None:
    session.add(CaseEvent(case_id=case.id, actor_id=actor_id, status=case.status, note=note, at=datetime.now(UTC)))
    await emit(session, CaseChanged(person_id=case.person_id, case_id=case.id, status=case.status))
