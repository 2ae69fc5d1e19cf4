"""All processes of one database must hold the same master key; a process with another one says so at start."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.db import connection_to
from backend.errors import SetupError
from backend.tables import KeyCheck
from backend.vault import Vault, known_vault, load_vault


async def check_key(session: AsyncSession, vault: Vault) -> None:
    known = (await session.exec(select(KeyCheck.fingerprint))).all()
    if not known:
        await session.exec(insert(KeyCheck).values(fingerprint=vault.fingerprint).on_conflict_do_nothing())
        return
    if vault.fingerprint not in known:
        raise stranger()


async def own_vault(config: Settings, dsn: str) -> Vault:
    """Before a process starts: its keys. Made only for a database that nothing was sealed in yet; after a restore, or
    beside a shared database, a fresh key would open nothing and be taken for the right one."""
    async with connection_to(dsn) as connection:
        known = [row["fingerprint"] for row in await connection.fetch("select fingerprint from key_check")]
    if not known:
        return load_vault(config)
    vault = known_vault(config)
    if vault.fingerprint not in known:
        raise stranger()
    return vault


async def check_any_key(session: AsyncSession, vault: Vault) -> None:
    """For a rotation, whose newest key nobody else has yet."""
    known = (await session.exec(select(KeyCheck.fingerprint))).all()
    if known and not {Vault((master,)).fingerprint for master in vault.masters} & set(known):
        raise stranger()


def stranger() -> SetupError:
    return SetupError(
        "This process has another master key than the rest of the installation, so it could not open the "
        "photos and face templates. Set EVENKEEL_SECRET_KEY to the key of the first process "
        "(`evenkeel keys show` prints it there); after a restore, to the key that you kept."
    )
