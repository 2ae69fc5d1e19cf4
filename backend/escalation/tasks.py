"""An assessment may become a case, only on the terms that the person agreed to."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.escalation.move import open_for
from backend.escalation.policy import settings_of, status_for
from backend.escalation.share import shared_document
from backend.events import RiskChanged
from backend.people.consent import sharing_choice
from backend.policy import named
from backend.resources import Resources
from backend.tables import Organisation, Person


async def consider_case(session: AsyncSession, event: RiskChanged, _: Resources) -> None:
    """Step after RiskChanged."""
    person = await session.get(Person, event.person_id)
    if person is None:
        return
    organisation = await session.get_one(Organisation, person.organisation_id)
    policy = settings_of(organisation.settings.get("escalation", {}))
    sharing = await sharing_choice(session, person.id)
    status = status_for(event.level, sharing, named(organisation.policy), policy)
    if status is not None:
        shared = await shared_document(session, person, organisation.policy, event.day, policy)
        await open_for(
            session, person, key=f"risk:{event.day}", level=event.level, status=status, opened_by="policy",
            shared=shared, policy=policy,
        )  # fmt: skip
