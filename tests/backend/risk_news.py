"""What the risk step leaves behind when a person's level changes: today's assessment, and the news of it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from backend.events import RiskChanged
from backend.jobs import emit
from backend.tables import Assessment
from tests.backend.conftest import Account


async def raised(sessions: async_sessionmaker[AsyncSession], account: Account, level: str = "moderate") -> None:
    today = datetime.now(UTC).date()
    async with transaction(sessions) as session:
        await session.merge(Assessment(person_id=UUID(account.id), day=today, level=level, policy_version="1"))
        await emit(session, RiskChanged(person_id=UUID(account.id), day=today, level=level, before="none"))
