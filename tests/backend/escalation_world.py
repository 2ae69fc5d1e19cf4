"""People with assessed days, the periodic looks, and what HR and the person then see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.resources import Resources
from backend.tables import Assessment
from tests.backend.conftest import Account
from tests.clock import today

Sessions = async_sessionmaker[AsyncSession]
Work = Callable[[], Awaitable[None]]


async def assessed(sessions: Sessions, person: Account, *levels: str) -> None:
    """One level a day, the newest today."""
    async with transaction(sessions) as session:
        for back, level in enumerate(reversed(levels)):
            session.add(
                Assessment(
                    person_id=UUID(person.id), day=today() - timedelta(days=back), level=level, sustained=True,
                    reasons=[{"code": "lasting", "component": None, "numbers": {"days": 6, "value": 9.87654, "threshold": 7.0}}],
                    numbers={}, policy_version="1",
                )
            )  # fmt: skip


async def periodic(step: Any, sessions: Sessions, resources: Resources, work: Work) -> None:
    async with transaction(sessions) as session:
        await step(session, resources)
    await work()


async def kinds(person: Account) -> list[str]:
    return [notice["kind"] for notice in (await person.http.get("/notices")).json()["items"]]


async def numbers(hr: Account, **query: Any) -> list[int]:
    answer = await hr.http.get("/hr/escalations", params=query)
    assert answer.status_code == 200, answer.text
    return [row["number"] for row in answer.json()["items"]]
