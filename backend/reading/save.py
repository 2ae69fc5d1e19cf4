"""How reading begins and ends, for photos and clips alike: still waiting and allowed; then a reading or a reason.

The picture goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.announce import announce
from backend.events import SnapshotRead
from backend.intake import store as intake
from backend.jobs import emit
from backend.people.consent import allows
from backend.reading import store
from backend.rollup.aggregate import day_key, hour_key
from backend.tables import Person, Reading, Snapshot
from backend.zones import zone_of

if TYPE_CHECKING:
    from ml.pipeline import FaceReading


async def still_waiting(session: AsyncSession, snapshot_id: UUID) -> tuple[Snapshot, bytes] | None:
    """Locked, with its sealed picture. None: nothing to do, or rejected because it was erased or consent withdrawn."""
    snapshot = await intake.locked(session, snapshot_id)
    if snapshot is None or snapshot.status != "accepted":
        return None
    sealed = await store.blob_of(session, snapshot.id)
    if sealed is None or not await allows(session, snapshot.person_id, "score_photos"):
        await reject(session, snapshot, "unreadable")
        return None
    return snapshot, sealed


async def save(
    session: AsyncSession, snapshot: Snapshot, found: FaceReading, action_units: dict[str, Any] | None
) -> Reading:
    person = await session.get_one(Person, snapshot.person_id)
    hour = hour_key(snapshot.captured_at, zone_of(person, snapshot.captured_at))
    reading = Reading(
        id=uuid4(),
        snapshot_id=snapshot.id,
        person_id=person.id,
        source=snapshot.source,
        captured_at=snapshot.captured_at,
        hour=hour,
        # By the zone at the hour's start: two photos of an hour in which the person moved belong to one day.
        day=day_key(hour, zone_of(person, hour)),
        vector=list(found.vector.values) if found.vector else None,
        confidence=found.confidence,
        abstained=found.abstained,
        quality=dict(found.quality or {}),
        action_units=action_units,
        subdivision=found.subdivision,
        second_opinion=found.second_opinion,
        age_band=found.age_band,
        gender_group=found.gender_group,
        model_name=found.model.name,
        model_version=found.model.version,
    )
    await store.add(session, reading)
    await _finish(session, snapshot, "read")
    if reading.vector is not None:
        await emit(session, SnapshotRead(person_id=person.id, hour=reading.hour, day=reading.day))
    return reading


async def reject(session: AsyncSession, snapshot: Snapshot, code: str) -> None:
    snapshot.problem = code
    await _finish(session, snapshot, "rejected")


async def _finish(session: AsyncSession, snapshot: Snapshot, status: str) -> None:
    snapshot.status = status
    session.add(snapshot)
    await intake.drop_blob(session, snapshot.id)
    await announce(session, f"snapshot:{snapshot.id}")
