"""The first organisation of an installation and the way in for its administrator, by the command line."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest
from click.testing import Result
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession
from typer.testing import CliRunner

from backend import audit
from backend.cli import app
from backend.config import Settings
from backend.db import transaction
from backend.demo import NAME, ensure_demo
from backend.people.store import lock_person
from backend.tables import Blob

Command = Callable[..., "asyncio.Future[Result]"]


@pytest.fixture
def command(config: Settings, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`evenkeel organisation …` on this installation."""
    here = Settings(home=config.home, DATABASE_URL=dsn)
    monkeypatch.setattr("backend.config.settings", lambda: here)
    # It would write to the command's output, which is closed when the command ends.
    monkeypatch.setattr("backend.logs.setup_logging", lambda *_, **__: None)
    return lambda *words: asyncio.to_thread(CliRunner().invoke, app, ["organisation", *words])


def code_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"(\w{4}-\w{4}-\w{4})$", result.output.strip())
    assert found is not None, result.output
    return found.group()


async def register(http: httpx.AsyncClient, code: str) -> httpx.Response:
    name = f"first{uuid4().hex[:8]}"
    person = {"username": name, "password": "a calm harbour", "phone": "+49 30 901820", "invite_code": code}
    answer = await http.post("/accounts", json=person)
    if answer.status_code == 201:
        token = await http.post("/auth/token", data={"username": name, "password": "a calm harbour"})
        http.headers["authorization"] = f"Bearer {token.json()['access_token']}"
    return answer


async def test_its_first_administrator_registers_and_runs_it(
    command: Command, app_client: Callable[[], httpx.AsyncClient], sessions: async_sessionmaker[AsyncSession]
) -> None:
    name = f"Acme {uuid4().hex[:6]}"
    made = await command("create", name, "--country", "KR", "--timezone", "Asia/Seoul")
    code = code_in(made)
    assert "policy consented" in made.output
    async with app_client() as http, app_client() as late:
        assert (await register(http, code)).status_code == 201
        assert (await register(late, code)).json()["code"] == "invite_unknown"
        found = (await http.get("/admin/organisation")).json()
        invite = await http.post("/admin/invites", json={"role": "hr"})
        acts = [one["action"] for one in (await http.get("/admin/audit")).json()["items"]]
    assert (found["name"], found["country"], found["timezone"], found["policy"], found["members"]) == (
        name, "KR", "Asia/Seoul", "consented", 1,
    )  # fmt: skip
    assert invite.status_code == 201
    assert acts == ["invite.created", "invite.created", "organisation.created"]
    async with sessions() as session:
        assert (await audit.verify(session)).broken_at is None
    listed = await command("list")
    assert f"{name}   consented   KR   Asia/Seoul   members 1, administrators 1" in listed.output


async def test_the_way_back_in_where_no_administrator_is_left(
    command: Command, app_client: Callable[[], httpx.AsyncClient]
) -> None:
    name = f"Acme {uuid4().hex[:6]}"
    code_in(await command("create", name, "--policy", "eu-workplace"))
    second = code_in(await command("invite", name))
    async with app_client() as http:
        assert (await register(http, second)).status_code == 201
        assert (await http.get("/admin/organisation")).json()["policy"] == "eu-workplace"


async def test_an_organisation_is_deleted_with_everybody_in_it_and_no_other(
    command: Command,
    app_client: Callable[[], httpx.AsyncClient],
    sessions: async_sessionmaker[AsyncSession],
    face: bytes,
) -> None:
    gone, stays = f"Acme {uuid4().hex[:6]}", f"Acme {uuid4().hex[:6]}"
    codes = [code_in(await command("create", name)) for name in (gone, stays)]
    photos = []
    async with app_client() as leaving, app_client() as staying:
        for http, code in zip((leaving, staying), codes, strict=True):
            assert (await register(http, code)).status_code == 201
            await http.put("/me/consents/score_photos", json={"granted": True})
            sent = await http.post("/snapshots", files={"file": ("photo.jpg", face)})
            photos.append(UUID(sent.json()["id"]))
        assert (await command("delete", gone, "--confirm", stays)).exit_code == 2
        assert (await leaving.get("/me")).status_code == 200
        assert (await command("delete", gone, "--confirm", gone)).exit_code == 0
        assert (await leaving.get("/me")).status_code == 401
        assert (await staying.get("/me")).status_code == 200
    async with sessions() as session:
        assert [await session.get(Blob, photo) is not None for photo in photos] == [False, True]
        assert (await audit.verify(session)).broken_at is None
    listed = (await command("list")).output
    assert (gone in listed, stays in listed) == (False, True)


async def test_a_deletion_that_waits_for_somebody_keeps_nobody_from_the_audit_log(
    command: Command, app_client: Callable[[], httpx.AsyncClient], sessions: async_sessionmaker[AsyncSession]
) -> None:
    """Who erases their own account in that moment writes there next: each would wait for the other."""
    name, people = f"Acme {uuid4().hex[:6]}", []
    for how in ("create", "invite"):
        async with app_client() as http:
            people.append(UUID((await register(http, code_in(await command(how, name)))).json()["id"]))
    waiting = text("select count(*) from pg_locks where locktype = 'advisory' and not granted")
    async with transaction(sessions) as session:
        await lock_person(session, max(people))
        deleting = asyncio.ensure_future(command("delete", name, "--confirm", name))
        while not (await session.exec(waiting)).scalar_one():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        free = text(f"select pg_try_advisory_xact_lock({audit.LOCK})")
        assert (await session.exec(free)).scalar_one()
    assert (await deleting).exit_code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "Acme", "--country", "Germany"), "country 'Germany'"),
        (("create", "Acme", "--country", "UK"), "GB for the United Kingdom"),  # its helplines are not found under UK
        (("create", "Acme", "--timezone", "Berlin"), "Europe/Berlin"),
        (("create", "Acme", "--policy", "open"), "policy 'open'"),
        (("create", " "), "name ' '"),
        (("invite", "Nobody knows it"), "no organisation named 'Nobody knows it'"),
    ],
)
async def test_what_cannot_be_is_said_in_a_sentence(command: Command, words: tuple[str, ...], said: str) -> None:
    answer = await command(*words)
    assert answer.exit_code == 2
    assert said in answer.stderr


async def test_a_name_is_given_once(command: Command) -> None:
    name = f"Acme {uuid4().hex[:6]}"
    code_in(await command("create", name))
    again = await command("create", name)
    assert again.exit_code == 2
    assert "already" in again.stderr


async def test_the_demo_is_found_again_under_another_name(config, dsn, sessions, tmp_path):
    home = config.model_copy(update={"home": tmp_path})
    made = await ensure_demo(home, dsn)
    async with transaction(sessions) as session:
        changed = {"new": f"Harbour {tmp_path.name}", "old": NAME}
        await session.exec(text("update organisation set name = :new where name = :old"), params=changed)
    assert await ensure_demo(home, dsn) == made
