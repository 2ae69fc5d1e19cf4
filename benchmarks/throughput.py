"""How much one machine takes in: uploads accepted a second by one API process, jobs a second by one worker, and how
long a job waits for its worker.

    python -m benchmarks.throughput PHOTO.jpg [--seconds 10]

Everything runs on loopback against an installation of its own with the embedded PostgreSQL, the load generator on the
same cores; runs are bounded in time and count.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx

from backend.db import make_engine, make_sessions, transaction
from backend.events import NoticeDue
from backend.jobs import emit
from backend.postgres import EmbeddedPostgres
from benchmarks.running import Running, running, sign_up

PEOPLE = 8
JOBS = 3000
SINGLES = 200


async def uploads(system: Running, tokens: list[str], photo: bytes, seconds: float) -> tuple[int, list[float]]:
    """Accepted photos and the milliseconds each took, with eight phones sending one after the other."""
    took: list[float] = []
    end = time.monotonic() + seconds

    async def phone(token: str) -> None:
        async with httpx.AsyncClient(base_url=system.api, headers={"authorization": token}, timeout=30) as http:
            while time.monotonic() < end:
                started = time.perf_counter()
                answer = await http.post("/snapshots", files={"file": photo}, headers={"Idempotency-Key": str(uuid4())})
                assert answer.status_code == 202, answer.text
                took.append((time.perf_counter() - started) * 1000)

    await asyncio.gather(*(phone(token) for token in tokens))
    return len(took), took


async def jobs(dsn: str, person: UUID) -> float:
    """Jobs a second: thousands of deliveries of a notice that does not exist, so that the queue is what is measured."""
    engine = make_engine(dsn)
    async with transaction(make_sessions(engine)) as session:
        for _ in range(JOBS):
            await emit(session, NoticeDue(person_id=person, notice_id=uuid4()))
    await engine.dispose()
    connection = await asyncpg.connect(dsn)
    started = time.monotonic()
    while await connection.fetchval("select count(*) from pgqueuer where entrypoint = 'notify.deliver'"):
        await asyncio.sleep(0.05)
    seconds = time.monotonic() - started
    await connection.close()
    return JOBS / seconds


async def waits(dsn: str, person: UUID) -> list[float]:
    """Milliseconds from a job's commit to its worker's start, for single jobs in an idle system."""
    engine = make_engine(dsn)
    for _ in range(SINGLES):
        async with transaction(make_sessions(engine)) as session:
            await emit(session, NoticeDue(person_id=person, notice_id=uuid4()))
        await asyncio.sleep(0.02)
    await engine.dispose()
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "select extract(epoch from p.created - q.created) * 1000 as ms from pgqueuer_log q join pgqueuer_log p "
        "using (job_id) where q.status = 'queued' and p.status = 'picked' and q.entrypoint = 'notify.deliver' "
        "order by q.id desc limit $1",
        SINGLES,
    )
    await connection.close()
    return [float(row["ms"]) for row in rows]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("photo", type=Path)
    options.add_argument("--seconds", type=float, default=10)
    chosen = options.parse_args()
    photo = chosen.photo.read_bytes()
    with tempfile.TemporaryDirectory(prefix="evk-bench-") as folder:
        Path(folder).chmod(0o711)
        home = Path(folder) / "home"
        with running(home, EVENKEEL_RATE_LIMITS="false", EVENKEEL_WORKERS="0", EVENKEEL_LOG_LEVEL="WARNING") as system:
            tokens = [str(sign_up(system, f"bench-{n}").headers["authorization"]) for n in range(PEOPLE)]
            accepted, took = asyncio.run(uploads(system, tokens, photo, chosen.seconds))
            middle, tail = statistics.median(took), statistics.quantiles(took, n=100)[98]
            print(
                f"uploads of {len(photo) // 1000} kB: {accepted / chosen.seconds:.0f} a second by one API process, "
                f"median {middle:.1f} ms, 99th percentile {tail:.1f} ms"
            )
        with running(Path(folder) / "second", EVENKEEL_LOG_LEVEL="WARNING") as system:
            person = UUID(sign_up(system, "bench").get("/me").json()["id"])
            dsn = EmbeddedPostgres(system.home).dsn("evenkeel")
            time.sleep(5)  # the worker warms its models
            print(f"jobs: {asyncio.run(jobs(dsn, person)):.0f} a second by one worker")
            ms = asyncio.run(waits(dsn, person))
            tail = sorted(ms)[len(ms) * 95 // 100]
            print(f"enqueue to start: median {statistics.median(ms):.1f} ms, 95th percentile {tail:.1f} ms")


if __name__ == "__main__":
    main()
