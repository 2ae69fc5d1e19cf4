"""Somebody who moves: the past stays where it was lived, also for photos that come late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.reading.save import save
from backend.tables import Person, Snapshot
from backend.zones import move
from ml.emotions import EmotionVector
from ml.faces.reading import FaceReading, ModelId
from tests.backend.conftest import Account

Sessions = async_sessionmaker[AsyncSession]
MOVED = datetime(2026, 5, 12, 3, 25, tzinfo=UTC)


async def taken(sessions: Sessions, account: Account, at: datetime, probabilities: np.ndarray) -> None:
    """A photo that was read: what the reading step stores and says."""
    async with transaction(sessions) as session:
        snapshot = Snapshot(
            id=uuid4(), person_id=UUID(account.id), source="phone", captured_at=at, idempotency_key=uuid4().hex,
            body_digest="-",
        )  # fmt: skip
        session.add(snapshot)
        await session.flush()
        vector = EmotionVector.from_probabilities(probabilities)
        await save(session, snapshot, FaceReading(model=ModelId("test", "1"), vector=vector, confidence=0.9), None)


def expected(photos: list[tuple[datetime, np.ndarray]], old: str, new: str) -> dict[date, tuple[int, np.ndarray]]:
    """By the definition: hours of the place where the photo was taken, a day is the mean of its hours."""
    hours: dict[datetime, list[np.ndarray]] = defaultdict(list)
    for at, seven in photos:
        local = at.astimezone(ZoneInfo(old if at < MOVED else new))
        hours[at - timedelta(minutes=local.minute, seconds=local.second)].append(seven)
    days: dict[date, list[np.ndarray]] = defaultdict(list)
    for start, parts in hours.items():
        days[start.astimezone(ZoneInfo(old if start < MOVED else new)).date()].append(np.mean(parts, axis=0))
    return {day: (len(means), np.mean(means, axis=0)) for day, means in days.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [("Asia/Seoul", "America/Los_Angeles"), ("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("UTC", "Asia/Kathmandu")],
)
async def test_days_are_those_of_the_place_where_the_photo_was_taken(
    sign_up: Any, sessions: Sessions, work: Callable[[], Awaitable[None]], old: str, new: str
) -> None:
    account: Account = await sign_up(timezone=old)
    random = np.random.default_rng(2)
    photos = [
        (MOVED + timedelta(minutes=int(m)), random.dirichlet(np.ones(7))) for m in random.integers(-4000, 4000, 24)
    ]
    photos += [(MOVED + timedelta(minutes=m), random.dirichlet(np.ones(7))) for m in (-20, -1, 0, 1, 20)]
    early = [photo for photo in photos if photo[0] < MOVED][::2]
    for photo in early:
        await taken(sessions, account, *photo)
    async with transaction(sessions) as session:
        move(await session.get_one(Person, UUID(account.id)), new, MOVED)
    for at in random.permutation(len(photos)):  # the others come late, in any order
        if not any(photos[at] is photo for photo in early):
            await taken(sessions, account, *photos[at])
    await work()
    wanted = expected(photos, old, new)
    found = (await account.http.get("/mood/days", params={"from": "2026-05-01", "to": "2026-05-31"})).json()["days"]
    assert {date.fromisoformat(day["day"]) for day in found} == set(wanted)
    for day in found:
        count, mean = wanted[date.fromisoformat(day["day"])]
        assert day["hours"] == count
        assert day["vector"][:7] == pytest.approx(mean, abs=1e-12)


async def test_the_profile_remembers_the_move_and_hours_are_shown_as_the_clock_had_them(
    sign_up: Any, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    account: Account = await sign_up(timezone="Asia/Seoul")
    now = datetime.now(UTC)
    at = (now - timedelta(days=3)).astimezone(ZoneInfo("Asia/Seoul")).replace(hour=10, minute=5)
    moved = await account.http.patch("/me", json={"timezone": "America/New_York"})
    assert moved.json()["timezone"] == "America/New_York"
    for back in range(3):
        await taken(sessions, account, at.astimezone(UTC) - timedelta(days=back), np.full(7, 1 / 7))
    await work()
    day = (await account.http.get("/mood/hours", params={"day": str(at.date())})).json()
    assert day["timezone"] == "Asia/Seoul"
    assert [hour["clock"] for hour in day["hours"]] == [10]
    assert (await account.http.get("/mood/patterns")).json()["by_hour"]["count"][10] == 3


async def test_on_the_day_of_a_move_each_hour_is_shown_by_its_own_clock(
    sign_up: Any, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    account: Account = await sign_up(timezone="Asia/Seoul")
    left = (datetime.now(UTC) - timedelta(days=3)).astimezone(ZoneInfo("Asia/Seoul")).replace(hour=18, minute=0)
    async with transaction(sessions) as session:
        person = await session.get_one(Person, UUID(account.id))
        move(person, "Europe/Berlin", left)
    landed = left.astimezone(ZoneInfo("Europe/Berlin"))
    for at in (left - timedelta(hours=1), landed + timedelta(hours=2)):
        await taken(sessions, account, at.astimezone(UTC), np.full(7, 1 / 7))
    await work()
    day = (await account.http.get("/mood/hours", params={"day": str(left.date())})).json()
    assert [hour["clock"] for hour in day["hours"]] == [17, landed.hour + 2]
