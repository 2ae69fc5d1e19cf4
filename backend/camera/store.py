"""The only SQL about cameras' readings, frames and whom they may know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.camera.policy import Allowed, unbroken_since
from backend.db import raw_connection
from backend.people.policy import Given, standing
from backend.policy import named
from backend.tables import Camera, CameraBurst, CameraFrame, FaceTemplate, Organisation, Person, Reading

# A camera that sends ten requests a second need not write ten times that it is there.
SEEN_AGAIN = timedelta(seconds=5)

# Shared among cameras; a withdrawal takes the same lock for itself: either it sees these readings or they see it.
LOCK_PEOPLE = text(
    "select pg_advisory_xact_lock_shared(hashtextextended(id::text, 0)) "
    "from (select id from unnest(cast(:ids as uuid[])) as id order by id) ordered"
)

# Every word of these people on the purpose, each one's newest first.
CONSENTS = text(
    """
    select p.id, p.timezone, p.preferences, o.policy, o.policy_since,
           c.granted, c.text_version, c.created_at, c.expires_at
    from person p
    join organisation o on o.id = p.organisation_id
    join consent c on c.person_id = p.id and c.purpose = 'office_camera'
    where p.organisation_id = :organisation and p.id = any(cast(:ids as uuid[]))
    order by p.id, c.created_at desc
    """
).columns(preferences=JSONB)

# Vectors come as text, since arrays of arrays do not unnest to rows; float8 reads back the very same numbers.
ADD = """
insert into reading
  (id, person_id, source, captured_at, hour, day, vector, confidence, quality, model_name, model_version)
select id, person_id, source, captured_at, hour, day, vector::float8[], confidence, quality::jsonb, name, version
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::date[], $7::text[],
            $8::float8[], $9::text[], $10::text[], $11::text[])
  as sent (id, person_id, source, captured_at, hour, day, vector, confidence, quality, name, version)
where not exists (select from snapshot where snapshot.id = sent.id)
order by id
on conflict (id) do nothing returning id
"""

Row = tuple[Any, ...]


async def by_key(session: AsyncSession, key_hash: str) -> tuple[Camera, Organisation] | None:
    found = await session.exec(
        select(Camera, Organisation)
        .join(Organisation, col(Organisation.id) == Camera.organisation_id)
        .where(Camera.key_hash == key_hash, col(Camera.revoked_at).is_(None))
    )
    return found.first()


async def seen(session: AsyncSession, camera_id: UUID) -> None:
    now = datetime.now(UTC)
    stale = col(Camera.last_seen_at).is_(None) | (col(Camera.last_seen_at) < now - SEEN_AGAIN)
    await session.exec(update(Camera).where(col(Camera.id) == camera_id, stale).values(last_seen_at=now))


async def note_health(session: AsyncSession, camera_id: UUID, health: dict[str, Any]) -> None:
    await session.exec(update(Camera).where(col(Camera.id) == camera_id).values(health=health))


async def lock_people(session: AsyncSession, people: Collection[UUID]) -> None:
    await session.exec(LOCK_PEOPLE, params={"ids": list(people)})  # type: ignore[call-overload]


async def allowed(session: AsyncSession, organisation_id: UUID, people: Collection[UUID]) -> dict[UUID, Allowed]:
    """Those of them whose consent to the office camera is in force now."""
    found = await session.exec(CONSENTS, params={"organisation": organisation_id, "ids": list(people)})  # type: ignore[call-overload]
    now = datetime.now(UTC)
    each = {id_: _allowed(list(rows), now) for id_, rows in groupby(found, key=attrgetter("id"))}
    return {id_: one for id_, one in each.items() if one is not None}


def _allowed(rows: Sequence[Any], now: datetime) -> Allowed | None:
    newest = rows[0]
    words = [Given(row.granted, row.text_version, row.created_at, row.expires_at) for row in rows]
    closed = not named(newest.policy).cameras
    if standing(words[0], closed=closed, policy_since=newest.policy_since, now=now) != "in_force":
        return None
    return Allowed(newest.timezone, newest.preferences, unbroken_since(words, newest.policy_since))


async def enrolled(session: AsyncSession, organisation_id: UUID) -> list[FaceTemplate]:
    """Whoever has a template, with consent or without; `allowed` decides."""
    found = await session.exec(
        select(FaceTemplate)
        .join(Person, col(Person.id) == FaceTemplate.person_id)
        .where(Person.organisation_id == organisation_id)
        .order_by(col(FaceTemplate.person_id))
    )
    return list(found)


async def add_readings(session: AsyncSession, rows: Sequence[Row]) -> set[UUID]:
    """Those that were not here before, in one statement; of one that was deleted the snapshot says that it was."""
    if not rows:
        return set()
    connection = await raw_connection(session)
    return {row["id"] for row in await connection.fetch(ADD, *map(list, zip(*rows, strict=True)))}


def as_text(vector: Sequence[float]) -> str:
    """A vector as `ADD` takes it."""
    return "{" + ",".join(map(repr, vector)) + "}"


async def read_lately(session: AsyncSession, people: Collection[UUID], moment: datetime, apart: timedelta) -> set[UUID]:
    """Who has a reading by a camera within `apart` of this moment."""
    found = await session.exec(
        select(Reading.person_id).where(
            col(Reading.person_id).in_(people),
            Reading.source == "camera",
            col(Reading.captured_at).between(moment - apart, moment + apart),
        )
    )
    return set(found)


async def add_burst(session: AsyncSession, burst: CameraBurst) -> bool:
    """False when the camera used this Idempotency-Key before."""
    added = await session.exec(
        insert(CameraBurst)
        .values(burst.model_dump())
        .on_conflict_do_nothing(constraint="camera_burst_idempotency")
        .returning(col(CameraBurst.id))
    )
    return added.first() is not None


async def burst_by_key(session: AsyncSession, camera_id: UUID, key: str) -> CameraBurst:
    found = await session.exec(
        select(CameraBurst).where(CameraBurst.camera_id == camera_id, CameraBurst.idempotency_key == key)
    )
    return found.one()


async def waiting(session: AsyncSession, camera_id: UUID) -> int:
    found = await session.exec(
        select(func.count()).where(CameraBurst.camera_id == camera_id, CameraBurst.status == "accepted")
    )
    return found.one()


async def locked_burst(session: AsyncSession, burst_id: UUID) -> CameraBurst | None:
    found = await session.exec(select(CameraBurst).where(CameraBurst.id == burst_id).with_for_update())
    return found.first()


async def camera_of(session: AsyncSession, camera_id: UUID) -> tuple[Camera, Organisation] | None:
    found = await session.exec(
        select(Camera, Organisation)
        .join(Organisation, col(Organisation.id) == Camera.organisation_id)
        .where(Camera.id == camera_id)
    )
    return found.first()


async def frames_of(session: AsyncSession, burst_id: UUID) -> list[CameraFrame]:
    found = await session.exec(
        select(CameraFrame).where(CameraFrame.burst_id == burst_id).order_by(col(CameraFrame.number))
    )
    return list(found)


async def drop_frames(session: AsyncSession, burst_id: UUID) -> None:
    await session.exec(delete(CameraFrame).where(col(CameraFrame.burst_id) == burst_id))


async def forgotten(session: AsyncSession, older: timedelta) -> list[CameraBurst]:
    found = await session.exec(
        select(CameraBurst)
        .where(CameraBurst.status == "accepted", col(CameraBurst.received_at) < datetime.now(UTC) - older)
        .with_for_update(skip_locked=True)
        .limit(1000)
    )
    return list(found)


async def drop_old_bursts(session: AsyncSession, older: timedelta) -> None:
    await session.exec(delete(CameraBurst).where(col(CameraBurst.received_at) < datetime.now(UTC) - older))
