"""`evenkeel risk assess-all` for a large organisation: people with stored days, read, assessed and written back.

    python -m benchmarks.assess_all [--people 100000] [--days 36]

Runs on an embedded PostgreSQL of its own; the days are simulated, their values do not matter for the time.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import numpy as np

from backend.config import Settings
from backend.db import DATABASE, make_engine, make_sessions, migrate, transaction
from backend.postgres import EmbeddedPostgres
from backend.resources import Resources
from backend.risk.tasks import assess_everybody
from backend.vault import load_vault
from ml.emotions import expand


async def fill(dsn: str, people: int, days: int) -> None:
    """One organisation; rows by COPY."""
    random = np.random.default_rng(1)
    connection = await asyncpg.connect(dsn)
    organisation, now = uuid4(), datetime.now(UTC)
    await connection.execute(
        "insert into organisation (id, name, policy, country, timezone, settings) "
        "values ($1, 'bench', 'consented', '', 'UTC', '{}')",
        organisation,
    )
    ids = [uuid4() for _ in range(people)]
    await connection.copy_records_to_table(
        "person",
        columns=("id", "organisation_id", "username", "password_hash", "phone", "display_name", "role", "locale",
                 "timezone", "session_epoch", "preferences"),
        records=((id_, organisation, f"p{n}", "x", "+4930901820", "", "employee", "en", "UTC", 0, "{}")
                 for n, id_ in enumerate(ids)),
    )  # fmt: skip
    level = random.normal(0, 0.5, (people, 7)) + np.array([2.0, 0, -0.5, -1.5, -1, -0.5, 2.5])

    def rows(id_: UUID, odds: np.ndarray) -> list[tuple[object, ...]]:
        found = np.exp(odds + random.normal(0, 0.3, (days, 7)))
        means = expand(found / found.sum(1, keepdims=True))
        first = (now - timedelta(days=days - 1)).date()
        return [(id_, first + timedelta(days=d), 1, 1, means[d].tolist(), [0.0] * 10) for d in range(days)]

    for start in range(0, people, 5000):
        part = [row for at in range(start, min(start + 5000, people)) for row in rows(ids[at], level[at])]
        await connection.copy_records_to_table(
            "day_rollup", columns=("person_id", "day", "hours", "readings", "mean", "m2"), records=part
        )
    await connection.execute("analyze")
    await connection.close()


async def measure(home: Path, people: int, days: int) -> None:
    server = EmbeddedPostgres(home)
    server.ensure()
    admin = await asyncpg.connect(server.dsn("postgres"))
    await admin.execute(f'create database "{DATABASE}"')
    await admin.close()
    dsn = server.dsn(DATABASE)
    await migrate(dsn)
    await fill(dsn, people, days)
    config = Settings(home=home)
    engine = make_engine(dsn)
    for run in ("first", "again"):
        started, cpu = time.monotonic(), time.process_time()
        async with transaction(make_sessions(engine)) as session:
            count = await assess_everybody(session, Resources(config, load_vault(config)))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{run}: {count} people × {days} days in {time.monotonic() - started:.1f} s "
            f"({time.process_time() - cpu:.1f} s of it our own CPU), at most {memory} MB"
        )
    await engine.dispose()
    server.stop_if_idle()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--days", type=int, default=36)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="evk-bench-") as folder:
        Path(folder).chmod(0o711)
        asyncio.run(measure(Path(folder) / "home", chosen.people, chosen.days))


if __name__ == "__main__":
    main()
