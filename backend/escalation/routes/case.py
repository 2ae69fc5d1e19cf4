"""One case: looking at it, taking the next step, giving it to somebody, writing a note."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from backend.deps import Hr, Session
from backend.errors import Invalid, NotFound
from backend.escalation import move, store
from backend.escalation.policy import EscalationPolicy
from backend.escalation.schemas import AssignIn, Escalation, NoteIn, StepIn, history_out, row_of
from backend.escalation.share import presented
from backend.people.access import record_look
from backend.tables import Case, Organisation

router = APIRouter(prefix="/hr/escalations", tags=["hr"])


@router.get("/{case_id}")
async def read_escalation(case_id: UUID, hr: Hr, session: Session) -> Escalation:
    """What was shared, and what happened since. The person sees that you looked."""
    return await _escalation(session, await _case(session, hr, case_id), hr)


@router.post("/{case_id}/assign")
async def assign_escalation(case_id: UUID, wanted: AssignIn, hr: Hr, session: Session) -> Escalation:
    """Take a case, give it to a colleague, or give it back to everybody (`assignee_id: null`)."""
    case = await _case(session, hr, case_id, lock=True)
    assignee = None
    if wanted.assignee_id:
        assignee = await store.hr_person(session, hr.organisation_id, wanted.assignee_id)
        if assignee is None or assignee.id == case.person_id:
            raise Invalid(
                "A case can be given to people of HR only, and not to the one it is about.", field="assignee_id"
            )
    await move.assign(session, case, hr, assignee, wanted.note, version=wanted.version)
    return await _escalation(session, case, hr)


@router.post("/{case_id}/note")
async def write_note(case_id: UUID, wanted: NoteIn, hr: Hr, session: Session) -> Escalation:
    """A note without a step, perhaps with another date. The person can read it in their export."""
    case = await _case(session, hr, case_id, lock=True)
    await move.annotate(session, case, hr, wanted.note, version=wanted.version, due_at=wanted.due_at)
    return await _escalation(session, case, hr)


@router.post("/{case_id}/{action}")
async def move_escalation(
    case_id: UUID, action: Literal["acknowledge", "contact", "resolve"], wanted: StepIn, hr: Hr, session: Session
) -> Escalation:
    """The next step of a case, with a note; the person sees the new state."""
    case = await _case(session, hr, case_id, lock=True)
    organisation = await session.get_one(Organisation, hr.organisation_id)
    policy = EscalationPolicy.from_json(organisation.settings.get("escalation", {}))
    await move.step(
        session, case, hr, action, wanted.note, policy, version=wanted.version, due_at=wanted.due_at
    )  # fmt: skip
    return await _escalation(session, case, hr)


async def _case(session: Session, hr: Hr, case_id: UUID, *, lock: bool = False) -> Case:
    case = await store.for_hr(session, hr, case_id, lock=lock)
    if case is None:
        raise NotFound
    return case


async def _escalation(session: Session, case: Case, hr: Hr) -> Escalation:
    """Whichever way it was asked for: the answer shows the case, so the person sees that it was looked at."""
    await record_look(session, case.person_id, hr, f"case {case.number}")
    line = await store.line_of(session, case)
    row = row_of(line, datetime.now(ZoneInfo(hr.timezone)))
    history = history_out(await store.history(session, [case.id]), row["name"])
    return Escalation.model_validate({**row, "shared": presented(line.shared, hr.locale), "history": history})
