"""What happens to jobs that fail: tried again, held for a person to look at, never lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pgqueuer import AsyncpgDriver, Queries
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import jobs
from backend.db import raw_connection, transaction
from backend.errors import PermanentError, RetryLater
from backend.events import DeliveryDue, LetterDue, MailRequested, NoticeDue
from backend.flow import FLOW, steps
from backend.jobs import RetryPolicy, emit
from backend.vault import KeyMissing
from backend.worker import BATCH
from tests.backend.conftest import Account

Sessions = async_sessionmaker[AsyncSession]
Work = Callable[[], Awaitable[None]]


def test_pauses_grow_and_end_at_five_minutes() -> None:
    policy = RetryPolicy()
    pauses = [policy.delay(attempts) for attempts in range(40)]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (PermanentError(), 0),
        (ValueError(), 4),
        (RetryLater(), 30),
        (ConnectionError(), 30),
        (TimeoutError(), 30),
        (KeyMissing(), 30),
    ],
)
def test_outages_are_waited_for_mistakes_are_not(error: Exception, tries: int) -> None:
    policy = RetryPolicy()
    assert sum(policy.worth_another(error, attempts) for attempts in range(100)) == tries


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RETRIES", RetryPolicy(first_delay=timedelta(0)))


async def held(sessions: Sessions, needle: str) -> list[tuple[str, int]]:
    async with sessions() as session:
        rows = await session.exec(  # type: ignore[call-overload]
            text(
                "select entrypoint, attempts from pgqueuer where status = 'failed' "
                "and convert_from(payload, 'UTF8') like :needle"
            ),
            params={"needle": f"%{needle}%"},
        )
        return [(row[0], row[1]) for row in rows]


async def test_a_photo_that_can_never_be_read_is_given_up_with_a_reason(
    ana: Account, work: Work, sessions: Sessions, face: bytes, impatient: None
) -> None:
    sent = (await ana.photo(face)).json()["id"]
    async with transaction(sessions) as session:
        await session.exec(  # type: ignore[call-overload]
            text("update blob set sealed = sealed || decode('00', 'hex') where snapshot_id = :id"), params={"id": sent}
        )
    await work()
    seen = (await ana.http.get(f"/snapshots/{sent}")).json()
    assert (seen["status"], seen["problem"]["code"]) == ("rejected", "unreadable")
    assert await held(sessions, sent) == [("reading.read_snapshot", 4)]
    async with sessions() as session:
        left = await session.exec(text("select count(*) from blob where snapshot_id = :id"), params={"id": sent})  # type: ignore[call-overload]
        assert left.scalar_one() == 0


async def test_a_job_that_kills_its_worker_is_held(ana: Account, work: Work, sessions: Sessions) -> None:
    notice = uuid4()
    async with transaction(sessions) as session:
        await emit(session, NoticeDue(person_id=UUID(ana.id), notice_id=notice))
    async with transaction(sessions) as session:
        # What three workers that died with this job leave behind: it was picked, and nothing else.
        await session.exec(  # type: ignore[call-overload]
            text(
                "insert into pgqueuer_log (job_id, status, priority, entrypoint) "
                "select id, 'picked', 0, entrypoint from pgqueuer, generate_series(1, 3) "
                "where convert_from(payload, 'UTF8') like :needle"
            ),
            params={"needle": f"%{notice}%"},
        )
    await work()
    assert len(await held(sessions, str(notice))) == 1
    async with transaction(sessions) as session:
        queue = Queries(AsyncpgDriver(await raw_connection(session)))
        await queue.requeue_jobs(
            [job.id for job in await queue.list_failed_jobs() if str(notice).encode() in (job.payload or b"")]
        )
    await work()
    assert await held(sessions, str(notice)) == [], "retried by a person, it gets a fresh start"


async def test_an_event_of_a_transaction_that_fails_never_happened(ana: Account, sessions: Sessions) -> None:
    notice = uuid4()

    async def failing() -> None:
        async with transaction(sessions) as session:
            await emit(session, NoticeDue(person_id=UUID(ana.id), notice_id=notice))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await failing()
    async with sessions() as session:
        found = await session.exec(  # type: ignore[call-overload]
            text("select count(*) from pgqueuer where convert_from(payload, 'UTF8') like :needle"),
            params={"needle": f"%{notice}%"},
        )
        assert found.scalar_one() == 0


def test_what_waits_for_an_answer_from_outside_leaves_a_slot_for_photos() -> None:
    outward = [step for event in (DeliveryDue, LetterDue, MailRequested) for step in FLOW[event]]
    assert all(step.at_once for step in outward)
    assert sum(step.at_once for step in outward) < 2 * BATCH


def test_queue_names_are_unique_and_say_where_the_step_lives() -> None:
    assert all(name.count(".") == 1 for name in steps())
