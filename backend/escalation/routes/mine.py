"""What a person shares, or is asked to share, with HR."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal
from uuid import UUID, uuid4

from fastapi import APIRouter

from backend.deps import Me, Session
from backend.errors import NotFound
from backend.escalation import move, store
from backend.escalation.policy import EscalationPolicy
from backend.escalation.schemas import CasePreview, MyCase, OpenCaseIn, my_case
from backend.escalation.share import presented, shared_document, words_only
from backend.rollup.router import today
from backend.tables import Case, CaseEvent, Organisation, Person

router = APIRouter(tags=["support"])


@router.get("/me/cases")
async def list_my_cases(me: Me, session: Session) -> list[MyCase]:
    """What you share or are asked to share with HR, with its state."""
    cases = await store.of_person(session, me.id)
    events = defaultdict[UUID, list[CaseEvent]](list)
    for event, _, _ in await store.history(session, [case.id for case in cases]):
        events[event.case_id].append(event)
    return [my_case(case, events[case.id], me.locale) for case in cases]


@router.post("/me/cases", status_code=201)
async def open_my_case(wanted: OpenCaseIn, me: Me, session: Session) -> MyCase:
    """Ask HR for a conversation yourself. Your pressing it is the consent: your name, your unit and your words, no more
    unless you say so."""
    shared, policy = await _document(session, me, wanted)
    case = await move.open_for(
        session, me, key=f"person:{uuid4()}", level=str(shared.get("level", "none")), status="new",
        opened_by="person", shared=shared, policy=policy,
    )  # fmt: skip
    if case is None:
        raise move.CaseOpenAlready("You have an open case already; its state is in your list of cases.")
    return await _mine(session, await session.get_one(Case, case.id), me)


@router.post("/me/cases/preview")
async def preview_my_case(wanted: OpenCaseIn, me: Me, session: Session) -> CasePreview:
    """What HR would see if you opened a case like this; nothing is kept."""
    shared, _ = await _document(session, me, wanted)
    return CasePreview(shared=presented(shared, me.locale))


@router.get("/me/cases/{case_id}")
async def read_my_case(case_id: UUID, me: Me, session: Session) -> MyCase:
    """One case; while you are asked, `shared` is the exact preview of what HR would see."""
    return await _mine(session, await _own(session, me, case_id), me)


@router.post("/me/cases/{case_id}/{reply}")
async def answer_share_question(case_id: UUID, reply: Literal["share", "decline"], me: Me, session: Session) -> MyCase:
    """Yes, share; or no. Nothing is shared before your yes."""
    case = await _own(session, me, case_id)
    await move.answer(session, case, share=reply == "share", policy=await _policy(session, me))
    await session.flush()
    return await _mine(session, case, me)


async def _document(session: Session, me: Person, wanted: OpenCaseIn) -> tuple[dict[str, object], EscalationPolicy]:
    policy = await _policy(session, me)
    if not wanted.include_levels:
        return await words_only(session, me, wanted.note), policy
    return await shared_document(session, me, today(me), policy, note=wanted.note, because="person"), policy


async def _policy(session: Session, me: Person) -> EscalationPolicy:
    organisation = await session.get_one(Organisation, me.organisation_id)
    return EscalationPolicy.from_json(organisation.settings.get("escalation", {}))


async def _own(session: Session, me: Person, case_id: UUID) -> Case:
    case = await store.own(session, me.id, case_id)
    if case is None:
        raise NotFound
    return case


async def _mine(session: Session, case: Case, me: Person) -> MyCase:
    return my_case(case, [event for event, _, _ in await store.history(session, [case.id])], me.locale)
