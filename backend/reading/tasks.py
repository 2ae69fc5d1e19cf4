"""From the sealed photo to a reading; the photo goes in the same transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.events import ClipAccepted, SnapshotAccepted
from backend.intake import store as intake
from backend.people.consent import allows
from backend.reading.known import known_of
from backend.reading.save import reject, save, still_waiting
from backend.resources import Resources
from backend.tables import Snapshot
from ml.faces.photo import PhotoError

if TYPE_CHECKING:
    from ml.pipeline import FaceReading


async def read_snapshot(session: AsyncSession, event: SnapshotAccepted, resources: Resources) -> None:
    """Step after SnapshotAccepted. Nothing to do when it was read before, erased, or consent was withdrawn."""
    waiting = await still_waiting(session, event.snapshot_id)
    if waiting is None:
        return
    snapshot, sealed = waiting
    try:
        found, units = await _look(session, snapshot, sealed, resources)
    except PhotoError as error:
        await reject(session, snapshot, error.code)
        return
    await save(session, snapshot, found, units)


async def _look(
    session: AsyncSession, snapshot: Snapshot, sealed: bytes, resources: Resources
) -> tuple[FaceReading, dict[str, Any] | None]:
    photo = resources.vault.open(sealed, str(snapshot.id))
    known = await known_of(session, resources.vault, snapshot.person_id)
    demographics = await allows(session, snapshot.person_id, "demographics")

    def look() -> tuple[FaceReading, dict[str, Any] | None]:
        from ml.units.answer import answer

        faces = resources.faces
        found = faces.self_check(
            photo, template=known.face(), demographics=demographics, units=True, resting=known.at_rest()
        )
        return found, answer(found.units, scored=found.vector is not None, installed=faces.sees_units)

    return await asyncio.get_running_loop().run_in_executor(resources.threads, look)


async def reject_snapshot(session: AsyncSession, event: SnapshotAccepted | ClipAccepted, _: Resources) -> None:
    """When reading failed for good: the person learns it, and no photo or clip stays behind."""
    snapshot = await intake.locked(session, event.snapshot_id)
    if snapshot is not None and snapshot.status == "accepted":
        await reject(session, snapshot, "unreadable")
