"""Letting a photo or a clip in: checked, sealed, stored and announced to the road in one transaction.

Called by the phone's routes and by Telegram.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.errors import IdempotencyKeyReused
from backend.events import ClipAccepted, PersonEvent, SnapshotAccepted
from backend.intake import store
from backend.intake.policy import capture_time, checked_key
from backend.jobs import emit
from backend.people.consent import need
from backend.tables import Blob, Person, Snapshot
from backend.vault import Vault


@dataclass(frozen=True)
class Photo:
    """A photo or clip whose header was looked at (`ml.faces.photo`, `ml.clips.container`) and found readable."""

    content: bytes
    source: str
    captured_at: datetime | None = None
    key: str | None = None


async def accept(session: AsyncSession, vault: Vault, person: Person, photo: Photo) -> Snapshot:
    """The new snapshot, or the one that this Idempotency-Key made before."""
    await need(
        session,
        person.id,
        "score_photos",
        "Allow “read my photos” in your consents first; this photo was not kept.",
    )
    now = datetime.now(UTC)
    snapshot = Snapshot(
        id=uuid4(),
        person_id=person.id,
        source=photo.source,
        captured_at=capture_time(photo.captured_at, person.timezone, now),
        received_at=now,
        idempotency_key=checked_key(photo.key) or f"auto-{uuid4()}",
        body_digest=vault.digest(photo.content + str(photo.captured_at).encode(), "body"),
    )
    if not await store.add_snapshot(session, snapshot):
        return await _replayed(session, snapshot)
    session.add(Blob(snapshot_id=snapshot.id, sealed=vault.seal(photo.content, str(snapshot.id))))
    await emit(session, accepted(snapshot))
    return snapshot


def accepted(snapshot: Snapshot) -> PersonEvent:
    """What follows: clips take the same road by another step. Also called by the sweep, for what lost its job."""
    event = ClipAccepted if snapshot.source == "clip" else SnapshotAccepted
    return event(person_id=snapshot.person_id, snapshot_id=snapshot.id)


async def _replayed(session: AsyncSession, snapshot: Snapshot) -> Snapshot:
    before = await store.by_key(session, snapshot.person_id, snapshot.idempotency_key)
    if before is None or before.body_digest != snapshot.body_digest:
        raise IdempotencyKeyReused("This Idempotency-Key came with another photo before. Use a new key for each photo.")
    return before
