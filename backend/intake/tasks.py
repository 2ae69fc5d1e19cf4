"""Periodic tidying at the entrance of the road."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.intake import store
from backend.intake.accept import accepted
from backend.jobs import emit
from backend.resources import Resources

# A photo is read within seconds; after this its job was lost or discarded, and it gets a new one.
FORGOTTEN = timedelta(minutes=15)


async def sweep(session: AsyncSession, _: Resources) -> None:
    """Nothing that was accepted is lost: photos without a job get one; old rate windows go."""
    for snapshot in await store.orphans(session, FORGOTTEN):
        await emit(session, accepted(snapshot))
    await store.drop_old_windows(session, timedelta(hours=1))
