"""Alembic's entry: runs migrations over asyncpg, one process at a time."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

from backend.tables import metadata

LOCK = 7_310_563  # any constant of ours: processes that start together migrate one after the other


def ours(name: str | None, kind: str, *_: object) -> bool:
    """The queue's tables are made by its own SQL (see versions/), not from our models."""
    return not (kind == "table" and name is not None and name.startswith("pgqueuer"))


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=False,
        include_name=lambda name, kind, _: ours(name, kind),
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()


async def main(connected: dict[str, Any]) -> None:
    engine = create_async_engine(**connected, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


asyncio.run(main(context.config.attributes["connected"]))
