"""The embedded database into one file and back, with the tools that came with it. Called by `scripts/backup.sh`.

A server of one's own: pg_dump and pg_restore (docs/operations.md).
"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Final

import typer

from backend.command import plainly
from backend.config import Settings, settings
from backend.db import DATABASE, connection_to, locate, migrate, newest_schema
from backend.errors import SetupError
from backend.postgres import EmbeddedPostgres, embedded
from backend.postgres_host import binaries

# A restore goes into a database of its own and takes the other's place when it is whole.
FRESH: Final = f"{DATABASE}_restored"
DROP_FRESH: Final = f'drop database if exists "{FRESH}" with (force)'
CONNECTED: Final = "select count(*) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()"


def dump(config: Settings, file: Path) -> None:
    if file.is_dir():
        raise SetupError(f"{file} is a folder: name the file in it, such as {file}/evenkeel.dump.")
    server = _server(config)
    if not server.data.exists():
        raise SetupError(f"There is no database in {config.home}: set EVENKEEL_HOME as the installation does.")
    server.ensure()
    draft = file.with_name(f".{file.name}.part")  # a dump that broke off is not taken for a backup
    try:
        _tool("pg_dump", "--format=custom", f"--file={draft}", f"--dbname={server.dsn(DATABASE)}")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def restore(config: Settings, file: Path) -> None:
    """Replaces the database, unless the file cannot be read or Evenkeel runs: then all stays as it was, and nothing
    of what was restored until then.

    Rights are left out, since the role that has them belongs to the server and a new one lacks it: migrating, here and
    at each start, gives them.
    """
    if not file.is_file():
        raise SetupError(f"There is no file {file}. Nothing was changed.")
    server = _server(config)
    server.ensure()
    asyncio.run(_begin(server))
    try:
        _tool("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", f"--dbname={server.dsn(FRESH)}", file)
    except BaseException:
        asyncio.run(_give_up(server))
        raise
    asyncio.run(_take_its_place(server))
    asyncio.run(_bring_up_to_date(config))


async def _begin(server: EmbeddedPostgres) -> None:
    async with connection_to(server.dsn("postgres")) as connection:
        if await connection.fetchval(CONNECTED, DATABASE):
            raise SetupError(f"Evenkeel is using {server.home}: stop it first. Nothing was changed.")
        await connection.execute(DROP_FRESH)
        await connection.execute(f'create database "{FRESH}"')


async def _give_up(server: EmbeddedPostgres) -> None:
    async with connection_to(server.dsn("postgres")) as connection:
        await connection.execute(DROP_FRESH)


async def _take_its_place(server: EmbeddedPostgres) -> None:
    async with connection_to(server.dsn("postgres")) as connection:
        await connection.execute(f'drop database if exists "{DATABASE}" with (force)')
        await connection.execute(f'alter database "{FRESH}" rename to "{DATABASE}"')


async def _bring_up_to_date(config: Settings) -> None:
    """The rights, and the schema of a backup that an older version made."""
    dsn = await locate(config)
    await migrate(dsn, newest_schema())


def _server(config: Settings) -> EmbeddedPostgres:
    server = embedded(config)
    if server is None:
        raise SetupError("DATABASE_URL is set: back up that server with its own pg_dump (docs/operations.md).")
    return server


def _tool(name: str, *arguments: str | Path) -> None:
    try:
        subprocess.run([binaries(None) / name, *arguments], check=True)
    except subprocess.CalledProcessError as error:
        raise SetupError(f"{name} failed, as it says above. The database is as it was.") from error


@plainly
def main(action: str, file: Path) -> None:
    if action not in ("dump", "restore"):
        raise SetupError("Usage: scripts/backup.sh dump FILE | restore FILE")
    {"dump": dump, "restore": restore}[action](settings(), file)
    typer.echo(f"{action}: done")


if __name__ == "__main__":
    typer.run(main)
