"""Running the real queue for as long as there is something to do now; what waits for later is left waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.resources import Resources
from backend.worker import build_queue

# Second and third attempts of a failed step are worth waiting for; a reminder in some days is not.
SOON = timedelta(seconds=20)
BUSY = "select count(*) from pgqueuer where status = 'picked' or (status = 'queued' and execute_after <= now() + $1)"


async def run_queue(
    dsn: str,
    sessions: async_sessionmaker[AsyncSession],
    resources: Resources,
    *,
    heartbeat: timedelta = timedelta(seconds=10),
    pull_forward: bool = True,
) -> None:
    """With `pull_forward`, time passes: jobs that wait for later are done now, once; what they put off is left."""
    connection, watcher = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    try:
        if pull_forward:
            await watcher.execute("update pgqueuer set execute_after = now() where status = 'queued'")
        queue = build_queue(connection, sessions, resources)
        running = asyncio.create_task(
            queue.qm.run(
                batch_size=4, max_concurrent_tasks=8, dequeue_timeout=timedelta(seconds=1), heartbeat_timeout=heartbeat
            )
        )
        async with asyncio.timeout(90):
            while await watcher.fetchval(BUSY, timedelta(0) if pull_forward else SOON):  # noqa: ASYNC110 - others may work too
                await asyncio.sleep(0.05)
        queue.qm.shutdown.set()
        await asyncio.wait_for(running, 10)
    finally:
        await connection.close()
        await watcher.close()
