"""What one API process holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.announce import Announcements
from backend.config import Settings
from backend.vault import Vault


@dataclass(frozen=True)
class AppState:
    config: Settings
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    vault: Vault
    announcements: Announcements
