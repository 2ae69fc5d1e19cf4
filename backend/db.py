"""The database: where it is, sessions, migrations. One request or one job is one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
from sqlalchemy import ExceptionContext, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.config import Settings
from backend.errors import SetupError
from backend.postgres import HOME_OF_SOCKET, embedded
from backend.roles import TAKE_APP_ROLE, make_app_role

if TYPE_CHECKING:
    from alembic.config import Config

DATABASE = "evenkeel"


class Unreachable(SetupError, ConnectionError):
    """No connection: at a start a sentence for the administrator, later an outage like any other, which passes."""

    def __init__(self, said: str, *, lasting: bool = False) -> None:
        super().__init__(said)
        self.lasting = lasting  # as long as nobody mends the address, the password or the rights


MIGRATIONS = Path(__file__).parent.parent / "migrations"


async def locate(config: Settings) -> str:
    """Address of the database as asyncpg takes it; starts the embedded server and makes the database."""
    server = embedded(config)
    if server is None:
        return plain_dsn(config.database_url or "")
    await asyncio.to_thread(server.ensure)
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


def connected(dsn: str) -> dict[str, Any]:
    """How SQLAlchemy reaches the database: asyncpg reads the address, so that all of it counts everywhere (a
    certificate authority in `sslrootcert`, several hosts)."""
    return {"url": "postgresql+asyncpg://", "async_creator": partial(connect, dsn)}


def make_engine(dsn: str, *, pool_size: int = 10) -> AsyncEngine:
    engine = create_async_engine(
        **connected(dsn),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # an error's text ends in logs and in the queue: no personal data in it
    )
    event.listen(engine.sync_engine, "connect", _take_app_role)
    event.listen(engine.sync_engine, "handle_error", _quote_no_row)
    return engine


def _quote_no_row(context: ExceptionContext) -> None:
    """PostgreSQL's DETAIL is the row that failed, and asyncpg puts it into the error's text."""
    cause = context.original_exception.__cause__
    if isinstance(cause, asyncpg.PostgresError):
        cause.detail = None


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
    config.attributes["connected"] = connected(dsn)
    return config


async def migrate(dsn: str, revision: str = "head") -> None:
    """To `revision`, up or down; several processes may call it at once (migrations/env.py takes a lock)."""
    from alembic import command
    from alembic.util.exc import CommandError

    config = alembic_config(dsn)
    go = command.downgrade if revision == "base" or revision.startswith("-") else command.upgrade
    try:
        await asyncio.to_thread(go, config, revision)
    except CommandError as error:
        raise SetupError(
            f"The schema cannot go to {revision}: {error}. This version knows it up to {newest_schema()}; a database "
            "that a newer version has migrated needs that version."
        ) from error
    await make_app_role(dsn)


async def refuse_to_empty(dsn: str, revision: str) -> None:
    """Before the first schema there is none: going back to it removes every table. Called by `evenkeel migrate`."""
    if revision != "base" and not revision.startswith("-"):
        return
    async with connection_to(dsn) as connection:
        if not await connection.fetchval("select to_regclass('organisation') is not null"):
            return
        current = await connection.fetchval("select version_num from alembic_version")
        used = await connection.fetchval("select exists (select from organisation)")
    applied = sum(known <= current for known in _revisions())
    steps = revision.removeprefix("-")
    if used and (revision == "base" or not steps.isdigit() or int(steps) >= applied):
        raise SetupError(
            f"There is no schema before {current} to go back to: this would remove every table with all that is in "
            "them. Nothing was done. To return to an earlier version restore the backup that was made with it."
        )


async def wait_for_schema(dsn: str, seconds: float = 120) -> None:
    """Until somebody has migrated to the revision that this code was written for; `up` starts everything at once."""
    wanted = newest_schema()
    deadline = asyncio.get_running_loop().time() + seconds
    while (why := await _not_ready(dsn, wanted)) is not None:
        if asyncio.get_running_loop().time() >= deadline:
            raise SetupError(why)
        await asyncio.sleep(0.1)


async def _not_ready(dsn: str, wanted: str) -> str | None:
    """What is still missing, in a sentence; what waiting cannot mend is raised at once."""
    try:
        connection = await connect(dsn)
    except Unreachable as error:
        if error.lasting:
            raise
        return str(error)
    try:
        found = await connection.fetchval("select version_num from alembic_version")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        found = None
    finally:
        await connection.close()
    if found is not None and found >= wanted:
        return None
    return f"The database's schema is {found or 'missing'}, this version needs {wanted}. {_advice(dsn)}"


def _advice(dsn: str) -> str:
    """A command in the wrong data directory finds an empty database of its own there: migrating it would mislead."""
    folder = parse_qs(urlsplit(dsn).query).get("host", [""])[0]
    home = Path(folder) / HOME_OF_SOCKET
    if not (folder.startswith("/") and home.is_file()):
        return "Run `evenkeel migrate`."
    return (
        f"It is the one in {home.read_text().strip()}: if your installation has its data elsewhere, set EVENKEEL_HOME "
        "(or DATABASE_URL) as it does; otherwise run `evenkeel migrate`."
    )


def newest_schema() -> str:
    """The revision that this code was written for."""
    return max(_revisions())


def _revisions() -> list[str]:
    return [path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")]


# What a later attempt cannot change: somebody has to mend the address, the password or the rights.
REFUSALS: Final = (
    asyncpg.InvalidAuthorizationSpecificationError,  # and wrong passwords
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.InterfaceError,  # an address that cannot be read
    ValueError,
)


UNREADABLE: Final = (
    "The database's address cannot be read: special characters in its password (such as / # @ ?) are written as %2F, "
    "%23, %40, %3F."
)


async def connect(dsn: str) -> asyncpg.Connection[Any]:
    """For starts, commands and the pool: what goes wrong is said in a sentence, without the address's password."""
    try:
        return await asyncpg.connect(dsn, timeout=10)
    except REFUSALS as error:
        # The text of an address that cannot be read quotes it.
        said = f"The database refuses us: {error}." if isinstance(error, asyncpg.PostgresError) else UNREADABLE
        raise Unreachable(f"{said} Check DATABASE_URL.", lasting=True) from None
    except TimeoutError as error:
        raise Unreachable("The database does not answer within ten seconds. Check DATABASE_URL.") from error
    except (OSError, asyncpg.PostgresError) as error:
        raise Unreachable(f"The database does not answer: {error}. Check DATABASE_URL.") from error


@asynccontextmanager
async def connection_to(dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def has_organisation(dsn: str) -> bool:
    """Whether anybody could register here. Called at the start and by `doctor`."""
    async with connection_to(dsn) as connection:
        return bool(await connection.fetchval("select exists (select from organisation)"))


async def check_server(dsn: str) -> str:
    """Version of the server; refuses what is too old. Called by `doctor` and before migrating."""
    async with connection_to(dsn) as connection:
        major = connection.get_server_version().major
        version = str(await connection.fetchval("show server_version"))
    if major < 15:
        raise SetupError(f"PostgreSQL {version} is too old; Evenkeel needs 15 or newer.")
    return version.split()[0]
