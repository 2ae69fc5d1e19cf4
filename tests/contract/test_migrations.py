"""The migrations build exactly what the tables say, and each goes down again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from backend.db import alembic_config, connected, migrate
from backend.tables import metadata
from tests.conftest import ROOT


@pytest.fixture
async def empty(server_dsn: str) -> AsyncIterator[str]:
    name = f"mig_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server_dsn)
    await admin.execute(f"create database {name}")
    yield server_dsn.replace("/postgres?", f"/{name}?") if "?" in server_dsn else f"{server_dsn}/{name}"
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


async def test_migrations_build_what_the_tables_say(empty: str) -> None:
    await migrate(empty)
    engine = create_async_engine(**connected(empty))

    def differences(connection: Connection) -> list[object]:
        def ours(name: str | None, kind: str, _: object) -> bool:
            return not (kind == "table" and name is not None and name.startswith("pgqueuer"))

        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        return [found for found in compare_metadata(context, metadata)]

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_each_migration_goes_down_and_up_again(empty: str) -> None:
    revisions = [script.revision for script in ScriptDirectory.from_config(alembic_config(empty)).walk_revisions()]
    await migrate(empty)
    for _ in revisions:
        await migrate(empty, "-1")
    connection = await asyncpg.connect(empty)
    left = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    kinds = await connection.fetch("select typname from pg_type where typname like 'pgqueuer%'")
    await connection.close()
    assert [row["tablename"] for row in left] == ["alembic_version"]
    assert kinds == []
    await migrate(empty)


async def test_processes_that_start_together_migrate_once(empty: str) -> None:
    program = "import asyncio, sys; from backend.db import migrate; asyncio.run(migrate(sys.argv[1]))"
    running = [await asyncio.create_subprocess_exec(sys.executable, "-c", program, empty, cwd=ROOT) for _ in range(3)]
    assert [await process.wait() for process in running] == [0, 0, 0]
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("select count(*) from alembic_version") == 1
    await connection.close()
