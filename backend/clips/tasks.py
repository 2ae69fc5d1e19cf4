"""From the sealed clip to a reading and its timeline; the clip goes in the same transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.clips import store
from backend.events import ClipAccepted
from backend.reading.known import known_of
from backend.reading.save import reject, save, still_waiting
from backend.resources import Resources
from backend.tables import Clip, Snapshot
from ml.faces.photo import PhotoError

if TYPE_CHECKING:
    from ml.clips.watch import ClipReading

STILL_HERE = 5.0


async def read_clip(session: AsyncSession, event: ClipAccepted, resources: Resources) -> None:
    """Step after ClipAccepted. Nothing to do when it was read before, erased, or consent was withdrawn."""
    waiting = await still_waiting(session, event.snapshot_id)
    if waiting is None:
        return
    snapshot, sealed = waiting
    try:
        found = await _watch(session, snapshot, sealed, resources)
    except PhotoError as error:
        await reject(session, snapshot, error.code)
        return
    reading = await save(session, snapshot, found.reading, found.as_reading_dict()["action_units"])
    await store.add(session, Clip(reading_id=reading.id, **found.as_dict()))


async def _watch(session: AsyncSession, snapshot: Snapshot, sealed: bytes, resources: Resources) -> ClipReading:
    content = resources.vault.open(sealed, str(snapshot.id))
    known = await known_of(session, resources.vault, snapshot.person_id)

    def look() -> ClipReading:
        from ml.clips.frames import read_frames
        from ml.clips.watch import watch

        return watch(
            resources.faces,
            read_frames(content),
            template=known.face(),
            resting=known.at_rest(),
            threads=resources.config.reading_threads,
        )

    return await _awake(session, asyncio.get_running_loop().run_in_executor(resources.clips, look))


async def _awake(session: AsyncSession, work: asyncio.Future[ClipReading]) -> ClipReading:
    """Seconds pass, or minutes behind other clips: a word now and then, or the server ends an idle transaction."""
    while not (await asyncio.wait({work}, timeout=STILL_HERE))[0]:
        await session.exec(select(1))
    return work.result()
