"""An assessment may become a case, only on the terms that the person agreed to."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.escalation import store
from backend.escalation.policy import DEFAULT, status_for
from backend.events import CaseChanged, RiskChanged
from backend.jobs import emit
from backend.people.consent import sharing_choice
from backend.resources import Resources
from backend.tables import Case, Organisation, Person


async def consider_case(session: AsyncSession, event: RiskChanged, _: Resources) -> None:
    """Step after RiskChanged."""
    person = await session.get(Person, event.person_id)
    if person is None:
        return
    organisation = await session.get_one(Organisation, person.organisation_id)
    sharing = await sharing_choice(session, person.id)
    # Where the law protects most, the policy alone opens nothing: the person may.
    status = status_for(event.level, sharing) if organisation.policy == "consented" else None
    if status is None:
        return
    now = datetime.now(UTC)
    case = Case(
        id=uuid4(),
        organisation_id=person.organisation_id,
        person_id=person.id,
        key=f"risk:{event.day}",
        level=event.level,
        status=status,
        shared={"day": str(event.day), "level": event.level},
        opened_at=now,
        shared_at=now if status == "new" else None,
        due_at=now + DEFAULT.answer_within if status == "new" else None,
    )
    if await store.open_case(session, case):
        await emit(session, CaseChanged(person_id=person.id, case_id=case.id, status=status))
