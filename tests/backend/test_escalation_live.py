"""The live line over a real server: news at once, no database connection held, longer than the token, not longer than
the sign-in.
"""

from __future__ import annotations

import asyncio
import io
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import AsyncMock
from uuid import UUID

import httpx
import jwt
import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.announce import Announcements
from backend.app import create_app
from backend.config import Settings
from backend.db import transaction
from backend.escalation import live
from backend.people.tokens import ALGORITHM, CLOCKS
from backend.resources import Resources
from backend.serve import Server
from backend.state import AppState
from tests.backend.conftest import Account, make_home

Sessions = async_sessionmaker[AsyncSession]
Line = AsyncIterator[str]


@pytest.fixture(scope="module")
async def address(config: Settings, dsn: str) -> AsyncIterator[str]:
    """A real server in this process: httpx's in-process transport would wait for the end of a stream."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server, running = await start(create_app(config, dsn), listening)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1"
        stop(server)
        await running


async def start(app: FastAPI, listening: socket.socket) -> tuple[Server, asyncio.Task[None]]:
    server = Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=10))
    running = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.05)
    return server, running


def stop(server: Server) -> None:
    """As SIGTERM does, without ending the tests: uvicorn raises what it caught again when it is done."""
    server.handle_exit(signal.SIGTERM, None)
    server._captured_signals.clear()


@asynccontextmanager
async def listening(address: str, token: str, prefer: str | None = None) -> AsyncIterator[Line]:
    """The line's events, after `hello`."""
    headers = {"authorization": f"Bearer {token}"} | ({"prefer": prefer} if prefer else {})
    async with (
        httpx.AsyncClient(base_url=address, timeout=20) as http,
        http.stream("GET", "/hr/escalations/live", headers=headers) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = _events(answer)
        assert await anext(events) == "hello {}"
        yield events


async def _events(answer: httpx.Response) -> AsyncIterator[str]:
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield f"{name} {line.removeprefix('data: ')}"


def token_of(account: Account) -> str:
    return account.http.headers["authorization"].removeprefix("Bearer ")


async def test_a_case_is_news_at_once_and_so_is_its_withdrawal(address: str, ana: Account, sign_up: Callable) -> None:
    hr: Account = await sign_up("hr")
    await ana.consent("share_escalations", sharing="ask")
    async with listening(address, token_of(hr)) as events:
        case = (await ana.http.post("/me/cases", json={})).json()
        assert await anext(events) == "cases {}"
        await hr.http.post(f"/hr/escalations/{case['id']}/acknowledge", json={})
        assert await anext(events) == "cases {}"
        await ana.http.put("/me/consents/share_escalations", json={"granted": False})
        assert await anext(events) == "cases {}"


async def test_another_organisation_and_an_unanswered_question_are_no_news(
    address: str, ana: Account, sign_up: Callable, sessions: Sessions
) -> None:
    hr: Account = await sign_up("hr")
    stranger: Account = await sign_up(home=await make_home(sessions))
    async with listening(address, token_of(hr), "wait=2") as events:
        await stranger.http.post("/me/cases", json={})
        async with transaction(sessions) as session:
            await session.exec(
                text(
                    "insert into escalation_case (id, organisation_id, person_id, key, level, status, opened_by, shared, "
                    "reminders, version) select gen_random_uuid(), organisation_id, id, 'k', 'high', 'asked', 'policy', "
                    "'{}', 0, 1 from person where id = :id"
                ),
                params={"id": ana.id},
            )
        assert await anext(events) == 'end {"code": "again"}'


async def test_it_outlives_the_token_but_not_the_sign_in(
    address: str, ana: Account, sign_up: Callable, resources: Resources
) -> None:
    hr: Account = await sign_up("hr")
    key = resources.vault.derive("access-token")
    claims = jwt.decode(token_of(hr), key, [ALGORITHM])
    short = jwt.encode({**claims, "exp": datetime.now(UTC) + timedelta(seconds=2) - CLOCKS}, key, ALGORITHM)
    async with listening(address, short) as events:
        await asyncio.sleep(2.5)
        async with httpx.AsyncClient(base_url=address) as http:
            refused = await http.get("/hr/escalations", headers={"authorization": f"Bearer {short}"})
        assert refused.status_code == 401, "the token has ended"
        await ana.http.post("/me/cases", json={})
        assert await anext(events) == "cases {}", "the line has not"
        await hr.http.delete("/me/sessions")
        case = (await ana.http.get("/me/cases")).json()[0]
        other: Account = await sign_up("hr")
        await other.http.post(f"/hr/escalations/{case['id']}/acknowledge", json={})
        assert await anext(events) == 'end {"code": "not_signed_in"}'


async def test_who_leaves_hr_is_off_the_line(address: str, ana: Account, sign_up: Callable, sessions: Sessions) -> None:
    hr: Account = await sign_up("hr")
    async with listening(address, token_of(hr)) as events:
        async with transaction(sessions) as session:
            await session.exec(text("update person set role = 'employee' where id = :id"), params={"id": UUID(hr.id)})
        await ana.http.post("/me/cases", json={})
        assert await anext(events) == 'end {"code": "not_allowed"}'


async def test_many_lines_hold_no_database_connection(address: str, ana: Account, sign_up: Callable) -> None:
    """More lines than the pool has connections, and the server still answers and tells them all."""
    hr: Account = await sign_up("hr")
    lines = [listening(address, token_of(hr)) for _ in range(30)]
    opened = [await line.__aenter__() for line in lines]
    try:
        async with httpx.AsyncClient(base_url=address, headers=hr.http.headers, timeout=20) as http:
            assert (await http.get("/hr/escalations")).status_code == 200
        await ana.http.post("/me/cases", json={})
        heard = await asyncio.wait_for(asyncio.gather(*(anext(events) for events in opened)), 60)
        assert heard == ["cases {}"] * 30
    finally:
        for line in lines:
            await line.__aexit__(None, None, None)


async def test_an_open_line_does_not_keep_a_server_that_stops(config: Settings, dsn: str, sign_up: Callable) -> None:
    hr: Account = await sign_up("hr")
    with socket.create_server(("127.0.0.1", 0)) as place:
        server, running = await start(create_app(config, dsn), place)
        async with listening(f"http://127.0.0.1:{place.getsockname()[1]}/api/v1", token_of(hr)) as events:
            stop(server)
            assert await anext(events) == 'end {"code": "again"}'
        await asyncio.wait_for(running, 60)


async def test_who_waits_for_a_reading_is_answered_by_a_server_that_stops(
    config: Settings, dsn: str, ana: Account, sign_up: Callable
) -> None:
    """No worker runs here: the photo would be waited for longer than a server that stops has."""
    await ana.consent()
    boss: Account = await sign_up("admin")
    camera = {"x-api-key": (await boss.http.post("/admin/cameras", json={"name": "Door"})).json()["key"]}
    photo = io.BytesIO()
    Image.new("RGB", (64, 64)).save(photo, "JPEG")
    app = create_app(config, dsn)
    with socket.create_server(("127.0.0.1", 0)) as place:
        server, running = await start(app, place)
        base = f"http://127.0.0.1:{place.getsockname()[1]}/api/v1"
        async with httpx.AsyncClient(base_url=base, headers={"prefer": "wait=20"}, timeout=60) as http:
            known = {"if-none-match": (await http.get("/cameras/templates", headers=camera)).headers["etag"]}
            sent = http.post("/snapshots", files={"file": photo.getvalue()}, headers=ana.http.headers)
            waiting = asyncio.gather(sent, http.get("/cameras/templates", headers=camera | known))
            while len(app.state.evenkeel.announcements.waiting) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            stop(server)
            taken, unchanged = await waiting
        await running
    assert (taken.status_code, taken.json()["status"], unchanged.status_code) == (202, "accepted", 304)


async def test_it_is_for_hr_and_takes_no_token_from_an_address(address: str, ana: Account, sign_up: Callable) -> None:
    hr: Account = await sign_up("hr")
    async with httpx.AsyncClient(base_url=address) as http:
        for params, headers, status in (
            ({"token": token_of(hr), "access_token": token_of(hr)}, {}, 401),
            ({}, {"authorization": f"Bearer {token_of(ana)}"}, 403),
        ):
            answer = await http.get("/hr/escalations/live", params=params, headers=headers)
            assert answer.status_code == status


async def test_a_quiet_line_says_that_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies cut what is silent: a comment comes with each heartbeat, and changes of one moment are one event."""
    announcements = Announcements("postgresql://unused")
    state = AppState(None, None, None, None, announcements)  # type: ignore[arg-type]
    monkeypatch.setattr(live, "_refusal", AsyncMock(return_value=None))
    quick = live.LivePolicy(heartbeat=0.05, gather=0.02, longest=1.0)
    who = live.Watch(UUID(int=1), None, 0, UUID(int=2))
    seen = []
    async for piece in live.watch(state, who, 0.5, quick):
        seen.append(piece.splitlines()[0])
        if len(seen) == 2:
            for _ in range(3):
                announcements._heard(None, 0, "", f"cases:{UUID(int=2)}")
    assert seen[:3] == ["event: hello", ": still here", "event: cases"]
    assert seen.count("event: cases") == 1
    assert seen[-1] == "event: end"
    assert not announcements.waiting, "nobody is left waiting"
