"""A whole Evenkeel on loopback in a folder of its own, as `make run` starts it; for benchmarks and journey tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from backend.postgres import EmbeddedPostgres

ROOT = Path(__file__).parent.parent


@dataclass
class Running:
    url: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1"

    @property
    def demo(self) -> dict[str, Any]:
        return dict(json.loads((self.home / "demo.json").read_text()))

    def processes(self, name: str) -> list[psutil.Process]:
        """Our children that run this command, such as `worker`."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [child for child in children if _command(child)[-1:] == [name]]

    def postmaster(self) -> int | None:
        """Process id of the embedded PostgreSQL."""
        pid_file = EmbeddedPostgres(self.home).data / "postmaster.pid"
        return int(pid_file.read_text().split()[0]) if pid_file.is_file() else None


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path, **environment: str) -> Iterator[Running]:
    """Starts `evenkeel up`, waits until it is ready, and stops it as Ctrl-C does."""
    port = free_port()
    log = home.parent / f"{home.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "up"],
            env={**os.environ, "EVENKEEL_HOME": str(home), "PORT": str(port), **environment},
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    system = Running(f"http://127.0.0.1:{port}", home, process, log)
    try:
        _wait_until_ready(system)
        yield system
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(system: Running) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if system.process.poll() is not None:
            break
        try:
            if httpx.get(f"{system.url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"it did not become ready:\n{system.log.read_text()[-3000:]}")


def sign_up(system: Running, username: str) -> httpx.Client:
    """A new employee who allows photos to be scored, signed in."""
    http = httpx.Client(base_url=system.api, timeout=60)
    password = "a long pass phrase"
    body = {
        "username": username,
        "password": password,
        "phone": "+4930901820",
        "invite_code": system.demo["invite_code"],
    }
    http.post("/accounts", json=body).raise_for_status()
    token = http.post("/auth/token", data={"username": username, "password": password}).raise_for_status().json()
    http.headers["authorization"] = f"Bearer {token['access_token']}"
    http.put("/me/consents/score_photos", json={"granted": True}).raise_for_status()
    return http
