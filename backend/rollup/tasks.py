"""A reading came, changed or went: its hour and its day are computed again from what is stored.

From scratch, not by adding: the same rows come out in whatever order things happen, and however often.
"""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import RollupUpdated, SnapshotRead
from backend.jobs import emit
from backend.resources import Resources
from backend.rollup import aggregate, store


async def roll_up(session: AsyncSession, event: SnapshotRead, _: Resources) -> None:
    """Step after SnapshotRead; the person's lock is held, so hours of one day do not race."""
    vectors = await store.vectors_of_hour(session, event.person_id, event.hour)
    await store.save_hour(session, event.person_id, event.hour, event.day, aggregate.of(vectors))
    hours = await store.hours_of_day(session, event.person_id, event.day)
    day = aggregate.day_of(aggregate.Moments(h.readings, tuple(h.mean), tuple(h.m2)) for h in hours)
    await store.save_day(session, event.person_id, event.day, day)
    await emit(session, RollupUpdated(person_id=event.person_id, day=event.day))
