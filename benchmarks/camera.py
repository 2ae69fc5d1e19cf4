"""The office camera in figures: a room of ten people end to end, and how many readings a second the server takes.

    python -m benchmarks.camera scene PHOTOS [--seconds 120]
    python -m benchmarks.camera readings [--seconds 20]

Everything runs on loopback against an installation of its own with the embedded PostgreSQL, on the same cores.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import httpx

from backend.people.policy import TERMS
from backend.postgres import EmbeddedPostgres
from benchmarks.camera_scene import EVERY, RATE, Actor, cast, who_is_at, write
from benchmarks.running import Running, running, sign_up
from ml.camera.policy import BURST

BATCH = 500
CLIENTS = 4
PEOPLE = 500


@contextmanager
def installation(**environment: str) -> Iterator[tuple[Running, Path]]:
    with tempfile.TemporaryDirectory(prefix="evk-bench-") as folder:
        Path(folder).chmod(0o711)
        settings = {"EVENKEEL_RATE_LIMITS": "false", "EVENKEEL_LOG_LEVEL": "WARNING", **environment}
        with running(Path(folder) / "home", **settings) as system:
            yield system, Path(folder)


def make_camera(system: Running) -> dict[str, Any]:
    http = httpx.Client(base_url=system.api, timeout=30)
    token = http.post("/auth/token", data=system.demo["logins"]["admin"]).raise_for_status().json()["access_token"]
    http.headers["authorization"] = f"Bearer {token}"
    return dict(http.post("/admin/cameras", json={"name": "Bench"}).raise_for_status().json())


# A room of ten people ------------------------------------------------------------------------------------------------


def enrol(system: Running, actor: Actor) -> str:
    """Somebody who agreed; gives their id."""
    http = sign_up(system, f"bench-{uuid4().hex[:8]}")
    http.put("/me/consents/office_camera", json={"granted": True}).raise_for_status()
    answers = []
    for files in (actor.enrol, actor.enrol[:1]):
        sent = [("files", (path.name, path.read_bytes())) for path in files]
        answers.append(http.post("/me/face-template", files=sent, headers={"Prefer": "wait=20"}))
        if answers[-1].status_code == 201:
            break
    answers[-1].raise_for_status()
    return str(http.get("/me").json()["id"])


async def agreed_yesterday(dsn: str) -> None:
    """The recording is dated as if it had just ended, so it begins before the consents were given."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("update organisation set policy_since = policy_since - interval '2 days'")
    await connection.execute("update consent set created_at = created_at - interval '1 day'")
    await connection.close()


class Recorder:
    """Stands where the preview would: every recognised face with its time."""

    def __init__(self) -> None:
        self.seen: list[tuple[datetime, list[Any]]] = []

    def of(self, _name: str) -> Callable[[Any, Sequence[Any]], None]:
        return lambda frame, seen: self.seen.append((frame.moment, list(seen)))


def scene(photos: Path, seconds: float) -> None:
    from ml.camera.agent import Agent, Options
    from ml.camera.sources import parse
    from ml.pipeline import FacePipeline

    actors = cast(photos)
    with installation() as (system, folder):
        camera = make_camera(system)
        ids = {enrol(system, actor): at for at, actor in enumerate(actors) if actor.enrol}
        asyncio.run(agreed_yesterday(EmbeddedPostgres(system.home).dsn("evenkeel")))
        truth = write(actors, seconds, folder / "room.mp4")
        pipeline = FacePipeline(system.home / "data")
        sources = [parse(str(folder / "room.mp4"))]
        options = Options(
            sources,
            system.url,
            camera["key"],
            system.home / "data",
            folder / "buffer",
            every=1,
            minutes=10,
            fast=True,
            quiet=True,
        )
        agent = Agent(options, pipeline)
        recorder = agent.__dict__["preview"] = Recorder()
        pipeline.warm()
        started, cpu = time.monotonic(), time.process_time()
        assert agent.go() == 0
        took, cpu = time.monotonic() - started, time.process_time() - cpu
        print(f"{cpu / max(1, len(recorder.seen)):.2f} s of one core a frame, everything included")
        _say_scene(recorder, truth, ids, took, agent.statistics.sent)


def _say_scene(recorder: Recorder, truth: list[Any], ids: dict[str, int], took: float, readings: int) -> None:
    began = recorder.seen[0][0]
    right: Counter[int] = Counter()
    wrong = run = longest = 0
    for moment, seen in recorder.seen:
        places = truth[round((moment - began).total_seconds() * RATE / EVERY)]
        before = wrong
        for one in seen:
            here = who_is_at(places, one.box) == ids[one.person]
            right[ids[one.person]] += here
            wrong += not here
        run = run + 1 if wrong > before else 0
        longest = max(longest, run)
    looked = len(recorder.seen)
    print(
        f"{looked} frames of 1920×1080 with {len(truth[0])} faces in {took:.1f} s: {looked / took:.1f} frames a second"
    )
    print(f"recognised {right.total() / (looked * len(ids)):.1%} of the faces of people who agreed")
    print(f"{wrong} frames with a wrong name, at most {longest} in a row, where a reading needs {BURST.agreeing}")
    for person, at in ids.items():
        print(f"  person {at + 1}: {right[at] / looked:.0%}", "" if right[at] else f"({person} never)")
    print(f"{readings} readings of {len(ids)} people reached the server")


# Readings a second ---------------------------------------------------------------------------------------------------


PERSON = """
insert into person (id, organisation_id, username, password_hash, phone, role, locale, timezone, display_name,
                    session_epoch, preferences)
values ($1, $2, $3, 'x', '+4930901820', 'employee', 'en', 'Europe/Berlin', '', 0, '{}')
"""


async def people_who_agreed(dsn: str) -> list[UUID]:
    """Straight into the database: registering hundreds is another benchmark."""
    connection = await asyncpg.connect(dsn)
    organisation = await connection.fetchval("select organisation_id from camera limit 1")
    ids = [uuid4() for _ in range(PEOPLE)]
    await connection.executemany(PERSON, [(one, organisation, f"b{one.hex[:12]}") for one in ids])
    await connection.executemany(
        "insert into consent (id, person_id, purpose, granted, text_version, created_at) "
        "values (gen_random_uuid(), $1, 'office_camera', true, $2, now())",
        [(one, TERMS.text_version) for one in ids],
    )
    await connection.close()
    return ids


def batch(people: list[UUID]) -> tuple[list[UUID], dict[str, Any]]:
    """Ids, and the request's body."""
    ids = [uuid4() for _ in range(BATCH)]
    now = datetime.now(UTC).isoformat()
    seven = [random.random() for _ in range(7)]
    vector = [value / sum(seven) for value in seven] + [0.0] * 3
    readings = [
        {
            "id": str(one), "person_id": str(random.choice(people)), "captured_at": now, "vector": vector,
            "confidence": 0.5, "quality": {"face_px": 90.0, "frames": 5}, "model": {"name": "keel", "version": "1"},
        }
        for one in ids
    ]  # fmt: skip
    return ids, {"readings": readings}


async def send(system: Running, key: str, people: list[UUID], seconds: float, acked: set[UUID]) -> None:
    """One agent after an outage: batch after batch, each sent again until it is acknowledged."""
    async with httpx.AsyncClient(base_url=system.api, headers={"X-API-Key": key}, timeout=30) as http:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ids, body = batch(people)
            while True:
                try:
                    answer = await http.post("/cameras/readings", json=body)
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)
                    continue
                if answer.status_code == 201:
                    found = answer.json()
                    assert found["accepted"] + found["duplicates"] == BATCH, found
                    acked.update(ids)
                    break
                await asyncio.sleep(0.1)


async def kill(system: Running) -> None:
    """The API twice and the database once, with -9, while readings come in."""
    for victim in ("api", "postmaster", "api"):
        await asyncio.sleep(3)
        if victim == "api":
            for process in system.processes("api"):
                process.kill()
        elif (pid := system.postmaster()) is not None:
            import psutil

            psutil.Process(pid).kill()


async def missing(dsn: str, camera: UUID, acked: set[UUID]) -> int:
    connection = await asyncpg.connect(dsn)
    stored = {row["id"] for row in await connection.fetch("select id from reading where source = 'camera'")}
    await connection.close()
    return len({uuid5(camera, one.hex) for one in acked} - stored)


def spent(system: Running) -> dict[str, float]:
    """CPU seconds so far by the API, the database and this generator: what a busy machine cannot blur."""
    import psutil

    server = psutil.Process(system.postmaster())
    groups = {
        "API": system.processes("api"),
        "database": [server, *server.children(recursive=True)],
        "generator": [psutil.Process()],
    }
    return {name: sum(sum(one.cpu_times()[:2]) for one in group) for name, group in groups.items()}


def readings(seconds: float, workers: int) -> None:
    async def load(system: Running, key: str, people: list[UUID], acked: set[UUID], *more: Any) -> float:
        started = time.monotonic()
        await asyncio.gather(*(send(system, key, people, seconds, acked) for _ in range(CLIENTS)), *more)
        return time.monotonic() - started

    with installation(EVENKEEL_WORKERS=str(workers)) as (system, _):
        camera = make_camera(system)
        dsn = EmbeddedPostgres(system.home).dsn("evenkeel")
        people = asyncio.run(people_who_agreed(dsn))
        time.sleep(5)  # the worker warms its models
        acked: set[UUID] = set()
        before = spent(system)
        took = asyncio.run(load(system, camera["key"], people, acked))
        print(f"{len(acked)} readings of {PEOPLE} people in {took:.1f} s: {len(acked) / took:.0f} a second by one API")
        used = {name: 1000 * (now - before[name]) / len(acked) * 1000 for name, now in spent(system).items()}
        print("CPU for 1,000 readings: " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in used.items()))
        print(f"missing: {asyncio.run(missing(dsn, UUID(camera['id']), acked))}")

        async def with_kills(acked: set[UUID]) -> None:
            await load(system, camera["key"], people, acked, kill(system))

        torn: set[UUID] = set()
        asyncio.run(with_kills(torn))
        lost = asyncio.run(missing(dsn, UUID(camera["id"]), torn))
        print(f"API killed twice and the database once with -9: {len(torn)} acknowledged, {lost} missing")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = options.add_subparsers(dest="part", required=True)
    room = parts.add_parser("scene")
    room.add_argument("photos", type=Path)
    room.add_argument("--seconds", type=float, default=120)
    bulk = parts.add_parser("readings")
    bulk.add_argument("--seconds", type=float, default=20)
    bulk.add_argument("--workers", type=int, default=0, help="Workers that compute hours and days meanwhile")
    chosen = options.parse_args()
    if chosen.part == "scene":
        scene(chosen.photos, chosen.seconds)
    else:
        readings(chosen.seconds, chosen.workers)


if __name__ == "__main__":
    main()
