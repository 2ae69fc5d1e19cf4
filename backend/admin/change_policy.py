"""Another deployment policy: everybody is asked again, and what the new one closes is erased, in one transaction."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import audit
from backend.admin import store
from backend.people.store import lock_person
from backend.people.withdraw import erase_purpose, narrow_cases
from backend.policy import named
from backend.tables import Organisation, Person


async def change_policy(
    session: AsyncSession, organisation: Organisation, me: Person, policy: str
) -> tuple[int, dict[str, int]]:
    """How many people are asked again, and how many rows were erased by kind."""
    if policy == organisation.policy:
        return 0, {}
    before, organisation.policy = organisation.policy, policy
    erased: Counter[str] = Counter()
    people: dict[UUID, None] = {}
    # Again those who registered meanwhile, and at last, when hardly anybody is left to wait for, keeping out more.
    for known in (store.everybody, store.everybody, store.everybody_at_last):
        for person_id in [one for one in await known(session, organisation.id) if one not in people]:
            people[person_id] = None
            await lock_person(session, person_id)
            for purpose in sorted(named(policy).closed):
                erased.update(await erase_purpose(session, person_id, purpose))
            if not named(policy).face_derived_for_hr:
                erased.update(await narrow_cases(session, person_id, named(policy)))
    # Only now nobody can say yes under the policy before: everybody's lock is held until the commit.
    organisation.policy_since = datetime.now(UTC)
    session.add(organisation)
    found = {name: number for name, number in erased.items() if number}
    await audit.record(
        session, organisation.id, me, "policy.changed", before=before, after=policy, people=len(people), erased=found
    )
    return len(people), found
