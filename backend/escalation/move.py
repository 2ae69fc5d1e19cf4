"""A case changes: opened, shared, declined, given to somebody, or moved on by HR. Each change is written down and
announced; who acts on an older version than the one that is there is told.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import Conflict, Invalid
from backend.escalation import store
from backend.escalation.policy import AFTER, LONGEST_DUE, WAITING, EscalationPolicy, may_follow
from backend.events import CaseChanged
from backend.jobs import emit
from backend.notify.plan import plan
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
    policy: EscalationPolicy,
) -> Case | None:
    """The new case, or None when the person has an open one or this was opened before."""
    now = datetime.now(UTC)
    case = Case(
        id=uuid4(), organisation_id=person.organisation_id, person_id=person.id, key=key, level=level,
        status=status, opened_by=opened_by, shared=shared, opened_at=now,
    )  # fmt: skip
    if status == "new":
        case.shared_at, case.due_at = now, policy.due("new", now)
    if not await store.open_case(session, case):
        return None
    await _write_down(session, case, "opened", person.id if opened_by == "person" else None)
    return case


async def answer(session: AsyncSession, case: Case, *, share: bool, policy: EscalationPolicy) -> None:
    """The person says yes or no to sharing exactly what the question showed."""
    if case.status != "asked":
        raise CaseMoved("This question was answered already.", case_status=case.status)
    now = datetime.now(UTC)
    if share:
        case.status, case.shared_at, case.due_at = "new", now, policy.due("new", now)
    else:
        case.status, case.shared, case.closed_at = "declined", {}, now
    await _save(session, case, "shared" if share else "declined", case.person_id)


async def expire(session: AsyncSession, case: Case) -> None:
    """Nobody answered the question: it lapses, and what would have been shared goes."""
    case.status, case.shared, case.closed_at = "declined", {}, datetime.now(UTC)
    await _save(session, case, "expired", None)


async def step(
    session: AsyncSession, case: Case, actor: Person, action: str, note: str, policy: EscalationPolicy,
    *, version: int | None = None, due_at: datetime | None = None,
) -> None:  # fmt: skip
    """HR acknowledges, contacts or resolves; of two who press at once the second is told."""
    _check(case, version)
    if not may_follow(case.status, action):
        raise _moved(case)
    now = datetime.now(UTC)
    case.status = AFTER[action]
    case.assignee_id = case.assignee_id if await store.keeper(session, case) else actor.id
    case.due_at = _chosen(due_at, now) or policy.due(case.status, now)
    if case.status == "resolved":
        case.closed_at, case.due_at = now, None
    case.reminders, case.reminded_at = 0, None
    await _save(session, case, action, actor.id, note)


async def assign(
    session: AsyncSession, case: Case, actor: Person, assignee: Person | None, note: str, *, version: int | None = None
) -> None:
    """Somebody of HR takes the case, is given it, or it goes back to everybody."""
    _check(case, version)
    if case.status not in WAITING:
        raise _moved(case)
    case.assignee_id = assignee.id if assignee else None
    await _save(session, case, "assign" if assignee else "unassign", actor.id, note)
    if assignee and assignee.id != actor.id:
        key = f"hr-case:{case.id}:v{case.version}:assigned"
        await plan(session, assignee, key, "case_assigned", {"case_id": str(case.id)})


async def annotate(
    session: AsyncSession, case: Case, actor: Person, note: str, *, version: int | None = None,
    due_at: datetime | None = None,
) -> None:  # fmt: skip
    """A note, and perhaps another date, without a step."""
    _check(case, version)
    if due_at is not None:
        if case.status not in WAITING:
            raise _moved(case)
        case.due_at, case.reminders, case.reminded_at = _chosen(due_at, datetime.now(UTC)), 0, None
    await _save(session, case, "note", actor.id, note)


async def remind(session: AsyncSession, case: Case) -> None:
    case.reminders, case.reminded_at = case.reminders + 1, datetime.now(UTC)
    session.add(case)
    await _write_down(session, case, "remind", None)


def _check(case: Case, version: int | None) -> None:
    if version is not None and version != case.version:
        raise _moved(case)


def _moved(case: Case) -> CaseMoved:
    return CaseMoved(
        f"This case is {case.status} now; load it again to see who did what.",
        case_status=case.status,
        case_version=case.version,
    )


def _chosen(due_at: datetime | None, now: datetime) -> datetime | None:
    if due_at is None:
        return None
    chosen = due_at if due_at.tzinfo else due_at.replace(tzinfo=UTC)
    if not now < chosen <= now + LONGEST_DUE:
        raise Invalid(f"Choose a date in the next {LONGEST_DUE.days} days.", field="due_at")
    return chosen


async def _save(session: AsyncSession, case: Case, action: str, actor_id: UUID | None, note: str = "") -> None:
    case.version += 1
    session.add(case)
    await _write_down(session, case, action, actor_id, note)


async def _write_down(session: AsyncSession, case: Case, action: str, actor_id: UUID | None, note: str = "") -> None:
    session.add(
        CaseEvent(
            case_id=case.id, actor_id=actor_id, action=action, status=case.status, assignee_id=case.assignee_id,
            note=note, at=datetime.now(UTC),
        )
    )  # fmt: skip
    if action in TOLD:
        await emit(session, CaseChanged(person_id=case.person_id, case_id=case.id, status=case.status))


# The person learns each state of what is shared; their own no, and what HR does among itself, is no news to anybody.
TOLD = frozenset({"opened", "shared", "acknowledge", "contact", "resolve"})
