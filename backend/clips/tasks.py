"""From the sealed clip to a reading and its timeline; the clip goes in the same transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.clips import store
from backend.events import ClipAccepted
from backend.intake import store as intake
from backend.people.consent import allows
from backend.reading import store as readings
from backend.reading.known import known_of
from backend.reading.save import reject, save
from backend.resources import Resources
from backend.tables import Clip, Snapshot
from ml.faces.photo import PhotoError

if TYPE_CHECKING:
    from ml.clips.watch import ClipReading

STILL_HERE = 5.0


async def read_clip(session: AsyncSession, event: ClipAccepted, resources: Resources) -> None:
    """Step after ClipAccepted. Nothing to do when it was read before, erased, or consent was withdrawn."""
    snapshot = await intake.locked(session, event.snapshot_id)
    if snapshot is None or snapshot.status != "accepted":
        return
    sealed = await readings.blob_of(session, snapshot.id)
    if sealed is None or not await allows(session, snapshot.person_id, "score_photos"):
        await reject(session, snapshot, "unreadable")
        return
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


async def reject_clip(session: AsyncSession, event: ClipAccepted, _: Resources) -> None:
    """When reading failed for good: the person learns it, and no clip stays behind."""
    snapshot = await intake.locked(session, event.snapshot_id)
    if snapshot is not None and snapshot.status == "accepted":
        await reject(session, snapshot, "unreadable")
