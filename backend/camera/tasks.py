"""From sealed frames to readings of those who opted in; the frames go in the same transaction."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.announce import announce
from backend.camera import store
from backend.camera.accept import announce_days, place
from backend.camera.frames import context_of
from backend.camera.policy import LIMITS, Allowed, refusal
from backend.camera.templates import in_force, opened
from backend.events import FramesAccepted
from backend.people.store import lock_person
from backend.policy import named
from backend.resources import Resources
from backend.tables import CameraBurst, Organisation

if TYPE_CHECKING:
    from ml.pipeline import FaceReading

Seen = dict[UUID, list["FaceReading"]]


async def read_frames(session: AsyncSession, event: FramesAccepted, resources: Resources) -> None:
    """Step after FramesAccepted. Nobody whom the camera may not know leaves a trace."""
    burst = await store.locked_burst(session, event.burst_id)
    if burst is None or burst.status != "accepted":
        return
    organisation = await _place_of(session, burst)
    if organisation is None:
        await _finish(session, burst, "rejected")
        return
    frames = [
        resources.vault.open(frame.sealed, context_of(burst.id, frame.number))
        for frame in await store.frames_of(session, burst.id)
    ]
    known = await in_force(session, organisation.id)
    templates = [opened(resources.vault, one) for one in known]
    found = await asyncio.get_running_loop().run_in_executor(resources.frames, _look, resources, frames, templates)
    seen = {known[index].person_id: readings for index, readings in found.items()}
    burst.recognised, burst.accepted = await _store(session, organisation, burst, seen)
    await _finish(session, burst, "read")


async def _place_of(session: AsyncSession, burst: CameraBurst) -> Organisation | None:
    """None when the key was revoked or the policy changed since the frames came."""
    found = await store.camera_of(session, burst.camera_id)
    if found is None or found[0].revoked_at is not None or not named(found[1].policy).cameras:
        return None
    return found[1]


def _look(resources: Resources, frames: Sequence[bytes], templates: Sequence[bytes]) -> dict[int, list[FaceReading]]:
    """By place in `templates`, whoever is in enough of the frames."""
    from ml.camera.thin import recognise

    return recognise(resources.faces, frames, templates)


async def _store(session: AsyncSession, organisation: Organisation, burst: CameraBurst, seen: Seen) -> tuple[int, int]:
    """How many were recognised, and how many readings that made. Consent is looked at again under each one's lock,
    which is not shared: two bursts of the same minutes must not both find that there is no reading yet."""
    for person in sorted(seen):
        await lock_person(session, person)
    allowed, now = await store.allowed(session, organisation.id, seen), datetime.now(UTC)
    present = {
        person: readings
        for person, readings in seen.items()
        if refusal(allowed.get(person), burst.captured_at, now) is None
    }
    scored = {person: readings for person, readings in present.items() if any(one.vector for one in readings)}
    if burst.source == "camera":
        lately = await store.read_lately(session, scored, burst.captured_at, LIMITS.apart)
        scored = {person: readings for person, readings in scored.items() if person not in lately}
    rows = [_row(burst, person, readings, allowed[person]) for person, readings in scored.items()]
    await store.add_readings(session, rows)
    await announce_days(session, rows)
    return len(present), len(rows)


def _row(burst: CameraBurst, person: UUID, readings: list[FaceReading], known: Allowed) -> store.Row:
    from ml.camera.burst import median_quality, middle

    scored = [(one, one.vector) for one in readings if one.vector is not None]
    vector = middle([vector for _, vector in scored])
    hour, day = place(burst.captured_at, known)
    return (
        uuid5(burst.id, person.hex),
        person,
        burst.source,
        burst.captured_at,
        hour,
        day,
        store.as_text(vector.values),
        max(vector.expression.values()),
        json.dumps(median_quality([one.quality for one, _ in scored])),
        scored[0][0].model.name,
        scored[0][0].model.version,
    )


async def drop_frames(session: AsyncSession, event: FramesAccepted, _: Resources) -> None:
    """When reading failed for good: no frame stays behind."""
    burst = await store.locked_burst(session, event.burst_id)
    if burst is not None and burst.status == "accepted":
        await _finish(session, burst, "rejected")


async def _finish(session: AsyncSession, burst: CameraBurst, status: str) -> None:
    burst.status = status
    session.add(burst)
    await store.drop_frames(session, burst.id)
    await announce(session, f"camera-burst:{burst.id}")


async def tidy(session: AsyncSession, _: Resources) -> None:
    """Periodic: frames whose job was lost go, and the rows that say how many were recognised."""
    for burst in await store.forgotten(session, LIMITS.forgotten):
        await _finish(session, burst, "rejected")
    await store.drop_old_bursts(session, LIMITS.keep_bursts)
