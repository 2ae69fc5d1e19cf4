"""Fixtures that all tests share: where the borrowed data is, and a real PostgreSQL."""

from __future__ import annotations

import csv
import logging
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


# Nothing here must survive a power cut. A transaction that a test left open must not hold the next one's locks for ever.
SERVER = {"fsync": "off", "full_page_writes": "off", "idle_in_transaction_session_timeout": "20s"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def _logs_go_where_they_went() -> Iterator[None]:
    """A command that is run in here sends all logs to its own standard error, which ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def photos() -> Path:
    """Folder of real photos that are not ours to ship."""
    folder = SHARED / "data" / "photos"
    if not folder.is_dir():
        pytest.skip("the photo folder beside the project is not here")
    return folder


@pytest.fixture(scope="session")
def people(photos: Path) -> list[Path]:
    """Photos of one person each."""
    with (photos / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("people/")]
    return [photos / row["file"] for row in rows]


@pytest.fixture(scope="session")
def server_dsn() -> Iterator[str]:
    """Address of a PostgreSQL server: DATABASE_URL's, or an embedded one for this test process."""
    from backend.postgres import EmbeddedPostgres

    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory(prefix="evk-test-") as folder:
        Path(folder).chmod(0o711)
        server = EmbeddedPostgres(Path(folder), settings=SERVER)
        dsn = server.ensure()
        yield dsn
        server.stop_if_idle()
