"""Several processes, one installation: a worker elsewhere, a second start, a taken port, another key."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from backend.postgres import EmbeddedPostgres
from benchmarks.running import ROOT, running, sign_up


def command(*words: str, output: int | IO[str] = subprocess.PIPE, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "backend.cli", *words],
        env={**os.environ, **environment},
        cwd=ROOT,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_worker_with_its_own_data_directory_takes_the_jobs(place: Path, people: list[Path]) -> None:
    with running(place / "home", EVENKEEL_WORKERS="0") as system:
        ana = sign_up(system, "ana")
        sent = ana.post("/snapshots", files={"file": people[0].read_bytes()}, headers={"Prefer": "wait=1"})
        assert sent.status_code == 202, "nobody reads yet, nothing is lost"
        address = EmbeddedPostgres(place / "home").dsn("evenkeel")
        log = place / "worker.log"
        with log.open("w") as output:
            worker = command("worker", output=output, EVENKEEL_HOME=str(place / "second"), DATABASE_URL=address)
        try:
            deadline = time.monotonic() + 120  # the worker loads its models first
            while ana.get(f"/snapshots/{sent.json()['id']}").json()["status"] != "read":
                assert worker.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            again = ana.post("/snapshots", files={"file": people[1].read_bytes()}, headers={"Prefer": "wait=20"})
            assert again.status_code == 201
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(timeout=30)
        other = command(
            "worker",
            EVENKEEL_HOME=str(place / "third"),
            DATABASE_URL=address,
            EVENKEEL_SECRET_KEY="A" * 43,
        )
        said, _ = other.communicate(timeout=60)
        assert other.returncode == 2
        assert "another master key" in said


def test_a_second_start_finds_its_data_and_ctrl_c_leaves_nothing_running(place: Path) -> None:
    with running(place / "home") as system:
        sign_up(system, "ana")
        first = system.demo
        assert (place / "home" / "demo.json").stat().st_mode & 0o777 == 0o600
    assert system.process.returncode == 0
    assert not EmbeddedPostgres(place / "home").answers()
    with running(place / "home") as system:
        assert system.demo["logins"] == first["logins"]
        login = {"username": "ana", "password": "a long pass phrase"}
        import httpx

        assert httpx.post(f"{system.api}/auth/token", data=login).status_code == 200


def test_a_taken_port_is_one_clear_sentence(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = command("up", EVENKEEL_HOME=str(place / "home"), PORT=str(port))
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.strip().count("\n") == 0
    assert f"Port {port}" in said
    assert "PORT=" in said
