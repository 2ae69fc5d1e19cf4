"""Whatever order things happen in, however often, and whatever is deleted: the same rows come out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np
import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.events import SnapshotRead
from backend.jobs import emit
from backend.rollup.aggregate import day_key, hour_key
from backend.tables import Assessment, DayRollup, HourRollup, Reading
from ml.emotions import expand
from tests.backend.conftest import Account

Sessions = async_sessionmaker[AsyncSession]
ZONE = "Europe/Berlin"
LAST = datetime(2026, 10, 26, 20, tzinfo=UTC)  # the clocks went back the day before


def readings_of(person: Account, random: np.random.Generator, count: int) -> list[Reading]:
    found = []
    for _ in range(count):
        moment = LAST - timedelta(minutes=int(random.integers(0, 24 * 60 * 20)))
        hour = hour_key(moment, ZONE)
        found.append(
            Reading(
                id=uuid4(), person_id=UUID(person.id), source="phone", captured_at=moment, hour=hour,
                day=day_key(hour, ZONE), vector=list(expand(random.dirichlet(np.ones(7)))), confidence=0.9,
                model_name="test", model_version="1",
            )
        )  # fmt: skip
    return found


async def tell(sessions: Sessions, readings: list[Reading]) -> None:
    async with transaction(sessions) as session:
        for reading in readings:
            await emit(session, SnapshotRead(person_id=reading.person_id, hour=reading.hour, day=reading.day))


async def rows(sessions: Sessions, person: Account) -> list[object]:
    me = UUID(person.id)
    async with sessions() as session:
        hours = await session.exec(select(HourRollup).where(HourRollup.person_id == me).order_by(col(HourRollup.hour)))
        days = await session.exec(select(DayRollup).where(DayRollup.person_id == me).order_by(col(DayRollup.day)))
        risk = await session.exec(select(Assessment).where(Assessment.person_id == me).order_by(col(Assessment.day)))
        return [
            [(h.hour, h.day, h.readings, h.mean, h.m2) for h in hours],
            [(d.day, d.hours, d.readings, d.mean, d.m2) for d in days],
            [(a.day, a.level, a.learning, a.acute, a.sustained, a.reasons, a.numbers) for a in risk],
        ]


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_twice_and_after_deleting_half(
    sign_up: Callable, sessions: Sessions, work: Callable[[], Awaitable[None]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    person: Account = await sign_up(timezone=ZONE)
    readings = readings_of(person, random, 40)
    gone = set(random.choice(40, 20, replace=False).tolist())

    async with transaction(sessions) as session:
        session.add_all([Reading(**reading.model_dump()) for reading in readings])
    await tell(sessions, [readings[at] for at in random.permutation(40)])
    await work()
    async with transaction(sessions) as session:
        await session.exec(delete(Reading).where(col(Reading.id).in_([readings[at].id for at in gone])))
    await tell(sessions, [readings[at] for at in random.permutation([*gone, *gone])])
    await work()
    after = await rows(sessions, person)

    fresh: Account = await sign_up(timezone=ZONE)
    kept = [
        Reading(**{**r.model_dump(), "person_id": UUID(fresh.id), "id": uuid4()})
        for at, r in enumerate(readings)
        if at not in gone
    ]
    async with transaction(sessions) as session:
        session.add_all([Reading(**reading.model_dump()) for reading in kept])
    await tell(sessions, kept)
    await work()
    assert after == await rows(sessions, fresh)
    assert sum(row[2] for row in after[0]) == 20  # type: ignore[index]
    assert all(isinstance(row[0], date) for row in after[1])  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/mood/days", {"to": "0001-01-01"}),
        ("/mood/days", {"from": "0001-01-10", "to": "0001-01-20"}),
        ("/mood/week", {"last": "0001-01-01"}),
        ("/mood/hours", {"day": "0001-01-01"}),
        ("/risk/history", {"to": "0001-01-01"}),
    ],
)
async def test_a_day_before_anybody_had_one_is_refused(ana: Account, path: str, given: dict[str, str]) -> None:
    """Counting back from the calendar's first days ended in a 500."""
    answer = await ana.http.get(path, params=given)
    assert answer.status_code == 422, answer.text
