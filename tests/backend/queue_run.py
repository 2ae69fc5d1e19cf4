"""Running the real queue for as long as there is something to do now; what waits for later is left waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.resources import Resources
from backend.worker import build_queue

BUSY = "select count(*) from pgqueuer where status = 'picked' or (status = 'queued' and execute_after <= now())"


async def run_queue(
    dsn: str,
    sessions: async_sessionmaker[AsyncSession],
    resources: Resources,
    heartbeat: timedelta = timedelta(seconds=10),
) -> None:
    """Jobs that wait for a later attempt are pulled forward once, then everything that is due is done."""
    connection, watcher = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        await watcher.execute("update pgqueuer set execute_after = now() where status = 'queued'")
        queue = build_queue(connection, sessions, resources)
        running = asyncio.create_task(
            queue.qm.run(
                batch_size=4, max_concurrent_tasks=8, dequeue_timeout=timedelta(seconds=1), heartbeat_timeout=heartbeat
            )
        )
        async with asyncio.timeout(60):
            while await watcher.fetchval(BUSY):  # noqa: ASYNC110 - another process may be the one that works
                await asyncio.sleep(0.05)
        queue.qm.shutdown.set()
        await asyncio.wait_for(running, 10)
    finally:
        await connection.close()
        await watcher.close()
