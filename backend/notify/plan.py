"""Planning a notice: the one door for every feature that has something to tell a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import NoticeDue
from backend.jobs import emit
from backend.notify import store
from backend.notify.policy import choose_words, welcome
from backend.notify.texts import variants_of
from backend.preferences import preferences_of
from backend.tables import Person


async def plan(session: AsyncSession, person: Person, key: str, kind: str, facts: dict[str, Any]) -> UUID | None:
    """The notice, if the policy lets it come and it was not planned before."""
    now = datetime.now(UTC)
    past = await store.past(session, person.id)
    if not welcome(kind, past, preferences_of(person), now):
        return None
    variant = choose_words(kind, variants_of(kind), past, now)
    if variant is None:
        return None
    notice_id = await store.add(session, person.id, key, kind, facts, now, variant)
    if notice_id is not None:
        await emit(session, NoticeDue(person_id=person.id, notice_id=notice_id))
    return notice_id
