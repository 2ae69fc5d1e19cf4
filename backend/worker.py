"""The worker process: takes jobs, runs steps, keeps the periodic work going. Started by `evenkeel worker`."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer import Job, PgQueuer
from pgqueuer.models import Schedule
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.db import make_engine, make_sessions, transaction
from backend.events import Event
from backend.flow import PERIODIC, Step, load, steps
from backend.jobs import run_step
from backend.keycheck import check_key, own_vault
from backend.resources import Resources

log = structlog.get_logger()

# Jobs picked at once: enough to keep the reading threads busy, few enough that a killed worker
# leaves little to be taken over.
BATCH = 4
# A worker killed with -9 is noticed after this long without a heartbeat.
HEARTBEAT = timedelta(seconds=10)


async def run_worker(config: Settings, dsn: str) -> None:
    """Until SIGTERM or SIGINT; reconnects when the database comes back."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    resources = Resources(config, await own_vault(config, dsn))
    engine = make_engine(dsn, pool_size=4 * BATCH)
    sessions = make_sessions(engine)
    async with transaction(sessions) as session:
        await check_key(session, resources.vault)
    warming = asyncio.get_running_loop().run_in_executor(resources.threads, _warm, resources)
    try:
        while not stop.is_set():
            await _until_the_connection_breaks(dsn, sessions, resources, stop)
    finally:
        await warming
        resources.close()
        await engine.dispose()


def _warm(resources: Resources) -> None:
    """The first photo of the day should not wait for the models."""
    resources.faces.warm()
    _ = resources.faces.sees_units


async def _until_the_connection_breaks(
    dsn: str, sessions: async_sessionmaker[AsyncSession], resources: Resources, stop: asyncio.Event
) -> None:
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        log.warning("database does not answer, trying again", error=type(error).__name__)
        await _pause(stop, 1.0)
        return
    queue = build_queue(connection, sessions, resources)
    running = asyncio.create_task(
        queue.run(
            batch_size=BATCH,
            max_concurrent_tasks=2 * BATCH,
            dequeue_timeout=timedelta(seconds=5),
            heartbeat_timeout=HEARTBEAT,
            shutdown_on_listener_failure=True,
        )
    )
    stopping = asyncio.create_task(stop.wait())
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _: lost.set())
    losing = asyncio.create_task(lost.wait())
    await asyncio.wait({running, stopping, losing}, return_when=asyncio.FIRST_COMPLETED)
    queue.shutdown.set()
    for task in (stopping, losing):
        task.cancel()
    await _finish(running, graceful=not lost.is_set())
    if not connection.is_closed():
        await connection.close(timeout=5)
    if not stop.is_set():
        log.warning("the queue's connection ended, connecting again")
        await _pause(stop, 0.5)


async def _finish(running: asyncio.Task[None], *, graceful: bool) -> None:
    """Jobs under way may end; after a lost connection they are taken over anyway."""
    if not graceful:
        running.cancel()
    done, _ = await asyncio.wait({running}, timeout=30)
    if not done:
        running.cancel()
        await asyncio.wait({running}, timeout=5)
    if running.done() and not running.cancelled() and (error := running.exception()):
        log.warning("the queue stopped", error=repr(error))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def build_queue(
    connection: asyncpg.Connection, sessions: async_sessionmaker[AsyncSession], resources: Resources
) -> PgQueuer:
    """Every step of the flow as an entrypoint; held, not deleted, when it fails for good."""
    queue = PgQueuer.from_asyncpg_connection(connection)
    for name, (step, event_type) in steps().items():
        queue.entrypoint(name, on_failure="hold", concurrency_limit=step.at_once)(
            _entrypoint(step, event_type, sessions, resources)
        )
    for path, expression in PERIODIC.items():
        queue.schedule(path.replace("backend.", "").replace(".tasks:", "."), expression)(
            _periodic(path, sessions, resources)
        )
    return queue


def _entrypoint(
    step: Step, event_type: type[Event], sessions: async_sessionmaker[AsyncSession], resources: Resources
) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        await run_step(step, event_type.decode(job.payload or b"{}"), job, sessions, resources)

    return run


def _periodic(
    path: str, sessions: async_sessionmaker[AsyncSession], resources: Resources
) -> Callable[[Schedule], Awaitable[None]]:
    async def run(schedule: Schedule) -> None:
        async with transaction(sessions) as session:
            await load(path)(session, resources)

    return run
