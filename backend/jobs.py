"""Events become jobs in the writer's transaction, and jobs become steps in a transaction of their own.

At least once: a step may run again after a crash, so each is idempotent by a unique key of what it writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from pgqueuer import AsyncpgDriver, Job, Queries, RetryRequested
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import raw_connection, transaction
from backend.errors import PermanentError
from backend.events import Event, PersonEvent
from backend.flow import FLOW, Step, load
from backend.resources import Resources

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    # 1 s, 2 s, 4 s … five minutes at most: about two hours of trying before a person has to look.
    first_delay: timedelta = timedelta(seconds=1)
    longest_delay: timedelta = timedelta(minutes=5)
    attempts: int = 30
    # A job that kills its worker leaves no error behind, only one more time that it was picked up.
    kills: int = 3

    def delay(self, attempts: int) -> timedelta:
        return min(self.first_delay * (1 << min(attempts, 20)), self.longest_delay)

    def worth_another(self, error: Exception, attempts: int) -> bool:
        """Our own code's mistakes are tried a few times (a deploy may have fixed them), outages for hours."""
        if isinstance(error, PermanentError):
            return False
        transient = isinstance(error, OSError | TimeoutError) or type(error).__name__ in TRANSIENT
        return attempts < (self.attempts if transient else 4)


# What passes without us, by name: naming it here keeps mail and bot libraries out of the queue.
TRANSIENT: Final = frozenset(
    {
        "RetryLater", "InterfaceError", "OperationalError", "DBAPIError", "NetworkError", "TimedOut", "TimeoutError",
        "KeyMissing",
    }
)  # fmt: skip


async def emit(session: AsyncSession, event: Event, *, delay: timedelta | None = None, priority: int = 0) -> None:
    """Called by whoever wrote what the event says, in the same transaction. The highest priority is taken first."""
    following = FLOW[type(event)]
    queries = Queries(AsyncpgDriver(await raw_connection(session)))
    count = len(following)
    await queries.enqueue(
        [step.name for step in following],
        [event.encode()] * count,
        [priority] * count,
        [delay] * count,
        on_conflict="skip",
    )


# A job that is still queued will see what this transaction writes, as long as no worker picks it before the commit:
# the row lock sees to that, since workers skip locked rows.
QUEUED = """
select payload from pgqueuer where status = 'queued' and entrypoint = $1 and payload = any($2::bytea[])
for update skip locked
"""


async def emit_once(session: AsyncSession, events: Collection[Event]) -> None:
    """Many events of one kind at once; one that waits in the queue already is not queued again."""
    connection = await raw_connection(session)
    for step in FLOW[type(next(iter(events)))] if events else ():
        payloads = {event.encode() for event in events}
        payloads -= {row["payload"] for row in await connection.fetch(QUEUED, step.name, list(payloads))}
        count = len(payloads)
        if count:
            queries = Queries(AsyncpgDriver(connection))
            await queries.enqueue([step.name] * count, list(payloads), [0] * count)


async def run_step(
    step: Step, event: Event, job: Job, sessions: async_sessionmaker[AsyncSession], resources: Resources
) -> None:
    """One job: its person's lock, the step, its events, all in one transaction."""
    try:
        async with transaction(sessions) as session:
            if await times_picked(session, job) > job.attempts + RETRIES.kills:
                raise PermanentError("this job ended its worker several times")
            if step.serial and isinstance(event, PersonEvent):
                await lock_person(session, event)
            await load(step.run)(session, event, resources)
    except Exception as error:
        await _failed(step, event, job, sessions, resources, error)


async def _failed(
    step: Step,
    event: Event,
    job: Job,
    sessions: async_sessionmaker[AsyncSession],
    resources: Resources,
    error: Exception,
) -> None:
    """Either a later attempt or, for good, what the step does when it gives up; the job is then held."""
    again = RETRIES.worth_another(error, job.attempts)
    # Where our own code broke, not what it held: a traceback has no local variables in it.
    log.warning("step failed", step=step.name, attempts=job.attempts, again=again, exc_info=error)
    if again:
        raise RetryRequested(delay=RETRIES.delay(job.attempts), reason=type(error).__name__) from error
    if step.give_up is not None:
        async with transaction(sessions) as session:
            await load(step.give_up)(session, event, resources)
    raise error


async def lock_person(session: AsyncSession, event: PersonEvent) -> None:
    """Held until the transaction ends, across all workers."""
    await session.exec(  # type: ignore[call-overload]
        text("select pg_advisory_xact_lock(hashtextextended(:key, 0))"), params={"key": str(event.person_id)}
    )


async def times_picked(session: AsyncSession, job: Job) -> int:
    """Since it was last queued: a person who retries a held job gives it a fresh start."""
    counted = await session.exec(  # type: ignore[call-overload]
        text(
            "select count(*) from pgqueuer_log where job_id = :id and status = 'picked' and id > coalesce("
            "(select max(id) from pgqueuer_log where job_id = :id and status = 'queued'), 0)"
        ),
        params={"id": job.id},
    )
    return int(counted.scalar_one())


RETRIES: Final = RetryPolicy()
