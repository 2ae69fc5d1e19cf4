"""All in one process tree, for one machine: what `make run` starts.

The parent prepares (database, migrations, demo), starts API and workers, restarts what dies, and stops all
of it, the database last, when it is told to.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import structlog
import typer

from backend.config import Settings, make_home
from backend.ports import check_port
from backend.postgres import EmbeddedPostgres, PostgresError, embedded

log = structlog.get_logger()

# A process that dies at once again and again must not spin; one that lived this long is not such a one.
LONGEST_PAUSE = 30.0
LIVED = 60.0


# Linux: a parent that is killed (for memory, say) takes its children with it. Left behind they would hold the port, and
# after an upgrade go on with the old code.
PRCTL: Final = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None
SET_PARENT_DEATH_SIGNAL: Final = 1


def _end_with_parent() -> None:
    """In the child, before it becomes the command: it stops as at Ctrl-C."""
    if PRCTL is not None:
        PRCTL(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


@dataclass
class Child:
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    not_before: float = field(default=0.0)

    def start(self, environment: dict[str, str]) -> None:
        self.started = time.monotonic()
        # Its own process group: Ctrl-C reaches the parent alone, which stops the children in order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", *self.command],
            env=environment,
            start_new_session=True,
            preexec_fn=_end_with_parent if PRCTL is not None else None,
        )

    def mind(self, environment: dict[str, str]) -> None:
        """Start it when it is due; restart it if it ended, with growing pauses."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None and not self.not_before:
            now = time.monotonic()
            self.failures = 1 if now - self.started > LIVED else self.failures + 1
            log.warning("a process ended, starting it again", command=self.command[0], code=self.process.returncode)
            self.not_before = now + min(0.5 * 2 ** min(self.failures, 10), LONGEST_PAUSE)
        elif time.monotonic() >= self.not_before:
            self.not_before = 0.0
            self.start(environment)


def run_up(config: Settings, *, demo: bool) -> int:
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    check_port(config.host, config.port)
    make_home(config.home)
    environment = {**os.environ, "EVENKEEL_HOME": str(config.home)}
    api = Child(("api",))
    children = [api, *(Child(("worker",)) for _ in range(config.workers))]
    if config.telegram_token is not None:
        children.append(Child(("bot", "run")))
    try:
        # In a known home the API loads while the database is prepared; at the first start nobody may find it ready
        # before the demo is there.
        if (config.home / "demo.json").is_file():
            api.start(environment)
        greeting = asyncio.run(_prepare(config, demo=demo))
        _watch(config, children, environment, greeting, lambda: stopping)
    finally:
        _stop(children)
        _stop_database(config)
    return 0


async def _prepare(config: Settings, *, demo: bool) -> str:
    """Imports while the API does: neither waits for the other's."""
    from backend.db import check_server, has_organisation, locate, migrate
    from backend.demo import describe, ensure_demo
    from backend.keycheck import own_vault

    dsn = await locate(config)
    await check_server(dsn)
    await migrate(dsn)
    await own_vault(config, dsn)
    if not demo:
        hint = (
            "" if await has_organisation(dsn) else "\nThere is no organisation yet: evenkeel organisation create NAME"
        )
        return f"Evenkeel runs at {config.origin}{hint}"
    return describe(await ensure_demo(config, dsn))


def _watch(
    config: Settings, children: list[Child], environment: dict[str, str], greeting: str, stopping: Callable[[], bool]
) -> None:
    greeted = False
    server = embedded(config)
    while not stopping():
        if not greeted and _answers(config):
            typer.echo(greeting)
            greeted = True
        for child in children:
            child.mind(environment)
        if server is not None and not server.answers():
            _revive(server)
        time.sleep(0.2 if greeted else 0.05)


def _revive(server: EmbeddedPostgres) -> None:
    """PostgreSQL was killed: it comes back, and the others connect again."""
    try:
        server.ensure()
    except PostgresError as error:
        log.error("PostgreSQL does not come back yet", reason=str(error))
        time.sleep(2)


def _answers(config: Settings) -> bool:
    host = "127.0.0.1" if config.host in ("0.0.0.0", "::") else config.host  # noqa: S104
    try:
        with urlopen(f"http://{host}:{config.port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _stop(children: list[Child]) -> None:
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 15
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _stop_database(config: Settings) -> None:
    server = embedded(config)
    if server is not None:
        server.stop_if_idle()
