"""The database: where it is, sessions, migrations. One request or one job is one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.errors import SetupError
from backend.postgres import PostgresError, embedded
from backend.roles import TAKE_APP_ROLE, make_app_role

if TYPE_CHECKING:
    from alembic.config import Config

DATABASE = "evenkeel"
MIGRATIONS = Path(__file__).parent.parent / "migrations"


async def locate(config: Settings) -> str:
    """Address of the database as asyncpg takes it; starts the embedded server and makes the database."""
    server = embedded(config)
    if server is None:
        return plain_dsn(config.database_url or "")
    try:
        await asyncio.to_thread(server.ensure)
    except PostgresError as error:
        raise SetupError(str(error)) from error
    await _create_database(server.dsn("postgres"))
    return server.dsn(DATABASE)


async def _create_database(maintenance: str) -> None:
    connection = await asyncpg.connect(maintenance)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
            await connection.execute(f'create database "{DATABASE}"')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another process was faster
    finally:
        await connection.close()


def plain_dsn(url: str) -> str:
    """`postgresql://…` for asyncpg, whatever dialect prefix the environment's URL carries."""
    parts = urlsplit(url)
    if parts.scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise SetupError("DATABASE_URL must start with postgresql:// (PostgreSQL 15 or newer is supported).")
    return urlunsplit(parts._replace(scheme="postgresql"))


def sqlalchemy_url(dsn: str) -> str:
    parts = urlsplit(dsn)
    query = [("ssl" if key == "sslmode" else key, value) for key, value in parse_qsl(parts.query)]
    # urlunsplit drops an empty authority, which a socket address has.
    return f"postgresql+asyncpg://{parts.netloc}{parts.path}" + (f"?{urlencode(query)}" if query else "")


def make_engine(dsn: str, *, pool_size: int = 10) -> AsyncEngine:
    engine = create_async_engine(
        sqlalchemy_url(dsn),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # an error's text ends in logs and in the queue: no personal data in it
    )
    event.listen(engine.sync_engine, "connect", _take_app_role)
    return engine


def _take_app_role(connection: Any, _: object) -> None:
    """What serves requests and runs steps cannot change the schema or the audit log (backend/roles.py)."""
    cursor = connection.cursor()
    cursor.execute(TAKE_APP_ROLE)
    cursor.close()
    connection.commit()


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


@asynccontextmanager
async def transaction(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    async with sessions() as session, session.begin():
        yield session


async def raw_connection(session: AsyncSession) -> asyncpg.Connection[Any]:
    """asyncpg's connection inside the session's transaction, for COPY and the job queue.

    The flush comes first: SQLAlchemy sends BEGIN lazily, and a raw call before it would commit on its own.
    """
    await session.flush()
    await session.exec(text("select 1"))  # type: ignore[call-overload]
    raw = await (await session.connection()).get_raw_connection()
    connection: asyncpg.Connection[Any] = raw.driver_connection
    return connection


def alembic_config(dsn: str) -> Config:
    from alembic.config import Config  # late: processes that only serve never migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = sqlalchemy_url(dsn)
    return config


async def migrate(dsn: str, revision: str = "head") -> None:
    """To `revision`, up or down; several processes may call it at once (migrations/env.py takes a lock)."""
    from alembic import command

    config = alembic_config(dsn)
    go = command.downgrade if revision == "base" or revision.startswith("-") else command.upgrade
    await asyncio.to_thread(go, config, revision)
    await make_app_role(dsn)


async def wait_for_schema(dsn: str, seconds: float = 120) -> None:
    """Until somebody has migrated to the revision that this code was written for; `up` starts everything at once."""
    wanted = max(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    deadline = asyncio.get_running_loop().time() + seconds
    found: str | None = None
    while asyncio.get_running_loop().time() < deadline:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            connection = await asyncpg.connect(dsn, timeout=10)
            try:
                found = await connection.fetchval("select version_num from alembic_version")
            finally:
                await connection.close()
        if found is not None and found >= wanted:
            return
        await asyncio.sleep(0.1)
    raise SetupError(
        f"The database's schema is {found or 'missing'}, this version needs {wanted}. Run `evenkeel migrate`."
    )


async def has_organisation(dsn: str) -> bool:
    """Whether anybody could register here. Called at the start and by `doctor`."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return bool(await connection.fetchval("select exists (select from organisation)"))
    finally:
        await connection.close()


async def check_server(dsn: str) -> str:
    """Version of the server; refuses what is too old. Called by `doctor` and before migrating."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise SetupError(f"The database does not answer: {error}. Check DATABASE_URL.") from error
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    if version.major < 15:
        raise SetupError(f"PostgreSQL {version.major} is too old; Evenkeel needs 15 or newer.")
    return f"{version.major}.{version.minor}"
