"""What the camera's tests share: a camera with its key, somebody enrolled, readings as an agent sends them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.db import transaction
from tests.backend.conftest import Account

VECTOR = [0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.25, 0.1, 0.1]
MODEL = {"name": "keel", "version": "1"}


class Agent:
    """A camera's key over HTTP."""

    def __init__(self, http: httpx.AsyncClient, camera: dict[str, Any]) -> None:
        self.http, self.id, self.key = http, camera["id"], camera["key"]
        http.headers["x-api-key"] = self.key

    async def send(self, *readings: dict[str, Any]) -> dict[str, Any]:
        answer = await self.http.post("/cameras/readings", json={"readings": readings})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def templates(self, known: str | None = None, wait: float = 0) -> httpx.Response:
        headers = {"prefer": f"wait={wait}"} | ({"if-none-match": f'"{known}"'} if known else {})
        return await self.http.get("/cameras/templates", headers=headers)

    async def frames(self, *frames: bytes, wait: float = 20, **fields: str) -> httpx.Response:
        files = [("file", (f"{number}.jpg", frame)) for number, frame in enumerate(frames)]
        return await self.http.post("/cameras/frames", files=files, data=fields, headers={"prefer": f"wait={wait}"})


def reading(person: str, ago: timedelta = timedelta(0), **change: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "person_id": person,
        "captured_at": (datetime.now(UTC) - ago).isoformat(),
        "vector": VECTOR,
        "confidence": 0.4,
        "quality": {"face_px": 90.0, "frames": 3},
        "model": MODEL,
        **change,
    }


async def agreed_long_ago(sessions: async_sessionmaker[AsyncSession], person: str) -> None:
    """As if the consent had been given last month."""
    async with transaction(sessions) as session:
        await session.exec(  # type: ignore[call-overload]
            text("update consent set created_at = now() - interval '30 days' where person_id = :p"),
            params={"p": person},
        )
        await session.exec(text("update organisation set policy_since = now() - interval '40 days'"))  # type: ignore[call-overload]


async def everything(sessions: async_sessionmaker[AsyncSession]) -> dict[str, list[str]]:
    """Every row of every table as text."""
    async with sessions() as session:
        names = (await session.exec(text("select tablename from pg_tables where schemaname = 'public'"))).all()  # type: ignore[call-overload]
        return {
            name: sorted((await session.exec(text(f'select t::text from "{name}" t'))).scalars())  # type: ignore[call-overload]
            for (name,) in names
        }


async def enrol(person: Account, work: Callable[[], Awaitable[None]], *photos: bytes) -> None:
    """Consent to the office camera, and a template made by the worker."""
    await person.consent("office_camera")
    files = [("files", (f"{number}.jpg", photo)) for number, photo in enumerate(photos)]
    asked = await person.http.post("/me/face-template", files=files, headers={"prefer": "wait=0"})
    assert asked.status_code == 202, asked.text
    await work()
    assert (await person.http.get("/me/face-template")).status_code == 200


async def looked(sending: Awaitable[httpx.Response], work: Callable[[], Awaitable[None]]) -> dict[str, Any]:
    """Frames sent while a worker comes along, as in production; on a busy machine they may come after its first look."""
    asked = asyncio.ensure_future(sending)
    while not asked.done():
        await asyncio.sleep(0.3)
        await work()
    answer = await asked
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
