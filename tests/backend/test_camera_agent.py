"""The agent against the real server over real HTTP: a clip, outages, flapping, revocation, withdrawal, strangers.

The camera is a real one to the agent: MJPEG over HTTP at 24 frames a second. The real networks look at real faces.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import cv2
import numpy as np
import pytest
import uvicorn
from sqlalchemy import text

from backend.app import create_app
from ml.camera.agent import DONE, REFUSED, Agent, Options
from ml.camera.sources import Source, parse
from tests.backend.camera_world import agreed_long_ago, enrol, everything
from tests.backend.conftest import Account
from tests.conftest import free_port

pytestmark = pytest.mark.slow


class Served:
    """The application behind a port, to be stopped and started again there."""

    def __init__(self, config, dsn: str) -> None:
        self.config, self.dsn, self.port = config, dsn, free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        app = create_app(self.config, self.dsn)
        options = uvicorn.Config(app, port=self.port, log_level="critical", timeout_graceful_shutdown=1)
        self.server = uvicorn.Server(options)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.05)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture
def served(config, dsn) -> Iterator[Served]:
    served = Served(config, dsn)
    served.start()
    yield served
    served.stop()


@contextlib.contextmanager
def mjpeg(pictures: list[np.ndarray]) -> Iterator[Source]:
    """A network camera: the same pictures round and round, 24 a second."""
    encoded = [cv2.imencode(".jpg", one)[1].tobytes() for one in pictures]

    class Camera(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            with contextlib.suppress(OSError):
                for number in range(100_000):
                    one = encoded[number % len(encoded)]
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(one)}\r\n\r\n"
                    self.wfile.write(head.encode() + one + b"\r\n")
                    time.sleep(1 / 24)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield parse(f"http://127.0.0.1:{server.server_port}/stream.mjpg")
    server.shutdown()
    server.server_close()


class Flapping:
    """A network before the server: every other connection breaks, half of them after the request got through."""

    def __init__(self, port: int) -> None:
        self.target, self.seen = port, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.seen += 1
                threading.Thread(target=self._pass, args=(client, self.seen), daemon=True).start()

    def _pass(self, client: socket.socket, number: int) -> None:
        """One request; of each four connections one never gets through, one loses the answer."""
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self.target)) as server:
            if number % 4 == 1:
                return
            client.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                while part := client.recv(65536):
                    server.sendall(part)
            server.settimeout(25)
            answer = server.recv(65536)
            if number % 4 == 3:
                return
            client.sendall(answer)
            server.settimeout(0.3)
            with contextlib.suppress(TimeoutError):
                while part := server.recv(65536):
                    client.sendall(part)


@pytest.fixture(scope="module")
def clip(photos: Path) -> Path:
    return photos / "clip" / "neutral_happy_sad.mp4"


@pytest.fixture(scope="module")
def stills(clip: Path) -> list[np.ndarray]:
    """The clip's first seconds, where the expression is one."""
    video = cv2.VideoCapture(str(clip))
    return [video.read()[1] for _ in range(24)]


@pytest.fixture
async def venus(ana: Account, people: list[Path], work) -> Account:
    """Who is seen in the clip, enrolled and agreed."""
    own = [path.read_bytes() for path in people if path.name.startswith("Venus")]
    await enrol(ana, work, *own[:3])
    return ana


@pytest.fixture
async def camera(sign_up) -> tuple[Account, dict]:
    boss = await sign_up("admin")
    return boss, (await boss.http.post("/admin/cameras", json={"name": "Door"})).json()


@pytest.fixture
def make_agent(served: Served, camera, resources, tmp_path: Path) -> Callable[..., Agent]:
    def make(*sources: Source, **change) -> Agent:
        options = {
            "sources": sources, "server": served.url, "key": camera[1]["key"], "data_dir": resources.config.data_dir,
            "buffer_dir": tmp_path / "buffer", "every": 2, "minutes": 0.0, "quiet": True, **change,
        }  # fmt: skip
        return Agent(Options(**options), resources.faces)

    return make


async def until(true: Callable[[], bool], seconds: float = 40) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - another thread makes it true
            await asyncio.sleep(0.05)


async def stored(sessions, person: str) -> list[tuple]:
    async with sessions() as session:
        found = await session.exec(
            text("select id, captured_at from reading where person_id = :p and source = 'camera' order by captured_at"),
            params={"p": UUID(person)},
        )
        return [tuple(row) for row in found]


async def test_the_clips_readings_follow_its_timeline(make_agent, venus: Account, clip, camera):
    agent = make_agent(parse(str(clip)), every=12, minutes=None)
    assert await asyncio.to_thread(agent.go) == DONE
    items = (await venus.http.get("/readings")).json()["items"]
    tops = [one["top"] for one in reversed(items)]
    assert tops[0] == "neutral"
    assert tops[-1] == "sad"
    assert set(tops[1:-1]) == {"happy"}
    assert {one["source"] for one in items} == {"camera"}
    health = (await camera[0].http.get("/admin/cameras")).json()[0]["health"]
    assert (health["sources"][0]["frames"], health["readings"], health["buffered"]) == (12, len(items), 0)


@pytest.mark.parametrize("who", ["nobody", "somebody who is not enrolled", "enrolled without consent"])
async def test_of_everybody_else_nothing_is_left(
    make_agent, ana, photos, clip, people, work, sessions, config, who, capfd
):
    """The clip with no face, and the clip of somebody the camera may not know: database, logs and disk as before."""
    other = next(path for path in people if path.name.startswith("press_person"))
    if who == "enrolled without consent":
        await enrol(ana, work, *[path.read_bytes() for path in people if path.name.startswith("Venus")][:3])
        await ana.consent("score_photos")
        async with sessions() as session, session.begin():
            # As when a template stays for another purpose.
            await session.exec(text("delete from consent where purpose = 'office_camera'"))
    else:
        await enrol(ana, work, other.read_bytes())
    before, files = await everything(sessions), {path for path in config.home.rglob("*") if path.is_file()}
    source = photos / "clip" / "no_face_2s.mp4" if who == "nobody" else clip
    agent = make_agent(parse(str(source)), fast=True, quiet=False)
    assert await asyncio.to_thread(agent.go) == DONE
    assert (agent.statistics.readings, agent.statistics.sources[0].faces) == (0, 0)
    assert agent.statistics.sources[0].frames > 20
    after = await everything(sessions)
    ignored = {"camera"}  # last seen, and the counts of its heartbeat
    assert {name: rows for name, rows in after.items() if name not in ignored} == {
        name: rows for name, rows in before.items() if name not in ignored
    }
    assert {path for path in config.home.rglob("*") if path.is_file()} == files
    assert [path for path in agent.options.buffer_dir.rglob("*") if path.is_file()] == []
    said = capfd.readouterr()
    assert ana.id not in said.out + said.err


async def test_a_server_that_is_away_loses_nothing(make_agent, served: Served, venus: Account, stills, sessions):
    """Half a dozen readings while it is down; all arrive afterwards, each once, with their own times."""
    with mjpeg(stills) as source:
        agent = make_agent(source)
        running = asyncio.create_task(asyncio.to_thread(agent.go))
        await until(lambda: agent.statistics.sent >= 1)
        served.stop()
        before = agent.statistics.readings
        await until(lambda: agent.statistics.readings >= before + 5 and len(agent.buffer) >= 4)
        waiting = [path for path in agent.options.buffer_dir.rglob("*") if path.is_file()]
        assert waiting
        assert not any(venus.id.encode() in path.read_bytes() for path in waiting)
        served.start()
        await until(lambda: len(agent.buffer) == 0)
        agent.link.stop.set()
        assert await running == DONE
    rows = await stored(sessions, venus.id)
    assert len(rows) == agent.statistics.readings
    assert len({moment for _, moment in rows}) == len(rows)


async def test_a_flapping_network_loses_nothing_and_doubles_nothing(make_agent, served, venus, stills, sessions):
    flapping = Flapping(served.port)
    with mjpeg(stills) as source:
        agent = make_agent(source, server=flapping.url)
        running = asyncio.create_task(asyncio.to_thread(agent.go))
        await until(lambda: agent.statistics.readings >= 10, 60)
        agent.link.stop.set()
        await running
    agent.server.close()
    rest = make_agent(parse(str(Path(__file__).parent)))  # what still waits is brought by the next start
    assert await asyncio.to_thread(rest.go) == DONE
    assert flapping.seen >= 8
    assert len(await stored(sessions, venus.id)) == agent.statistics.readings


async def test_a_revoked_key_ends_the_agent_and_it_forgets_everybody(make_agent, venus, stills, camera, tmp_path):
    boss, made = camera
    with mjpeg(stills) as source:
        agent = make_agent(source)
        running = asyncio.create_task(asyncio.to_thread(agent.go))
        await until(lambda: agent.statistics.sent >= 1)
        await boss.http.delete(f"/admin/cameras/{made['id']}")
        async with asyncio.timeout(10):
            assert await running == REFUSED
    assert agent.people.now() is None
    assert await asyncio.to_thread(make_agent(source).go) == REFUSED


async def test_under_eu_workplace_it_is_refused(make_agent, venus, clip, camera):
    await camera[0].http.put("/admin/policy", json={"policy": "eu-workplace"})
    agent = make_agent(parse(str(clip)))
    assert await asyncio.to_thread(agent.go) == REFUSED
    assert agent.statistics.sources == []


async def test_a_withdrawal_while_it_runs_ends_recognition_within_seconds(make_agent, venus, stills, sessions):
    with mjpeg(stills) as source:
        agent = make_agent(source)
        running = asyncio.create_task(asyncio.to_thread(agent.go))
        await until(lambda: agent.statistics.sent >= 1)
        count = agent.statistics.sources[0]
        await venus.http.put("/me/consents/office_camera", json={"granted": False})
        await until(lambda: agent.people.now() is not None and agent.people.now().people == (), 3)
        await asyncio.sleep(0.5)  # the frame that was being looked at
        faces, frames = count.faces, count.frames
        await until(lambda: count.frames >= frames + 12)
        assert count.faces == faces, "the face is before the camera and is nobody's"
        assert len(agent.buffer) == 0
        agent.link.stop.set()
        assert await running == DONE
    assert await stored(sessions, venus.id) == []


async def test_a_withdrawal_while_the_server_was_away_wins_over_the_buffer(make_agent, served, venus, stills, sessions):
    with mjpeg(stills) as source:
        agent = make_agent(source)
        running = asyncio.create_task(asyncio.to_thread(agent.go))
        await until(lambda: agent.statistics.sent >= 1)
        served.stop()
        await until(lambda: len(agent.buffer) >= 2)
        await venus.http.put("/me/consents/office_camera", json={"granted": False})
        served.start()
        await until(lambda: len(agent.buffer) == 0)
        agent.link.stop.set()
        await running
    assert await stored(sessions, venus.id) == []


async def test_a_thin_device_sends_frames_and_the_server_reads_them(make_agent, venus, clip, work, sessions, camera):
    await agreed_long_ago(sessions, venus.id)  # a recording is dated as if it had just ended
    thin = (await camera[0].http.post("/admin/cameras", json={"name": "Thin", "frames_only": True})).json()
    agent = make_agent(parse(str(clip)), every=12, thin=True, fast=True, key=thin["key"])
    assert await asyncio.to_thread(agent.go) == DONE
    await work()
    assert agent.people.now() is None, "it needs nobody's template"
    rows = await stored(sessions, venus.id)
    assert len(rows) == 1, "three bursts of the same ten minutes are one reading"
    async with sessions() as session:
        assert (await session.exec(text("select count(*) from camera_frame"))).scalar_one() == 0
