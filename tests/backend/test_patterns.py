"""A person's own patterns over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.tables import DayRollup, HourRollup
from ml.emotions import expand
from tests.backend.conftest import Account

CALM = list(expand([0.5, 0.05, 0.05, 0.02, 0.03, 0.05, 0.3]))
LOW = list(expand([0.1, 0.5, 0.1, 0.05, 0.1, 0.05, 0.1]))


async def test_the_hour_that_tends_to_be_lower_is_found(
    ana: Account, sessions: async_sessionmaker[AsyncSession]
) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    async with transaction(sessions) as session:
        for back in range(14):
            day = today - timedelta(days=back)
            for hour, mean in ((9, CALM), (10, LOW), (15, CALM)):
                session.add(
                    HourRollup(
                        person_id=UUID(ana.id),
                        hour=day + timedelta(hours=hour),
                        day=day.date(),
                        readings=1,
                        mean=mean,
                        m2=[0.0] * 10,
                    )
                )
            session.add(
                DayRollup(
                    person_id=UUID(ana.id),
                    day=day.date(),
                    hours=3,
                    readings=3,
                    mean=LOW if back < 7 else CALM,
                    m2=[0.0] * 10,
                )
            )
    found = (await ana.http.get("/mood/patterns")).json()
    assert found["by_hour"]["peak"] == 10
    assert found["by_hour"]["count"][10] == 14
    assert found["by_hour"]["mean"][3] is None
    assert found["by_weekday"]["count"] == [2] * 7
    assert found["by_weekday"]["mean"] == [None] * 7, "two Mondays are an anecdote"
    sad = next(change for change in found["since_last_week"] if change["component"] == "sad")
    assert sad["now"] > sad["before"]
    assert sad["notable"]


async def test_without_data_nothing_is_claimed(ana: Account) -> None:
    found = (await ana.http.get("/mood/patterns")).json()
    assert found["by_hour"]["peak"] is None
    assert found["since_last_week"] is None
