"""A database per test process, made by the real migrations; an API over it, and a worker that can be run dry."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.app import create_app
from backend.config import Settings
from backend.db import make_engine, make_sessions, migrate, transaction
from backend.logs import setup_logging
from backend.people.codes import invite_code
from backend.resources import Resources
from backend.tables import Department, Invite, Organisation
from backend.vault import load_vault
from tests.backend.queue_run import run_queue

PASSWORD = "a long pass phrase"


@pytest.fixture(scope="session")
async def dsn(server_dsn: str) -> AsyncIterator[str]:
    """A fresh database with the schema of the newest migration."""
    name = f"test_{uuid4().hex[:12]}"
    admin = await asyncpg.connect(server_dsn)
    await admin.execute(f"create database {name}")
    target = server_dsn.replace("/postgres?", f"/{name}?") if "?" in server_dsn else f"{server_dsn}/{name}"
    await migrate(target)
    yield target
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest.fixture(scope="session", autouse=True)
def logs() -> None:
    """As in production: one line a failure, without the local variables that hold photos."""
    setup_logging("WARNING", as_json=True)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the tests; nothing of the developer's environment leaks in."""
    return Settings(
        home=tmp_path_factory.mktemp("home"),
        rate_limits=False,
        DATABASE_URL=None,
        SMTP_HOST=None,
        TELEGRAM_BOT_TOKEN=None,
    )


@pytest.fixture(scope="session")
async def engine(dsn: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(dsn)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return make_sessions(engine)


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """For tests of stores and steps: everything is rolled back at the end."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await outer.rollback()


@pytest.fixture(scope="session")
def resources(config: Settings) -> Resources:
    """What a worker holds; the models load once for all tests."""
    return Resources(config, load_vault(config))


@pytest.fixture(scope="session")
async def app_client(config: Settings, dsn: str) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Makes HTTP clients of the running application; each has its own cookies."""
    app = create_app(config, dsn)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        yield lambda: httpx.AsyncClient(transport=transport, base_url="http://evenkeel.test/api/v1")


@dataclass
class Home:
    """An organisation with invite codes for each role."""

    organisation: Organisation
    department: Department
    codes: dict[str, str]


@pytest.fixture
async def home(sessions: async_sessionmaker[AsyncSession]) -> Home:
    return await make_home(sessions)


async def make_home(sessions: async_sessionmaker[AsyncSession], policy: str = "consented") -> Home:
    async with transaction(sessions) as session:
        organisation = Organisation(name=f"Org {uuid4().hex[:6]}", policy=policy)
        session.add(organisation)
        await session.flush()
        department = Department(organisation_id=organisation.id, name="Workshop")
        session.add(department)
        await session.flush()
        codes = {role: invite_code() for role in ("employee", "hr", "admin")}
        for role, code in codes.items():
            session.add(
                Invite(
                    code=code, organisation_id=organisation.id, department_id=department.id, role=role, uses_left=1000
                )
            )
    return Home(organisation, department, codes)


@dataclass
class Account:
    """Somebody who is signed in."""

    http: httpx.AsyncClient
    id: str
    username: str

    async def consent(self, purpose: str = "score_photos", **change: object) -> None:
        answer = await self.http.put(f"/me/consents/{purpose}", json={"granted": True, **change})
        assert answer.status_code == 200, answer.text

    async def photo(self, content: bytes, **headers: str) -> httpx.Response:
        return await self.http.post("/snapshots", files={"file": ("photo.jpg", content)}, headers=headers)


@pytest.fixture
async def sign_up(app_client: Callable[[], httpx.AsyncClient], home: Home) -> AsyncIterator[Callable[..., object]]:
    """Registers somebody and signs them in, over HTTP."""
    clients: list[httpx.AsyncClient] = []

    async def go(role: str = "employee", home: Home = home, **fields: str) -> Account:
        http = app_client()
        clients.append(http)
        username = fields.pop("username", f"u{uuid4().hex[:10]}")
        body = {
            "username": username,
            "password": PASSWORD,
            "phone": "+49 30 901820",
            "invite_code": home.codes[role],
            **fields,
        }
        made = await http.post("/accounts", json=body)
        assert made.status_code == 201, made.text
        token = await http.post("/auth/token", data={"username": username, "password": PASSWORD})
        assert token.status_code == 200, token.text
        http.headers["authorization"] = f"Bearer {token.json()['access_token']}"
        return Account(http, made.json()["id"], username)

    yield go
    for http in clients:
        await http.aclose()


@pytest.fixture
async def ana(sign_up: Callable[..., object]) -> Account:
    """An employee who allows her photos to be scored."""
    account: Account = await sign_up()  # type: ignore[misc]
    await account.consent()
    return account


@pytest.fixture
def work(dsn: str, sessions: async_sessionmaker[AsyncSession], resources: Resources) -> Callable[[], object]:
    """Runs the real queue until nothing is left to do now."""

    async def dry() -> None:
        await run_queue(dsn, sessions, resources, pull_forward=False)

    return dry


@pytest.fixture
def face(people: list[Path]) -> bytes:
    """A photo with one readable face."""
    return next(path for path in people if path.name.startswith("press_person")).read_bytes()
