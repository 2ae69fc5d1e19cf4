"""Days that a phone hands in late, and days that a later photo turns: the newest level counts, and somebody hears of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import numpy as np
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.events import RollupUpdated
from backend.jobs import emit
from backend.tables import DayRollup
from ml.emotions import expand
from tests.backend.conftest import Account
from tests.clock import today

Sessions = async_sessionmaker[AsyncSession]
USUAL = [0.3, 0.1, 0.05, 0.03, 0.05, 0.1, 0.37]
LOW = [0.03, 0.5, 0.15, 0.05, 0.1, 0.02, 0.15]


async def hand_in(sessions: Sessions, account: Account, back: int, vector: list[float]) -> None:
    day = today() - timedelta(days=back)
    mean = list(expand(np.array(vector)))
    row = DayRollup(person_id=UUID(account.id), day=day, hours=1, readings=1, mean=mean, m2=[0.0] * 10)
    async with transaction(sessions) as session:
        await session.merge(row)
        await emit(session, RollupUpdated(person_id=UUID(account.id), day=day))


async def test_a_dip_handed_in_oldest_first_after_days_offline_is_told_once(
    ana: Account, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    for back in range(40, 14, -1):
        await hand_in(sessions, ana, back, USUAL)
    await work()
    for back in range(11, -1, -1):  # offline until today; the dip opened more than three days ago
        await hand_in(sessions, ana, back, LOW)
        await work()
    assert (await ana.http.get("/risk/current")).json()["assessment"]["level"] in ("moderate", "high")
    told = [notice["kind"] for notice in (await ana.http.get("/notices")).json()["items"]]
    assert len(told) == 1
    assert told[0].startswith("lower_")


async def test_a_day_that_its_second_photo_turns_is_told(
    ana: Account, sessions: Sessions, work: Callable[[], Awaitable[None]]
) -> None:
    """The day had an assessment already, and the new one replaces it."""
    for back in range(40, -1, -1):
        await hand_in(sessions, ana, back, LOW if back in (1, 2) else USUAL)
    await work()
    assert (await ana.http.get("/risk/current")).json()["assessment"]["level"] == "none"
    await hand_in(sessions, ana, 0, LOW)
    await work()
    assert (await ana.http.get("/risk/current")).json()["assessment"]["level"] == "moderate"
    assert [one["kind"] for one in (await ana.http.get("/notices")).json()["items"]] == ["lower_moderate"]
