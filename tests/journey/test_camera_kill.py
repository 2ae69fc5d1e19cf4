"""Readings that were acknowledged are there, whatever is killed with -9 meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from backend.postgres import EmbeddedPostgres
from benchmarks.camera import kill, make_camera, missing, people_who_agreed, send
from benchmarks.running import running

pytestmark = pytest.mark.slow


async def test_no_acknowledged_reading_is_lost(place: Path) -> None:
    with running(place / "home", EVENKEEL_RATE_LIMITS="false", EVENKEEL_WORKERS="0") as system:
        camera = make_camera(system)
        dsn = EmbeddedPostgres(system.home).dsn("evenkeel")
        people = await people_who_agreed(dsn)
        acked: set[UUID] = set()
        sending = [send(system, camera["key"], people, 10, acked) for _ in range(2)]
        await asyncio.gather(*sending, kill(system))
        assert len(acked) >= 1000
        assert await missing(dsn, UUID(camera["id"]), acked) == 0
