"""A reading came, changed or went: its hour and its day are computed again from what is stored.

From scratch, not by adding: the same rows come out in whatever order things happen, and however often.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import ReadingsAdded, RollupUpdated, SnapshotRead
from backend.jobs import emit
from backend.resources import Resources
from backend.rollup import aggregate, store


async def roll_up(session: AsyncSession, event: SnapshotRead, _: Resources) -> None:
    """Step after SnapshotRead; the person's lock is held, so hours of one day do not race."""
    vectors = await store.vectors_of_hour(session, event.person_id, event.hour)
    await store.save_hour(session, event.person_id, event.hour, event.day, aggregate.of(vectors))
    await _roll_up_day(session, event.person_id, event.day)


async def roll_up_day(session: AsyncSession, event: ReadingsAdded, _: Resources) -> None:
    """Step after ReadingsAdded: every hour of the day that has readings, then the day, and one RollupUpdated."""
    for hour, vectors in (await store.vectors_of_day(session, event.person_id, event.day)).items():
        await store.save_hour(session, event.person_id, hour, event.day, aggregate.of(vectors))
    await _roll_up_day(session, event.person_id, event.day)


async def _roll_up_day(session: AsyncSession, person_id: UUID, day: date) -> None:
    hours = await store.hours_of_day(session, person_id, day)
    whole = aggregate.day_of(aggregate.Moments(h.readings, tuple(h.mean), tuple(h.m2)) for h in hours)
    await store.save_day(session, person_id, day, whole)
    await emit(session, RollupUpdated(person_id=person_id, day=day))
