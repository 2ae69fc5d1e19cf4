"""From the sealed photo to a reading; the photo goes in the same transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.announce import announce
from backend.events import SnapshotAccepted, SnapshotRead
from backend.intake import store as intake
from backend.jobs import emit
from backend.people.consent import allows
from backend.reading import store
from backend.resources import Resources
from backend.rollup.aggregate import day_key, hour_key
from backend.tables import Person, Reading, Snapshot
from ml.faces.photo import PhotoError

if TYPE_CHECKING:
    from ml.pipeline import FaceReading


async def read_snapshot(session: AsyncSession, event: SnapshotAccepted, resources: Resources) -> None:
    """Step after SnapshotAccepted. Nothing to do when it was read before, erased, or consent was withdrawn."""
    snapshot = await intake.locked(session, event.snapshot_id)
    if snapshot is None or snapshot.status != "accepted":
        return
    sealed = await store.blob_of(session, snapshot.id)
    if sealed is None or not await allows(session, snapshot.person_id, "score_photos"):
        await _reject(session, snapshot, "unreadable")
        return
    try:
        found = await _look(session, snapshot, sealed, resources)
    except PhotoError as error:
        await _reject(session, snapshot, error.code)
        return
    person = await session.get_one(Person, snapshot.person_id)
    await _store(session, person, snapshot, found)


async def _look(session: AsyncSession, snapshot: Snapshot, sealed: bytes, resources: Resources) -> FaceReading:
    photo = resources.vault.open(sealed, str(snapshot.id))
    enrolled = await store.template_of(session, snapshot.person_id)
    demographics = await allows(session, snapshot.person_id, "demographics")
    template = resources.vault.open(enrolled, f"template:{snapshot.person_id}") if enrolled else None

    def look() -> FaceReading:
        from ml.faces.identity import FaceTemplate

        known = FaceTemplate.from_bytes(template) if template else None
        return resources.faces.self_check(photo, template=known, demographics=demographics)

    return await asyncio.get_running_loop().run_in_executor(resources.threads, look)


async def _store(session: AsyncSession, person: Person, snapshot: Snapshot, found: FaceReading) -> None:
    hour = hour_key(snapshot.captured_at, person.timezone)
    reading = Reading(
        id=uuid4(),
        snapshot_id=snapshot.id,
        person_id=person.id,
        source=snapshot.source,
        captured_at=snapshot.captured_at,
        hour=hour,
        day=day_key(hour, person.timezone),
        vector=list(found.vector.values) if found.vector else None,
        confidence=found.confidence,
        abstained=found.abstained,
        quality=dict(found.quality or {}),
        age_band=found.age_band,
        gender_group=found.gender_group,
        model_name=found.model.name,
        model_version=found.model.version,
    )
    await store.add(session, reading)
    await _finish(session, snapshot, "read")
    if reading.vector is not None:
        await emit(session, SnapshotRead(person_id=person.id, hour=reading.hour, day=reading.day))


async def reject_snapshot(session: AsyncSession, event: SnapshotAccepted, _: Resources) -> None:
    """When reading failed for good: the person learns it, and no photo stays behind."""
    snapshot = await intake.locked(session, event.snapshot_id)
    if snapshot is not None and snapshot.status == "accepted":
        await _reject(session, snapshot, "unreadable")


async def _reject(session: AsyncSession, snapshot: Snapshot, code: str) -> None:
    snapshot.problem = code
    await _finish(session, snapshot, "rejected")


async def _finish(session: AsyncSession, snapshot: Snapshot, status: str) -> None:
    snapshot.status = status
    session.add(snapshot)
    await intake.drop_blob(session, snapshot.id)
    await announce(session, f"snapshot:{snapshot.id}")
