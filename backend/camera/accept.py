"""Letting readings in that a camera's agent scored: checked, stored and announced to the road in one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.camera import store
from backend.camera.key import Eye
from backend.camera.policy import Allowed, refusal
from backend.camera.schemas import ReadingIn
from backend.events import ReadingsAdded
from backend.jobs import emit_once
from backend.rollup.aggregate import day_key, hour_key
from backend.zones import zone_of
from ml.emotions import EXPRESSIONS, expand


@dataclass(frozen=True, slots=True)
class Outcome:
    accepted: int
    duplicates: int
    refused: list[tuple[UUID, str]]


async def accept_readings(session: AsyncSession, eye: Eye, sent: Sequence[ReadingIn]) -> Outcome:
    """All that may be kept, once, whatever the agent sends again."""
    now = datetime.now(UTC)
    people = {reading.person_id for reading in sent}
    await store.lock_people(session, people)
    allowed = await store.allowed(session, eye.organisation_id, people)
    refused: list[tuple[UUID, str]] = []
    rows: dict[UUID, store.Row] = {}
    vectors = _vectors(sent)
    for reading, vector in zip(sent, vectors, strict=True):
        code = refusal(allowed.get(reading.person_id), reading.captured_at, now)
        if code is None:
            row = _row(eye, reading, vector, allowed[reading.person_id], now)
            rows[row[0]] = row
        else:
            refused.append((reading.id, code))
    added = await store.add_readings(session, list(rows.values()))
    await announce_days(session, [rows[one] for one in added])
    return Outcome(len(added), len(sent) - len(added) - len(refused), refused)


async def announce_days(session: AsyncSession, rows: Collection[store.Row]) -> None:
    """One event for each person's day, however many readings came."""
    days: set[tuple[UUID, date]] = {(row[1], row[5]) for row in rows}
    await emit_once(session, [ReadingsAdded(person_id=person, day=day) for person, day in sorted(days)])


def _vectors(sent: Sequence[ReadingIn]) -> list[list[float]]:
    """Scaled to a sum of exactly one, and the three groups as they follow from the seven, whatever was sent."""
    if not sent:
        return []
    seven = np.array([reading.vector[: len(EXPRESSIONS)] for reading in sent], dtype=np.float64)
    vectors: list[list[float]] = expand(seven / seven.sum(axis=1, keepdims=True)).tolist()
    return vectors


def _row(eye: Eye, reading: ReadingIn, vector: list[float], known: Allowed, now: datetime) -> store.Row:
    captured_at = min(reading.captured_at.astimezone(UTC), now)
    hour, day = place(captured_at, known)
    return (
        # The camera is part of it: no camera can take an id away from another's reading.
        uuid5(eye.camera_id, reading.id.hex),
        reading.person_id,
        "camera",
        captured_at,
        hour,
        day,
        store.as_text(vector),
        reading.confidence,
        json.dumps(reading.quality),
        reading.model.name,
        reading.model.version,
    )


def place(captured_at: datetime, known: Allowed) -> tuple[datetime, date]:
    """Hour and day, as a photo has them (`reading/save.py`): what comes late stays where the person lived then."""
    hour = hour_key(captured_at, zone_of(known, captured_at))
    return hour, day_key(hour, zone_of(known, hour))
